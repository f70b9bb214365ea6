/** Dumps a database, restores it, and says how the two differ. */
import { dump } from "../../../src/dump/dump.ts";
import { restore } from "../../../src/restore/restore.ts";
import { MemoryStore } from "../../support/archives.ts";
import { contentsOfArchive, EVERYTHING } from "../../support/contents.ts";
import { findTool, pgDumpSchema } from "../../support/tools.ts";

export interface Pair {
  readonly source: { readonly url: string; readonly name: string };
  readonly target: { readonly url: string; readonly name: string };
  readonly major: number;
}

/** The lines that only one of the texts has, a few of each. */
function differingLines(before: string, after: string): string {
  const [a, b] = [before.split("\n"), after.split("\n")];
  const only = (lines: readonly string[], others: readonly string[], sign: string): string[] => {
    const known = new Set(others);
    return lines
      .filter((line) => !known.has(line))
      .slice(0, 12)
      .map((line) => `${sign} ${line}`);
  };
  const lines = [...only(a, b, "-"), ...only(b, a, "+")];
  if (lines.length > 0) return lines.join("\n");
  const moved = a.findIndex((line, n) => line !== b[n]);
  const shown = [a, b].map((text) => text.slice(moved, moved + 6).join("\n"));
  return `the same lines in another order, from\n${shown[0]}\nto\n${shown[1]}`;
}

/** What came of a round trip: a difference, nothing to compare, or null when the copy is like its source. */
export type RoundTrip = { readonly differs: string } | "not-comparable" | null;

const LOSSY: ReadonlySet<string> = new Set(["column-order", "unpopulated-view"]);

/** What the copy has in another form, of which our dumps are the same and those of pg_dump are not. */
const CHANGED: ReadonlySet<string> = new Set([
  "foreign-key-not-valid",
  "own-not-null",
  "identity-default",
]);

/** @param reproducible whether the archives are, which leave out names that older servers do not store. */
export async function roundTrip(
  { source, target, major }: Pair,
  reproducible: boolean,
): Promise<RoundTrip> {
  try {
    const options = { ...EVERYTHING, reproducible };
    const [archive, second] = [new MemoryStore(), new MemoryStore()];
    const dumped = await dump(source.url, archive, options);
    const { warnings } = await restore(archive, target.url, { owner: true, privileges: true });
    const codes = [...dumped.warnings, ...warnings].map(({ code }) => code);
    // No SQL gives the columns that order; or a view reads one that is not populated; or partitions alone have a key.
    if (dumped.warnings.some(({ code }) => LOSSY.has(code))) return "not-comparable";
    if (warnings.some(({ code }) => code === "foreign-key-not-valid")) return "not-comparable";
    await dump(target.url, second, options);
    const [before, after] = [await contentsOfArchive(archive), await contentsOfArchive(second)];
    if (before !== after)
      return { differs: `dump and second dump differ:\n${differingLines(before, after)}` };
    if (codes.some((code) => CHANGED.has(code))) return "not-comparable";
  } catch (error) {
    const { message, object, statement } = error as Error & { object?: string; statement?: string };
    return { differs: [message, object, statement].filter(Boolean).join("\n") };
  }
  if (findTool("pg_dump", major) === undefined) return null;
  const [theirs, copy] = await Promise.all([
    pgDumpSchema(source.url, major),
    pgDumpSchema(target.url, major),
  ]);
  const [a, b] = [comparable(theirs!), comparable(copy!.replaceAll(target.name, source.name))];
  return a === b ? null : { differs: `pg_dump differs:\n${differingLines(a, b)}` };
}

/** The dumps have been compared with these parameters; pg_dump writes those that have no effect, too. */
const TOAST_PARAMETER = /,? ?\btoast\.\w+='?\w+'?/g;

/**
 * What pg_dump says of a database. Which of two views that read each other it takes apart depends on their oids: where it
 * does that, views are left out, and the other objects are in no order.
 */
function comparable(dumped: string): string {
  const plain = dumped.replaceAll(TOAST_PARAMETER, "");
  if (!plain.includes(" _RETURN; Type: RULE;")) return plain;
  return plain
    .split(/^--\n-- Name: /m)
    .filter((object) => !/; Type: VIEW;|^.* _RETURN; Type: RULE;/.test(object))
    .sort()
    .join("");
}
