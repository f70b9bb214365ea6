/** The completion script for fish, 3.0 and later. Pure. */
import type { CommandTree, CompletedOption, Operand, Value } from "./command-tree.ts";

const FUNCTIONS = String.raw`
# Whether the command line is that of this command, or has no command yet.
function __nexushub_dump_is
    set -l words (commandline -opc)
    test "$words[2]" = "$argv[1]"
end

# Whether the next operand of this command is the first.
function __nexushub_dump_first
    set -l words (commandline -opc)
    test "$words[2]" = "$argv[1]" -a (count $words) -eq 2
end
`;

export function fishScript({ program, options, commands }: CommandTree): string {
  const complete = (condition: string, words: string): string =>
    `complete -c ${program} -n ${quote(condition)} ${words}`;
  const none = '__nexushub_dump_is ""';
  return [
    `# Completion of ${program} for fish. Written by: ${program} completion fish`,
    FUNCTIONS,
    `complete -c ${program} -f`,
    ...options.map((option) => complete(none, optionWords(option))),
    ...commands.map(({ name, summary }) => complete(none, `-a ${name} -d ${quote(summary)}`)),
    ...commands.flatMap(({ name, options: itsOptions, operands }) => [
      ...itsOptions.map((option) => complete(`__nexushub_dump_is ${name}`, optionWords(option))),
      ...operands.flatMap((operand) => operandLine(name, operand, complete)),
    ]),
    "",
  ].join("\n");
}

function optionWords({ flags, description, value, isValueOptional }: CompletedOption): string {
  const names = flags.map((flag) =>
    flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
  );
  const action = value === null ? [] : [isValueOptional ? "" : "-r", ...actionOf(value)];
  return [...names, ...action, "-d", quote(description)].filter((word) => word !== "").join(" ");
}

/** Words are those of a first operand, such as the action of `config`. */
function operandLine(
  command: string,
  { value }: Operand,
  complete: (condition: string, words: string) => string,
): string[] {
  if (value.kind === "text") return [];
  const test = value.kind === "words" ? "__nexushub_dump_first" : "__nexushub_dump_is";
  return [complete(`${test} ${command}`, actionOf(value).join(" "))];
}

function actionOf(value: Value): string[] {
  if (value.kind === "words") return ["-f", "-a", quote(value.words.join(" "))];
  if (value.kind === "folder") return ["-f", "-a", quote("(__fish_complete_directories)")];
  return [value.kind === "file" ? "-F" : "-f"];
}

const quote = (text: string): string =>
  `'${text.replaceAll("\\", String.raw`\\`).replaceAll("'", String.raw`\'`)}'`;
