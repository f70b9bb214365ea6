/** The completion script for zsh, with its function `_arguments`. Pure. */
import type {
  CommandTree,
  CompletedCommand,
  CompletedOption,
  Operand,
  Value,
} from "./command-tree.ts";

export function zshScript({ program, options, commands }: CommandTree): string {
  return [
    `#compdef ${program}`,
    `# Completion of ${program} for zsh. Written by: ${program} completion zsh`,
    "",
    `_${program}() {`,
    "  local curcontext=$curcontext context state state_descr line ret=1",
    "  typeset -A opt_args",
    "  local -a commands",
    "  commands=(",
    ...commands.map(({ name, summary }) => `    ${quote(`${name}:${summary}`)}`),
    "  )",
    `  _arguments -C \\`,
    ...options.flatMap(optionSpecs).map((spec) => `    ${spec} \\`),
    "    '1: :->command' '*:: :->rest' && ret=0",
    "  case $state in",
    "    command) _describe -t commands command commands && ret=0 ;;",
    "    rest)",
    "      case $words[1] in",
    ...commands.flatMap(commandCase),
    "      esac",
    "      ;;",
    "  esac",
    "  return ret",
    "}",
    "",
    "# Loaded by compinit as a function, or sourced.",
    `if [ "$funcstack[1]" = "_${program}" ]; then`,
    `  _${program} "$@"`,
    "else",
    `  compdef _${program} ${program}`,
    "fi",
    "",
  ].join("\n");
}

function commandCase({ name, options, operands }: CompletedCommand): string[] {
  const specs = [...options.flatMap(optionSpecs), ...operands.map(operandSpec)];
  const indent = "            ";
  return [
    `        ${name})`,
    `          _arguments -S : \\`,
    `${specs.map((spec) => `${indent}${spec}`).join(" \\\n")} && ret=0`,
    "          ;;",
  ];
}

/** A flag is offered once; an option with a value again, as many are repeatable. */
function optionSpecs({ flags, description, value, isValueOptional, placeholder }: CompletedOption) {
  const text = `[${bracketed(description)}]`;
  if (value === null) {
    const others = `(${flags.join(" ")})`;
    return flags.map((flag) => quote(`${others}${flag}${text}`));
  }
  const action = `${isValueOptional ? "::" : ":"}${coloned(placeholder)}:${actionOf(value)}`;
  return flags.map((flag) => {
    const joined = flag.startsWith("--") ? "=" : "+";
    return quote(`*${flag}${joined}${text}${action}`);
  });
}

function operandSpec({ name, isRequired, isVariadic, value }: Operand): string {
  const prefix = isVariadic ? "*" : isRequired ? "" : ":";
  return quote(`${prefix}:${coloned(name)}:${actionOf(value)}`);
}

function actionOf(value: Value): string {
  if (value.kind === "words") return `(${value.words.join(" ")})`;
  return { file: "_files", folder: "_files -/", text: " " }[value.kind];
}

const bracketed = (text: string): string => text.replaceAll(/[\\[\]]/g, String.raw`\$&`);
const coloned = (text: string): string => text.replaceAll(/[\\:]/g, String.raw`\$&`);
const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
