/** Compares the rows of two archives, table by table. */
import type { ManifestRelation } from "../archive/format/manifest.ts";
import type { ArchiveReader } from "../archive/reader.ts";
import { qualify } from "../sql/ident.ts";
import { type Warning, warning } from "../warnings.ts";
import type { DiffOptions, RelationDifference } from "./options.ts";
import { primaryKeys } from "./primary-keys.ts";
import { compareRelation } from "./relation.ts";
import { gatherPartitions } from "./routed-partitions.ts";

const SAMPLES = 5;

export interface RelationsCompared {
  /** Tables whose rows differ. */
  readonly differences: readonly RelationDifference[];
  readonly warnings: readonly Warning[];
  readonly compared: number;
}

export async function compareRelations(
  before: ArchiveReader,
  after: ArchiveReader,
  options: DiffOptions,
): Promise<RelationsCompared> {
  const { signal, onProgress, samples = SAMPLES, showValues = false } = options;
  const [left, right] = gatherPartitions(before.manifest, after.manifest);
  const pairs = pairUp(left.relations, right.relations);
  const [keyBefore, keyAfter] = [primaryKeys(before.manifest), primaryKeys(after.manifest)];
  const differences: RelationDifference[] = [];
  const warnings: Warning[] = [];
  const totalBytes = pairs.reduce((sum, relations) => sum + largest(relations, "bytes"), 0);
  let bytes = 0;
  let rows = 0;
  onProgress?.({ type: "phase", phase: "check" });
  for (const [a, b] of pairs) {
    let difference: RelationDifference | undefined;
    if (a === undefined || b === undefined) difference = loneRelation(a, b);
    else {
      warnings.push(...warningsAbout(a, b));
      const key = keyBefore(a);
      difference = await compareRelation(
        { reader: before, relation: a, columnsOf: (part) => left.columnsOf(a, part) },
        { reader: after, relation: b, columnsOf: (part) => right.columnsOf(b, part) },
        { key: sameNames(key, keyAfter(b)) ? key : [], samples, showValues, signal },
      );
    }
    if (difference !== undefined) differences.push(difference);
    bytes += largest([a, b], "bytes");
    rows += largest([a, b], "rows");
    const { namespace, name } = (a ?? b)!;
    onProgress?.({ type: "data", bytes, totalBytes, rows, relation: qualify(namespace, name) });
  }
  return { differences, warnings, compared: pairs.length };
}

/** A relation of both sides; undefined where a side has none. */
type Pair = readonly [ManifestRelation | undefined, ManifestRelation | undefined];

function pairUp(a: readonly ManifestRelation[], b: readonly ManifestRelation[]): Pair[] {
  const id = ({ kind, namespace, name }: ManifestRelation): string =>
    JSON.stringify([kind, namespace, name]);
  const counterparts = new Map(b.map((relation) => [id(relation), relation]));
  const known = new Set(a.map(id));
  return [
    ...a.map((relation): Pair => [relation, counterparts.get(id(relation))]),
    ...b
      .filter((relation) => !known.has(id(relation)))
      .map((relation): Pair => [undefined, relation]),
  ];
}

function largest([a, b]: Pair, field: "rows" | "bytes"): number {
  return Math.max(a?.[field] ?? 0, b?.[field] ?? 0);
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, i) => name === b[i]);
}

/** A table of one side: its rows are all added or all removed. */
function loneRelation(
  a: ManifestRelation | undefined,
  b: ManifestRelation | undefined,
): RelationDifference | undefined {
  const { namespace, name } = (a ?? b)!;
  const [removed, added] = [a?.rows ?? 0, b?.rows ?? 0];
  if (removed + added === 0) return undefined;
  const nothing = { key: [], changed: 0, changedColumns: {}, samples: [] };
  return { namespace, name, ...nothing, added, removed };
}

/** What restricted the rows of a relation. */
function limitsOf({ where, sample }: ManifestRelation): string[] {
  return [...(where === null ? [] : [where]), ...(sample === null ? [] : [`sample: ${sample}`])];
}

function warningsAbout(a: ManifestRelation, b: ManifestRelation): Warning[] {
  const table = `table ${qualify(a.namespace, a.name)}`;
  const notCompared = (why: string, columns: readonly string[]): Warning =>
    warning("not-compared", table, `${table}: ${why} and not compared: ${columns.join(", ")}`);
  const masked = [...new Set([...a.masked, ...b.masked])];
  const lone = [
    ...a.columns.filter((name) => !b.columns.includes(name)),
    ...b.columns.filter((name) => !a.columns.includes(name)),
  ].filter((name) => !masked.includes(name));
  return [
    ...(masked.length > 0 ? [notCompared("masked", masked)] : []),
    ...(lone.length > 0 ? [notCompared("only on one side", lone)] : []),
    ...[...new Set([a, b].flatMap(limitsOf))].map((limit) =>
      warning("limited-comparison", table, `${table}: a side holds only some rows (${limit})`),
    ),
  ];
}
