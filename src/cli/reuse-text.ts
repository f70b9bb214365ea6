/** Says what a dump reused, and why it read the rest. Pure. */
import type { DumpResult, DumpReuse } from "../dump/options.ts";
import { fullReadText } from "../dump/reuse/full-read-reason.ts";
import { formatBytes, plural } from "../util/format.ts";
import { qualified } from "../util/label.ts";

/** Bytes of COPY text from which on it is worth a line that a table was read whole. */
const LARGE_BYTES = 16 * 1024 * 1024;

/** What was reused of the earlier archive, in one line. */
export function reuseText(
  { refused, ...counts }: DumpReuse,
  base: DumpResult["base"] = null,
): string {
  if (refused !== null) return `nothing was reused: ${fullReadText(refused)}`;
  const { readRows, readBytes, reusedRows, reusedBytes } = counts;
  const reused = `${plural(reusedRows, "row")} (${formatBytes(reusedBytes)} as text)`;
  const read = `read ${plural(readRows, "row")} (${formatBytes(readBytes)})`;
  return base === null
    ? `reused ${reused}, ${read}`
    : `differential: left ${reused} in ${base.fileName ?? "its base"}, ${read}`;
}

/** The same, and for each large table that was read whole, why. Empty when no earlier archive was offered. */
export function reuseLines({
  reuse,
  base,
  relations,
}: Pick<DumpResult, "reuse" | "base" | "relations">): string[] {
  if (reuse === null) return [];
  if (reuse.refused !== null) return [reuseText(reuse)];
  return [
    reuseText(reuse, base),
    ...relations.flatMap(({ namespace, name, bytes, readWhole }) =>
      readWhole === null || bytes < LARGE_BYTES
        ? []
        : [`${qualified(namespace, name)} was read whole: ${fullReadText(readWhole)}`],
    ),
  ];
}
