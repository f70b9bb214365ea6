/** The help of the program and of its commands: headings, and what stands under them. */
import { expect, test } from "vitest";
import { createProgram } from "../../../src/cli/program.ts";

const program = createProgram({}, async () => {});

/** The headings of a help text, with the first word of each line under them. */
function headingsOf(help: string): Map<string, string[]> {
  const sections = help.split(/^(?=[A-Z][\w ]*:$)/m).slice(1);
  return new Map(
    sections.map((section) => {
      const [heading = "", ...lines] = section.split("\n");
      const words = lines.flatMap((line) => /^ {2}([a-z-][\w-]*)/.exec(line)?.[1] ?? []);
      return [heading, words];
    }),
  );
}

test("the program's help has every command under a heading", () => {
  const headings = headingsOf(program.helpInformation());
  expect([...headings.keys()]).toEqual([
    "Options:",
    "Archives:",
    "Restoring:",
    "Backups:",
    "Fixtures:",
    "Operations:",
    "Getting started:",
  ]);
  const listed = [...headings.values()].slice(1).flat();
  expect(listed).toEqual([...program.commands.map((command) => command.name()), "help"]);
});

test.each(program.commands.map((command) => [command.name(), command] as const))(
  "%s has its own options first and the common ones last",
  (_name, command) => {
    const headings = [...headingsOf(command.helpInformation()).keys()].filter((heading) =>
      heading.endsWith("ptions:"),
    );
    expect(headings.slice(0, -1)).not.toContain("Common options:");
    expect(headings.at(-1)).toBe("Common options:");
    expect(headings.indexOf("Options:")).toBeLessThanOrEqual(0);
  },
);

test("options that commands share have the same heading everywhere", () => {
  const headings = new Map<string, Set<string | undefined>>();
  for (const { options } of program.commands)
    for (const { flags, helpGroupHeading } of options)
      headings.set(flags, (headings.get(flags) ?? new Set()).add(helpGroupHeading));
  for (const flags of ["-d, --database-url <url>", "--env-file <path>", "--wait <time>", "--json"])
    expect([flags, headings.get(flags)?.size]).toEqual([flags, 1]);
  expect(headings.get("--identity <file>")).toContain("Decryption options:");
});

test("restore has the options of a swap under their own heading", () => {
  const restore = program.commands.find((command) => command.name() === "restore")!;
  expect(headingsOf(restore.helpInformation()).get("Swap options:")).toEqual([
    "--swap",
    "-j",
    "--keep-old",
    "--swap-timeout",
    "--undo",
  ]);
});
