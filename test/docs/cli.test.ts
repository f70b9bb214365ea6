/** docs/cli.md describes the commands, options, variables and exit codes that the code has, and no others. */
import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { describe, expect, test } from "vitest";
import * as exitCodes from "../../src/cli/exit-codes.ts";
import { createProgram } from "../../src/cli/program.ts";
import { KEYWORDS } from "../../src/pg/libpq/keywords.ts";
import { readCodeFiles } from "../support/architecture/source-files.ts";

const text = readFileSync(new URL("../../docs/cli.md", import.meta.url), "utf8");
const sections = new Map(
  text
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.split("\n", 1)[0]!, section] as const),
);
const { commands } = createProgram({}, async () => {});

/** First cells of a section's tables, without the code marks. */
function firstCells(section: string): string[] {
  return Array.from(sections.get(section)!.matchAll(/^\| `((?:[^`|]|\\\|)+)`/gm), ([, cell]) =>
    cell!.replaceAll("\\|", "|"),
  );
}

const SHARED = [
  "Connection options",
  "Encryption options",
  "Decryption options",
  "Retention options",
  "Notification options",
  "Configuration options",
];

function documentedOptions(command: string): string[] {
  const section = sections.get(command)!;
  const linked = SHARED.filter((name) =>
    section.includes(`(#${name.toLowerCase().replace(" ", "-")})`),
  );
  return [
    ...firstCells("Common options"),
    ...linked.flatMap(firstCells),
    ...firstCells(command).filter((cell) => cell.startsWith("-")),
  ];
}

const flagsOf = (command: Command): string[] => command.options.map(({ flags }) => flags);

describe("commands and options", () => {
  test("the list of commands is that of the program, in its order", () => {
    const listed = Array.from(text.matchAll(/^\| \[`(\w+)`\]/gm), ([, name]) => name);
    expect(listed).toEqual(commands.map((command) => command.name()));
  });

  test.each(commands.map((command) => [command.name(), command] as const))(
    "%s has the documented options and no others",
    (name, command) => {
      expect(documentedOptions(name).toSorted()).toEqual(flagsOf(command).toSorted());
    },
  );

  test.each(commands.map((command) => [command.name(), command] as const))(
    "the usage of %s names its arguments",
    (name, command) => {
      const usage = /^`nexushub-dump (.+?)`/m.exec(sections.get(name)!)![1]!;
      for (const argument of command.registeredArguments.filter(({ variadic }) => !variadic)) {
        const shown = argument.argChoices?.join("|") ?? argument.name().toUpperCase();
        expect(usage.toUpperCase()).toContain(shown.toUpperCase());
      }
    },
  );
});

test("the environment variables are those that the code reads", () => {
  const section = sections.get("Environment variables")!;
  const documented = new Set(
    Array.from(section.matchAll(/`([A-Z][A-Z_]+)`/g), ([, name]) => name!),
  );
  for (const name of ["PGDATESTYLE", "PGTZ", "PGGEQO", "PGCLIENTENCODING"]) documented.delete(name);
  const read = readCodeFiles("src").flatMap((file) =>
    Array.from(
      file.text.matchAll(/\benv(?:\.([A-Z][A-Z_]+)\b|\["([A-Z_]+)"\])/g),
      ([, dotted, quoted]) => (dotted ?? quoted)!,
    ),
  );
  const libpq = Object.values(KEYWORDS).flatMap(({ variable }) => variable ?? []);
  // Variables of a container, which its image reads; the key is read through a constant, TMPDIR by Node.js.
  const ofContainers = new Set(["POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD"]);
  const known = new Set([...read, ...libpq, "PEER_KEY_ENCRYPTION_KEY", "TMPDIR"]);
  for (const name of ofContainers) known.delete(name);
  expect([...documented].toSorted()).toEqual([...known].toSorted());
});

test("the exit codes are those of the program", () => {
  const documented = Array.from(
    sections.get("Exit codes")!.matchAll(/^\| +(\d+) \|/gm),
    ([, code]) => Number(code),
  );
  const { DONE, FAILED, USAGE, REFUSED, DAMAGED, INTERRUPTED } = exitCodes;
  expect(documented).toEqual([DONE, FAILED, USAGE, REFUSED, DAMAGED, INTERRUPTED]);
});
