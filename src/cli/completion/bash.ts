/** The completion script for bash, 3.2 and later, without the package bash-completion. Pure. */
import type { CommandTree, CompletedCommand, CompletedOption, Value } from "./command-tree.ts";

/** The functions around the facts of the commands. */
const FUNCTIONS = String.raw`
# Fills COMPREPLY with the candidates of a kind: files, folders, or the words of a list.
_nexushub_dump_reply() {
  local candidate kind=$1 current=$2 words=$3
  while IFS= read -r candidate; do
    COMPREPLY+=("$candidate")
  done < <(
    case $kind in
      (file) compgen -f -- "$current" ;;
      (folder) compgen -d -- "$current" ;;
      (words) compgen -W "$words" -- "$current" ;;
    esac
  )
  case $kind in file | folder) compopt -o filenames 2>/dev/null || true ;; esac
}

_nexushub_dump() {
  local command=${"${COMP_WORDS[1]}"} current=${"${COMP_WORDS[COMP_CWORD]}"}
  local options kind words optional operands index operand=0 ended=
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    _nexushub_dump_facts "" ""
    _nexushub_dump_reply words "$current" "$options"
    return
  fi
  for ((index = 2; index < COMP_CWORD; index++)); do
    local word=${"${COMP_WORDS[index]}"}
    if [[ -n $ended || $word != -?* ]]; then
      operand=$((operand + 1))
    elif [[ $word == -- ]]; then
      ended=1
    else
      _nexushub_dump_facts "$command" "$word"
      [[ -n $kind ]] || continue
      # bash splits --option=value at the equals sign.
      local next=$((index + 1)) value=$current
      [[ ${"${COMP_WORDS[next]}"} != = ]] || next=$((next + 1))
      if ((next < COMP_CWORD)); then
        [[ -n $optional && ${"${COMP_WORDS[next]}"} == -?* ]] || index=$next
        continue
      fi
      [[ $value != = ]] || value=
      [[ -n $optional && $value == -* ]] || { _nexushub_dump_reply "$kind" "$value" "$words"; return; }
    fi
  done
  _nexushub_dump_facts "$command" ""
  if [[ -z $ended && $current == -* ]]; then
    _nexushub_dump_reply words "$current" "$options"
    return
  fi
  local -a places
  IFS='|' read -r -a places <<<"$operands"
  local place=${"${places[operand]-}"}
  _nexushub_dump_reply "${"${place%%:*}"}" "$current" "${"${place#*:}"}"
}

complete -F _nexushub_dump nexushub-dump
`;

export function bashScript({ program, options, commands }: CommandTree): string {
  const names = [...commands.map(({ name }) => name), ...options.flatMap(({ flags }) => flags)];
  return [
    `# Completion of ${program} for bash. Written by: ${program} completion bash`,
    "",
    "# Sets the options and the operands of a command, and what the value of an option is.",
    "_nexushub_dump_facts() {",
    "  options= operands= kind= words= optional=",
    "  case $1 in",
    "    '')",
    `      options=${quote(names.join(" "))}`,
    "      ;;",
    ...commands.flatMap(commandCase),
    "  esac",
    "}",
    FUNCTIONS.trimEnd(),
    "",
  ].join("\n");
}

function commandCase({ name, options, operands }: CompletedCommand): string[] {
  const flags = options.flatMap((option) => option.flags);
  const values = options.flatMap(optionCase);
  return [
    `    ${name})`,
    `      options=${quote(flags.join(" "))}`,
    `      operands=${quote(operands.map(({ value }) => `${value.kind}:${wordsOf(value)}`).join("|"))}`,
    ...(values.length === 0 ? [] : ["      case $2 in", ...values, "      esac"]),
    "      ;;",
  ];
}

function optionCase({ flags, value, isValueOptional }: CompletedOption): string[] {
  if (value === null) return [];
  const facts = [
    `kind=${value.kind}`,
    ...(value.kind === "words" ? [`words=${quote(wordsOf(value))}`] : []),
    ...(isValueOptional ? ["optional=1"] : []),
  ];
  return [`        ${flags.join(" | ")}) ${facts.join(" ")} ;;`];
}

const wordsOf = (value: Value): string => (value.kind === "words" ? value.words.join(" ") : "");

const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
