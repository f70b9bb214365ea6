/** The manual page has what the program has. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { manPage } from "../../../scripts/man-page/man-page.ts";
import { roff } from "../../../scripts/man-page/roff.ts";
import * as exitCodes from "../../../src/cli/exit-codes.ts";
import { createProgram } from "../../../src/cli/program.ts";

const program = createProgram({}, async () => {});
const documentation = readFileSync(new URL("../../../docs/cli.md", import.meta.url), "utf8");
const page = manPage(program, documentation);

/** The text of a section, without the escapes. */
function sectionOf(title: string): string {
  const parts = page.split(/^\.SH /m).map((part) => part.replaceAll("\\-", "-"));
  return parts.find((part) => part.startsWith(`"${title}`)) ?? "";
}

const termsOf = (section: string): string[] =>
  Array.from(section.matchAll(/^\.TP\n\\fB(.*)\\fR$/gm), ([, term]) => term!);

test.each(program.commands.map((command) => [command.name(), command] as const))(
  "%s has a section with its arguments, options and examples",
  (name, command) => {
    const section = sectionOf(`nexushub-dump ${name}`);
    const common = termsOf(sectionOf("COMMON OPTIONS"));
    const flags = command.options.map((option) => option.flags);
    const ofCommand = flags.filter((each) => !common.includes(each));
    const operands = command.registeredArguments.map((argument) => argument.name());
    const terms = termsOf(section).map((term) => term.replaceAll("\\(aq", "'"));
    expect(terms.toSorted()).toEqual([...operands, ...ofCommand].toSorted());
    expect(section).toMatch(new RegExp(String.raw`^(?:\$|  \$).*nexushub-dump ${name}\b`, "m"));
    expect(termsOf(sectionOf("COMMANDS")).some((term) => term.split(" ")[0] === name)).toBe(true);
  },
);

test("the common options are those of every command", () => {
  const common = termsOf(sectionOf("COMMON OPTIONS"));
  expect(common).toContain("--json");
  for (const command of program.commands) {
    const flags = command
      .createHelp()
      .visibleOptions(command)
      .map((option) => option.flags);
    expect(flags).toEqual(expect.arrayContaining(common));
  }
});

test("exit codes and variables are those of the documentation", () => {
  const { DONE, FAILED, USAGE, REFUSED, DAMAGED, INTERRUPTED } = exitCodes;
  const codes = [DONE, FAILED, USAGE, REFUSED, DAMAGED, INTERRUPTED].map(String);
  expect(termsOf(sectionOf("EXIT STATUS"))).toEqual(codes);
  expect(termsOf(sectionOf("ENVIRONMENT"))).toContain("DATABASE_URL");
  expect(sectionOf("ENVIRONMENT")).not.toMatch(/\]\(|`/);
});

test("the page is ASCII, and no text is a request of roff", () => {
  expect(page).toMatch(/^[\n -~]*$/);
  const requests = new Set(Array.from(page.matchAll(/^[.'](\S+)/gm), ([, name]) => name));
  expect([...requests].toSorted()).toEqual(
    ["PP", "RE", "RS", "SH", "SS", "TH", "TP", "ad", "fi", "nf", "nh"].toSorted(),
  );
  expect(roff(".so \\x 'a-b'\n.TP")).toBe("\\&.so \\ex \\(aqa\\-b\\(aq\n\\&.TP");
  expect(() => roff("ж")).toThrow("no name in roff for ж");
});
