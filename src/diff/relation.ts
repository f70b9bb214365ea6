/**
 * Compares the rows of one table in two archives. Parts of equal checksums cancel each other; the rows of the others are
 * paired. The order of rows does not matter.
 */
import type { ManifestPart, ManifestRelation } from "../archive/format/manifest.ts";
import type { ArchiveReader } from "../archive/reader.ts";
import type { RelationDifference } from "./options.ts";
import { BUCKET_BYTES, pairRows } from "./pair-rows.ts";
import { keyOf, project } from "./rows.ts";
import { createTally } from "./tally.ts";

export interface RelationSide {
  readonly reader: ArchiveReader;
  readonly relation: ManifestRelation;
  /** The columns of each part, which can be in another order than the relation's. */
  readonly columnsOf: (part: ManifestPart) => readonly string[];
}

export interface CompareOptions {
  /** Primary key columns, when both sides have the same; none otherwise. */
  readonly key: readonly string[];
  readonly samples: number;
  readonly showValues: boolean;
  readonly signal: AbortSignal | undefined;
}

/** @returns the difference; undefined when there is none. */
export async function compareRelation(
  a: RelationSide,
  b: RelationSide,
  options: CompareOptions,
): Promise<RelationDifference | undefined> {
  const masked = new Set([...a.relation.masked, ...b.relation.masked]);
  const columns = a.relation.columns.filter(
    (name) => !masked.has(name) && b.relation.columns.includes(name),
  );
  const sameColumns = [a, b].every(({ relation, columnsOf }) =>
    [relation.columns, ...relation.parts.map(columnsOf)].every((layout) => isSame(layout, columns)),
  );
  const [restA, restB] = sameColumns
    ? withoutCommon(a.relation.parts, b.relation.parts)
    : [a.relation.parts, b.relation.parts];
  if (restA.length === 0 && restB.length === 0) return undefined;

  const key = options.key.every((name) => columns.includes(name)) ? options.key : [];
  const keyPositions = key.map((name) => columns.indexOf(name));
  const tally = createTally(columns, keyPositions, {
    samples: options.samples,
    showValues: options.showValues,
    encoding: a.reader.manifest.database.encoding === "UTF8" ? "utf8" : "latin1",
  });
  const rows = (side: RelationSide, parts: readonly ManifestPart[]) => ({
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    blocks: readBlocks(side, parts, columns, options.signal),
  });
  await pairRows(rows(a, restA), rows(b, restB), {
    keyOf: keyOf(keyPositions),
    hasKey: key.length > 0,
    tally,
    signal: options.signal,
  });
  if (tally.isEmpty()) return undefined;
  const { namespace, name } = a.relation;
  return { namespace, name, key, ...tally.result() };
}

/** Removes from both lists the parts that both have, by checksum. */
function withoutCommon(
  a: readonly ManifestPart[],
  b: readonly ManifestPart[],
): [ManifestPart[], ManifestPart[]] {
  const counts = new Map<string, number>();
  for (const { sha256 } of b) counts.set(sha256, (counts.get(sha256) ?? 0) + 1);
  const common = new Map<string, number>();
  const restA = a.filter(({ sha256 }) => {
    const left = counts.get(sha256) ?? 0;
    if (left === 0) return true;
    counts.set(sha256, left - 1);
    common.set(sha256, (common.get(sha256) ?? 0) + 1);
    return false;
  });
  const restB = b.filter(({ sha256 }) => {
    const left = common.get(sha256) ?? 0;
    if (left === 0) return true;
    common.set(sha256, left - 1);
    return false;
  });
  return [restA, restB];
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((name, n) => name === b[n]));
}

/** @param columns to keep, in this order. */
async function* readBlocks(
  { reader, columnsOf }: RelationSide,
  parts: readonly ManifestPart[],
  columns: readonly string[],
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  for await (const { part, data } of reader.readAhead(parts, { signal, readAhead: BUCKET_BYTES })) {
    const layout = columnsOf(part);
    yield isSame(layout, columns)
      ? data
      : project(
          data,
          columns.map((name) => layout.indexOf(name)),
        );
  }
}
