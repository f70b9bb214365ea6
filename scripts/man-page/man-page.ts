/** The page nexushub-dump(1): commands and options as the program has them, exit codes and variables as docs/cli.md. */
import type { Command, Option } from "commander";
import { item, paragraph, section, subsection, verbatim } from "./roff.ts";

/**
 * @param program with all its commands.
 * @param documentation the text of docs/cli.md.
 */
export function manPage(program: Command, documentation: string): string {
  const name = program.name();
  const commands = program.commands;
  const lines = [
    `.TH "${name.toUpperCase()}" "1" "" "${name} ${program.version() ?? ""}" "User Commands"`,
    // Neither justified nor hyphenated: names of options are copied from the page.
    ".ad l",
    ".nh",
    section("NAME"),
    `${name} \\- dump a PostgreSQL database, and restore it in one transaction`,
    section("SYNOPSIS"),
    paragraph(`${name} COMMAND [OPTIONS] [ARGUMENTS]`),
    section("DESCRIPTION"),
    paragraph(program.description()),
    paragraph("Results go to standard output, messages and progress to standard error."),
    section("COMMANDS"),
    ...[...byHeading(program, commands, (command) => command.helpGroup())].flatMap(
      ([heading, group]) => [
        subsection(heading),
        ...group.map((command) => item(usage(command), command.summary())),
      ],
    ),
    section("COMMON OPTIONS"),
    paragraph("Every command has these."),
    ...optionItems(commands[0]!, (heading) => heading === COMMON),
    ...commands.flatMap((command) => commandLines(name, command)),
    section("EXIT STATUS"),
    ...tableRows(documentation, "Exit codes").map(([code, meaning]) => item(code, meaning)),
    section("ENVIRONMENT"),
    ...tableRows(documentation, "Environment variables").map(([variable, meaning]) =>
      item(variable, meaning),
    ),
    paragraph("The variables of libpq (PGHOST, PGUSER and the others) work as in psql(1)."),
    section("FILES"),
    item("/etc/nexushub/dump.toml", "what the command line leaves out (config init writes one)"),
    item("/var/backups/nexushub", "the folder of backups, where nothing else is said"),
    section("SEE ALSO"),
    paragraph("pg_dump(1), pg_restore(1), psql(1)"),
  ];
  return `${lines.join("\n")}\n`;
}

const COMMON = "Common options";

const usage = (command: Command): string =>
  [command.name(), command.usage().replace("[options]", "").trim()].join(" ").trim();

function commandLines(program: string, command: Command): string[] {
  const help = command.createHelp();
  return [
    section(`${program} ${usage(command)}`),
    paragraph(command.description()),
    ...help
      .visibleArguments(command)
      .map((argument) => item(argument.name(), help.argumentDescription(argument))),
    ...optionItems(command, (heading) => heading !== COMMON),
    ...textsAfter(command),
  ];
}

/** The options of a command under the headings that are to be shown; the first ones have none. */
function optionItems(command: Command, isShown: (heading: string) => boolean): string[] {
  const help = command.createHelp();
  const options = help.visibleOptions(command);
  const groups = byHeading(command, options, (option) => option.helpGroupHeading ?? "Options:");
  return [...groups]
    .filter(([heading]) => isShown(heading))
    .flatMap(([heading, group]) => [
      ...(heading === COMMON || heading === "Options" ? [] : [subsection(heading)]),
      ...group.map((option) => item(option.flags, help.optionDescription(option))),
    ]);
}

/** Groups in the order of the help, with the headings without their colons. */
function byHeading<T extends Command | Option>(
  command: Command,
  items: readonly T[],
  headingOf: (item: T) => string,
): Map<string, T[]> {
  const groups = command.createHelp().groupItems([...items], [...items], headingOf);
  return new Map([...groups].map(([heading, group]) => [heading.replace(/:$/, ""), group]));
}

/** What the help shows after the options: paragraphs and examples. */
function textsAfter(command: Command): string[] {
  const parts: string[] = [];
  command.configureOutput({ writeOut: (part) => void parts.push(part) });
  command.outputHelp();
  const [, ...texts] = parts;
  return texts
    .join("")
    .trim()
    .split("\n\n")
    .map((part) => {
      const [, title, lines] = /^(Examples?):\n(.*)$/s.exec(part) ?? [];
      return lines === undefined
        ? paragraph(part)
        : `${subsection(title!)}\n${verbatim(lines.replaceAll(/^ {2}/gm, ""))}`;
    });
}

/** The first two cells of the rows of a table in a section, without marks of code and links. */
function tableRows(documentation: string, title: string): [string, string][] {
  const text = documentation.split(`\n## ${title}\n`)[1]?.split("\n## ")[0] ?? "";
  const rows = Array.from(text.matchAll(/^\| *([^|]+?) *\| *([^|]+?) *\|$/gm), ([, a, b]) => [
    plain(a!),
    plain(b!),
  ]);
  return rows.slice(2) as [string, string][];
}

const plain = (markdown: string): string =>
  markdown.replaceAll("`", "").replaceAll(/\[([^\]]+)\]\([^)]*\)/g, "$1");
