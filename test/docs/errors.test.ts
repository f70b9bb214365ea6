/** docs/errors.md lists every error code and every warning code, and no others. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { EXIT_CODES } from "../../src/cli/exit-codes.ts";
import { WARNING_CODES } from "../../src/warnings.ts";

const text = readFileSync(new URL("../../docs/errors.md", import.meta.url), "utf8");

/** Cells of the table's rows below a heading. */
function rowsBelow(heading: string): string[][] {
  const section = text.split(`\n## ${heading}\n`)[1]!.split("\n## ")[0]!;
  const rows = section.split("\n").filter((line) => line.startsWith("| `"));
  return rows.map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

test("every error code is documented with its exit code", () => {
  const documented = rowsBelow("Error codes").map(([code, exit]) => [
    code!.replaceAll("`", ""),
    Number(exit),
  ]);
  expect(documented.toSorted()).toEqual(Object.entries(EXIT_CODES).toSorted());
});

test("every warning code is documented once", () => {
  const documented = rowsBelow("Warning codes").map(([code]) => code!.replaceAll("`", ""));
  expect(documented.toSorted()).toEqual([...WARNING_CODES].toSorted());
});

test("no cell is empty", () => {
  const cells = [...rowsBelow("Error codes"), ...rowsBelow("Warning codes")].flat();
  expect(cells.filter((cell) => cell === "")).toEqual([]);
});

test("every option that it mentions exists", async () => {
  const { createProgram } = await import("../../src/cli/program.ts");
  const program = createProgram({}, async () => {});
  const known = program.commands.flatMap(({ options }) => options.map(({ long }) => long));
  const mentioned = Array.from(
    text.matchAll(/`[^`\n]*?(--[a-z-]+)[^`\n]*`/g),
    ([, option]) => option,
  );
  expect(mentioned.length).toBeGreaterThan(10);
  expect(mentioned.filter((option) => option !== "--help" && !known.includes(option))).toEqual([]);
});
