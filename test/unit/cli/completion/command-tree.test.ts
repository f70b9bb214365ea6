/** What shells complete is what the commands take. */
import { expect, test } from "vitest";
import { commandTree } from "../../../../src/cli/completion/command-tree.ts";
import { fishScript } from "../../../../src/cli/completion/fish.ts";
import { placeholderKind, TEXTS } from "../../../../src/cli/completion/placeholders.ts";
import { zshScript } from "../../../../src/cli/completion/zsh.ts";
import { createProgram } from "../../../../src/cli/program.ts";

const program = createProgram({}, async () => {});
const tree = commandTree(program);

test("the tree has every command and every option", () => {
  expect(tree.commands.map(({ name }) => name)).toEqual([
    ...program.commands.map((command) => command.name()),
    "help",
  ]);
  for (const command of program.commands) {
    const { options } = tree.commands.find(({ name }) => name === command.name())!;
    const flags = options.map((option) => option.flags.at(-1));
    expect(flags).toEqual([...command.options.map(({ long }) => long), "--help"]);
  }
});

test("every placeholder is known as that of a file, a folder or a text", () => {
  const placeholders = tree.commands.flatMap(({ options, operands }) => [
    ...options
      .filter(({ value }) => value !== null && value.kind !== "words")
      .map(({ placeholder }) => placeholder),
    ...operands.filter(({ value }) => value.kind !== "words").map(({ name }) => name),
  ]);
  const unknown = placeholders.filter(
    (name) => placeholderKind(name) === "text" && !TEXTS.has(name),
  );
  expect([...new Set(unknown)]).toEqual([]);
  const unused = [...TEXTS].filter((name) => !placeholders.includes(name));
  expect(unused).toEqual([]);
});

test("the scripts of fish and zsh have every option with its description", () => {
  const fish = fishScript(tree);
  const zsh = zshScript(tree);
  for (const { name, options } of tree.commands) {
    const ofCommand = fish
      .split("\n")
      .filter((line) => line.includes(`__nexushub_dump_is ${name}'`));
    for (const { flags } of options) {
      const long = flags.at(-1)!;
      expect(ofCommand.some((line) => line.includes(` -l ${long.slice(2)} `))).toBe(true);
      expect(zsh).toMatch(new RegExp(String.raw`\)${name}\)|${long}[=[]`));
    }
  }
  expect(fish).toContain(String.raw`-d 'NexusHub\'s environment file`);
  expect(zsh).toContain(String.raw`*--where=[dump only the rows that satisfy the condition`);
  expect(zsh).toContain(String.raw`:table\: condition: '`);
});
