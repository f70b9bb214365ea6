/** The public diff: opens both sides, compares objects, sequences and rows, table by table. */
import type { ArchiveOrigin } from "../archive/storage/source.ts";
import { expectedError, UsageError } from "../errors.ts";
import { warning } from "../warnings.ts";
import { compareObjects, compareSequences, type ObjectsCompared } from "./objects.ts";
import type { DiffOptions, DiffResult, DiffSide } from "./options.ts";
import { compareRelations, type RelationsCompared } from "./relations.ts";
import { databaseOf, openArchiveSide, openDatabaseSide, type OpenSide } from "./side.ts";

const NO_OBJECTS: ObjectsCompared = {
  objects: { added: [], removed: [], changed: [] },
  warnings: [],
};
const NO_RELATIONS: RelationsCompared = { differences: [], warnings: [], compared: 0 };

/**
 * Compares two archives, an archive and a database, or two databases. `a` is before, `b` is after.
 * Memory is bounded: tables that differ and exceed it are spread over temporary files.
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
  } catch (error) {
    throw expectedError(error);
  } finally {
    await Promise.all([before.close(), after.close()]);
  }
}

/** Opens archives first: a database is dumped with the options of the archive that it is compared with. */
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
  const withObjects = options.dataOnly !== true && !a.options.dataOnly && !b.options.dataOnly;
  const withRows = options.schemaOnly !== true && !a.options.schemaOnly && !b.options.schemaOnly;
  const { objects, warnings: objectWarnings } = withObjects ? compareObjects(a, b) : NO_OBJECTS;
  const sequences = withRows ? compareSequences(a, b) : [];
  const relations = withRows
    ? await compareRelations(before.reader, after.reader, options)
    : NO_RELATIONS;
  const { differences } = relations;
  const sizes = [objects.added, objects.removed, objects.changed, sequences, differences];
  return {
    equal: sizes.every(({ length }) => length === 0),
    objects,
    relations: differences,
    sequences,
    warnings: [
      ...(withObjects || options.dataOnly === true
        ? []
        : [warning("not-compared", null, "a side holds only rows: objects were not compared")]),
      ...(withRows || options.schemaOnly === true
        ? []
        : [warning("not-compared", null, "a side holds no rows: rows were not compared")]),
      ...(a.database.encoding === b.database.encoding
        ? []
        : [
            warning(
              "limited-comparison",
              null,
              "the encodings differ: rows were compared by their bytes",
            ),
          ]),
      ...objectWarnings,
      ...relations.warnings,
    ],
    comparedRelations: relations.compared,
  };
}
