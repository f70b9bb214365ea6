/** Dumps a database, restores it, and says how the two differ. */
import { dump } from "../../../src/dump/dump.ts";
import { restore } from "../../../src/restore/restore.ts";
import { MemoryStore } from "../../support/archives.ts";
import { contentsOf } from "../../support/contents.ts";
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

/** Undefined when the restored database is like its source. */
export async function roundTripDifference({
  source,
  target,
  major,
}: Pair): Promise<string | undefined> {
  try {
    const archive = new MemoryStore();
    await dump(source.url, archive, { userMappingSecrets: true });
    const { warnings } = await restore(archive, target.url, { owner: true, privileges: true });
    // Its owner lost the right to fill it after it was filled.
    if (warnings.some(({ code }) => code === "unpopulated-view")) return undefined;
    const [before, after] = [await contentsOf(source.url), await contentsOf(target.url)];
    if (before !== after) return `dump and second dump differ:\n${differingLines(before, after)}`;
  } catch (error) {
    const { message, object, statement } = error as Error & { object?: string; statement?: string };
    return [message, object, statement].filter(Boolean).join("\n");
  }
  if (findTool("pg_dump", major) === undefined) return undefined;
  const theirs = await pgDumpSchema(source.url, major);
  // Which of two views that read each other it takes apart depends on their oids.
  if (theirs!.includes(" _RETURN; Type: RULE;")) return undefined;
  const ours = (await pgDumpSchema(target.url, major))!.replaceAll(target.name, source.name);
  return ours === theirs ? undefined : `pg_dump differs:\n${differingLines(theirs!, ours)}`;
}
