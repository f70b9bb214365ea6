/**
 * Loads the rows of an archive over one connection, relation by relation. The archive reader decompresses parts ahead on
 * other cores, beyond the end of a relation, so that the connection never waits for it.
 */
import type { ManifestPart, ManifestRelation } from "../../archive/format/manifest.ts";
import type { ArchiveReader, ReadPart, ReadPartsOptions } from "../../archive/reader.ts";
import { largeObjectLoadSql } from "../../sql/large-object-rows.ts";
import type { DataProgress } from "../../util/progress.ts";
import type { Connection } from "../../pg/connection.ts";
import { qualify } from "../../sql/ident.ts";
import { copyRows } from "../decide/copy-rows.ts";
import type { DataStep } from "../decide/steps.ts";
import type { RelationName } from "../target/facts.ts";
import type { FieldEncoders } from "../target/field-encoders.ts";
import { copyInBinary } from "./copy-in-binary.ts";
import { storedOtherRows } from "./stored-rows.ts";

export interface LoadRowsOptions {
  readonly progress: DataProgress;
  /** The partitioned tables through which rows are loaded, by the relation's number. */
  readonly through: ReadonlyMap<number, RelationName>;
  /** Of the relations whose rows are sent in the binary format. */
  readonly encoders: FieldEncoders;
  /** Whether the objects behind large-object rows must be created first. */
  readonly createLargeObjects: boolean;
}

/** The parts of relations in their order. */
export interface PartStream {
  readonly next: () => Promise<IteratorResult<ReadPart, unknown>>;
  /** Ends it, once nothing of it is under way any more. */
  readonly end: () => Promise<unknown>;
}

/**
 * Begins to read and decompress the parts of these relations, before anybody asks for the first.
 * @param readAhead bytes of the archive that may be in memory ahead. Default: the reader's.
 */
export function startReading(
  reader: ArchiveReader,
  steps: readonly DataStep[],
  { signal, readAhead }: ReadPartsOptions,
): PartStream {
  const order = steps.flatMap(({ relation }) => relation.parts);
  const ahead = readAhead === undefined ? {} : { readAhead };
  const parts = reader.readAhead(order, { signal, ...ahead })[Symbol.asyncIterator]();
  const first = parts.next();
  // Whoever takes it gets its error.
  first.catch(() => undefined);
  let taken = false;
  return {
    next() {
      if (taken) return parts.next();
      taken = true;
      return first;
    },
    end: () => parts.return!(),
  };
}

/**
 * Loads the relations in order.
 * @param parts those of the relations; ended in any case.
 * @throws MismatchError when the server stored another number of rows than the archive holds; ArchiveError for damage.
 */
export async function loadRelations(
  connection: Connection,
  parts: PartStream,
  steps: readonly DataStep[],
  options: LoadRowsOptions,
): Promise<void> {
  try {
    for (const step of steps) {
      const rows =
        step.relation.kind === "table"
          ? await loadTable(connection, step, parts, options)
          : await loadLargeObjects(connection, step.relation, parts, options);
      const label = labelOf(step.relation);
      if (rows !== step.relation.rows) {
        throw storedOtherRows(label, rows, { by: "archive", rows: step.relation.rows });
      }
      options.progress.complete(qualify(step.relation.namespace, step.relation.name), {
        rows,
        bytes: step.relation.bytes,
      });
    }
  } finally {
    await parts.end();
  }
}

function labelOf({ kind, namespace, name }: ManifestRelation): string {
  return kind === "table" ? `table ${qualify(namespace, name)}` : "large objects";
}

/** The next parts of the shared stream, which are those of `expected`. Ending early leaves the stream open. */
async function* next(
  parts: PartStream,
  expected: readonly ManifestPart[],
  onPart: (part: ManifestPart) => void,
): AsyncGenerator<Buffer> {
  for (const part of expected) {
    const { value, done } = await parts.next();
    if (done === true) return;
    yield value.data;
    onPart(part);
  }
}

async function loadTable(
  connection: Connection,
  step: DataStep,
  parts: PartStream,
  { progress, through, encoders }: LoadRowsOptions,
): Promise<number> {
  const { relation, encoding, hint, referencesHint } = step;
  // COPY takes the right to insert, which a role has not on a table of an extension that somebody else made.
  if (relation.parts.length === 0) return 0;
  const root = through.get(relation.number);
  const { sql, binarySql } =
    root === undefined ? step : copyRows(relation, root, { encoding, freeze: false });
  const name = qualify(relation.namespace, relation.name);
  const source = next(parts, relation.parts, (part) => progress.add(name, part.rows, part.bytes));
  const context = { action: "load rows", object: labelOf(relation), hint, referencesHint };
  const ofFields = encoders.get(relation.number);
  return binarySql === undefined || ofFields === undefined
    ? connection.copyIn(sql, source, context)
    : copyInBinary(connection, { sql, binarySql, encoders: ofFields }, source, context);
}

/** Part by part through a temporary table, because only a superuser can COPY into pg_largeobject. */
async function loadLargeObjects(
  connection: Connection,
  relation: ManifestRelation,
  parts: PartStream,
  { progress, createLargeObjects }: LoadRowsOptions,
): Promise<number> {
  const load = largeObjectLoadSql();
  const context = { action: "load large objects", object: labelOf(relation) };
  let rows = 0;
  if (relation.parts.length > 0) await connection.query(load.create, context);
  for (const part of relation.parts) {
    const source = next(parts, [part], () => progress.add("large objects", part.rows, part.bytes));
    rows += await connection.copyIn(load.copy, source, context);
    if (createLargeObjects) await connection.query(load.createMissing, context);
    for (const sql of load.apply) await connection.query(sql, context);
  }
  return rows;
}
