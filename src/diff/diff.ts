/** The public diff: opens both sides, compares objects, sequences and rows, table by table. */
import type { Manifest, ManifestRelation } from "../archive/format/manifest.ts";
import type { ArchiveOrigin } from "../archive/storage/source.ts";
import { UsageError } from "../errors.ts";
import { qualify } from "../sql/ident.ts";
import { primaryKeys } from "./primary-keys.ts";
import { compareObjects, compareSequences } from "./objects.ts";
import type { DiffOptions, DiffResult, DiffSide, RelationDifference } from "./options.ts";
import { compareRelation } from "./relation.ts";
import { databaseOf, openArchiveSide, openDatabaseSide, type OpenSide } from "./side.ts";

const SAMPLES = 5;

/**
 * Compares two archives, an archive and a database, or two databases. `a` is before, `b` is after.
 * Memory is bounded; tables that differ and do not fit are spread over temporary files.
 * @throws ArchiveError for damage, and what `dump` throws for a database.
 */
export async function diff(
  a: DiffSide,
  b: DiffSide,
  options: DiffOptions = {},
): Promise<DiffResult> {
  const started = performance.now();
  if (options.schemaOnly === true && options.dataOnly === true)
    throw new UsageError("schema-only and data-only exclude each other");
  const [before, after] = await openBoth(a, b, options);
  try {
    const result = await compare(before, after, options);
    return { ...result, elapsedMs: Math.round(performance.now() - started) };
  } finally {
    await Promise.all([before.close(), after.close()]);
  }
}

/** Archives first: a database is dumped as the archive beside it was. */
async function openBoth(
  a: DiffSide,
  b: DiffSide,
  options: DiffOptions,
): Promise<[OpenSide, OpenSide]> {
  const sides = [a, b];
  const open: (OpenSide | undefined)[] = [undefined, undefined];
  try {
    for (const [i, side] of sides.entries()) {
      if (databaseOf(side) === undefined)
        open[i] = await openArchiveSide(side as ArchiveOrigin, options.signal);
    }
    for (const [i, side] of sides.entries()) {
      const source = databaseOf(side);
      if (source !== undefined)
        open[i] = await openDatabaseSide(source, open[1 - i]?.reader.manifest, options);
    }
    return [open[0]!, open[1]!];
  } catch (error) {
    await Promise.all(open.flatMap((side) => (side === undefined ? [] : [side.close()])));
    throw error;
  }
}

async function compare(
  before: OpenSide,
  after: OpenSide,
  options: DiffOptions,
): Promise<Omit<DiffResult, "elapsedMs">> {
  const [a, b] = [before.reader.manifest, after.reader.manifest];
  const notes: string[] = [];
  const withObjects = options.dataOnly !== true && !a.options.dataOnly && !b.options.dataOnly;
  const withRows = options.schemaOnly !== true && !a.options.schemaOnly && !b.options.schemaOnly;
  if (!withObjects && options.dataOnly !== true)
    notes.push("a side holds rows alone: objects were not compared");
  if (!withRows && options.schemaOnly !== true)
    notes.push("a side holds no rows: rows were not compared");
  if (a.database.encoding !== b.database.encoding)
    notes.push("the encodings differ: rows were compared by their bytes");

  const compared = withObjects ? compareObjects(a, b) : undefined;
  notes.push(...(compared?.notes ?? []));
  const objects = compared?.objects ?? { added: [], removed: [], changed: [] };
  const sequences = withRows ? compareSequences(a, b) : [];
  const relations: RelationDifference[] = [];
  const pairs = withRows ? pairUp(a, b) : [];
  const [keysA, keysB] = [primaryKeys(a), primaryKeys(b)];
  const totalBytes = pairs.reduce((sum, [x, y]) => sum + Math.max(x?.bytes ?? 0, y?.bytes ?? 0), 0);
  let bytes = 0;
  let rows = 0;
  if (withRows) options.onProgress?.({ type: "phase", phase: "check" });
  for (const [x, y] of pairs) {
    const { namespace, name } = (x ?? y)!;
    if (x === undefined || y === undefined) {
      const lone = loneRelation(x, y);
      if (lone !== undefined) relations.push(lone);
    } else {
      notes.push(...notesOn(x, y));
      const [key, other] = [keysA(x), keysB(y)];
      const difference = await compareRelation(
        { reader: before.reader, relation: x },
        { reader: after.reader, relation: y },
        {
          key: String(key) === String(other) ? key : [],
          samples: options.samples ?? SAMPLES,
          showValues: options.showValues ?? false,
          signal: options.signal,
        },
      );
      if (difference !== undefined) relations.push(difference);
    }
    bytes += Math.max(x?.bytes ?? 0, y?.bytes ?? 0);
    rows += Math.max(x?.rows ?? 0, y?.rows ?? 0);
    const relation = qualify(namespace, name);
    options.onProgress?.({ type: "data", bytes, totalBytes, rows, relation });
  }
  const differs =
    objects.added.length + objects.removed.length + objects.changed.length > 0 ||
    sequences.length > 0 ||
    relations.length > 0;
  return {
    equal: !differs,
    objects,
    relations,
    sequences,
    notes,
    comparedRelations: pairs.length,
  };
}

/** The relations of both sides by name; undefined where a side has none. */
function pairUp(
  a: Manifest,
  b: Manifest,
): [ManifestRelation | undefined, ManifestRelation | undefined][] {
  const id = ({ kind, namespace, name }: ManifestRelation): string =>
    JSON.stringify([kind, namespace, name]);
  const others = new Map(b.relations.map((relation) => [id(relation), relation]));
  const known = new Set(a.relations.map(id));
  return [
    ...a.relations.map((relation): [ManifestRelation, ManifestRelation | undefined] => [
      relation,
      others.get(id(relation)),
    ]),
    ...b.relations
      .filter((relation) => !known.has(id(relation)))
      .map((relation): [undefined, ManifestRelation] => [undefined, relation]),
  ];
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

function notesOn(a: ManifestRelation, b: ManifestRelation): string[] {
  const table = `table ${qualify(a.namespace, a.name)}`;
  const masked = [...new Set([...a.masked, ...b.masked])];
  const lone = [
    ...a.columns.filter((name) => !b.columns.includes(name)),
    ...b.columns.filter((name) => !a.columns.includes(name)),
  ].filter((name) => !masked.includes(name));
  return [
    ...(masked.length > 0 ? [`${table}: masked and not compared: ${masked.join(", ")}`] : []),
    ...(lone.length > 0 ? [`${table}: only on one side and not compared: ${lone.join(", ")}`] : []),
    ...[...new Set([a.where, b.where])].flatMap((where) =>
      where === null ? [] : [`${table}: a side holds only some rows (${where})`],
    ),
  ];
}
