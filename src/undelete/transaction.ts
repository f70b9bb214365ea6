/** Everything between BEGIN and COMMIT: reads the target, walks the rows, refuses or inserts. */
import type { ManifestRelation } from "../archive/format/manifest.ts";
import type { ArchiveReader } from "../archive/reader.ts";
import type { ServerVersion } from "../catalog/version.ts";
import { ServerError } from "../errors.ts";
import { readForeignKeys } from "../pg/foreign-keys.ts";
import { setLocal } from "../pg/session.ts";
import { pinnedSettings } from "../restore/decide/session-settings.ts";
import { LOCK_TIMEOUT_MS } from "../restore/defaults.ts";
import { refusalError } from "../restore/decide/refusal.ts";
import type { KeptTransaction } from "../restore/run/kept-transaction.ts";
import { setRole } from "../restore/set-role.ts";
import { readSession } from "../restore/target/queries.ts";
import type { Connection } from "../pg/connection.ts";
import type { Warning } from "../warnings.ts";
import { conflict, conflictError, type UndeleteConflict, UnreadableRows } from "./conflict.ts";
import { type EmptiedReferences, findEmptied } from "./emptied-references.ts";
import { findConflicts } from "./find-conflicts.ts";
import { insertRows } from "./insert.ts";
import { FATE } from "./loaded-table.ts";
import type { UndeleteOptions, UndeletePlan } from "./options.ts";
import { readTargetTables } from "./read-target.ts";
import { pairReferences, type Reference } from "./references.ts";
import { sequencesBehind } from "./sequences.ts";
import { silenceEventTriggers, type WhileInserting } from "./silence.ts";
import { type CountedTable, countRows } from "./summary.ts";
import { readTypeSides } from "./read-types.ts";
import { tableNames } from "./table-names.ts";
import { pairTables, tableFinder, type UndeleteTable } from "./tables.ts";
import type { TypeSides } from "./type-changes.ts";
import { type RowCondition, Walk } from "./walk.ts";
import { childNotSearched, referencesLeft, sequenceBehind, UNKNOWN_TYPES } from "./warnings.ts";

export interface UndeleteTransaction {
  readonly reader: ArchiveReader;
  readonly transaction: KeptTransaction;
  readonly version: ServerVersion;
  readonly options: UndeleteOptions;
  /** Examines the target after the rows were inserted; a throw rolls everything back. */
  readonly check: UndeleteCheck | undefined;
}

/** @param rows the rows of a table that were inserted, as SQL for FROM; null where there are none. */
export type UndeleteCheck = (
  connection: KeptTransaction["connection"],
  rows: (namespace: string, name: string) => string | null,
) => Promise<readonly Warning[]>;

/** What the transaction did, apart from how it ended. */
export type UndeleteOutcome = UndeletePlan & { readonly rows: number };

export async function runUndelete(context: UndeleteTransaction): Promise<UndeleteOutcome> {
  const { transaction, version, options } = context;
  const { connection } = transaction;
  const lockTimeoutMs = options.lockTimeoutMs ?? LOCK_TIMEOUT_MS;
  await connection.query(setLocal(pinnedSettings(version, lockTimeoutMs)));
  const session = await readSession(connection);
  const target = { label: connection.label, version };
  if (session.inRecovery) throw refusalError({ reason: "standby" }, target);
  if (session.isReadOnly) throw refusalError({ reason: "read-only" }, target);
  await transaction.remember();
  const silent = session.isSuperuser && (options.role === undefined || version.major >= 17);
  const whileInserting = silent ? await silenceEventTriggers(connection, version) : null;
  if (options.role !== undefined) await setRole(connection, options.role);

  const prepared = { ...(await prepare(context, session.encoding)), whileInserting };
  const { walk } = prepared;
  let outcome: UndeleteOutcome;
  try {
    outcome = await bringBack(context, prepared);
  } catch (error) {
    // After a refusal of ours the transaction can go on, too; where the server refused a statement, it takes no other.
    if (connection.transactionStatus() !== "E") await walk.dropTables().catch(() => undefined);
    throw error;
  }
  // A caller may go on in this transaction.
  await walk.dropTables();
  return outcome;
}

async function bringBack(
  context: UndeleteTransaction,
  prepared: Prepared,
): Promise<UndeleteOutcome> {
  const { options } = context;
  const decided = await decide(context, prepared);
  const { conflicts, warnings } = decided.plan;
  emitWarnings(options, warnings);
  await options.onPlan?.(decided.plan);
  if (conflicts.length > 0) {
    if (options.dryRun !== true) throw conflictError(conflicts);
    return { ...decided.plan, rows: 0 };
  }
  return execute(context, prepared, decided);
}

function emitWarnings({ onProgress }: UndeleteOptions, warnings: readonly Warning[]): void {
  for (const each of warnings) onProgress?.({ type: "warning", ...each });
}

interface Prepared {
  readonly whileInserting: WhileInserting | null;
  readonly walk: Walk;
  readonly types: TypeSides | undefined;
  readonly conditions: readonly RowCondition[];
  /** Relations that conditions name and the target lacks. */
  readonly missing: readonly ManifestRelation[];
  /** Those that they name only as children of tables that the target has. */
  readonly missingChildren: readonly ManifestRelation[];
  readonly references: readonly Reference[];
  readonly looksIn: (table: UndeleteTable) => boolean;
}

/** Reads the catalogs, and looks up what the options name. */
async function prepare(
  { reader, transaction: { connection }, version, options }: UndeleteTransaction,
  encoding: string,
): Promise<Omit<Prepared, "whileInserting">> {
  const { signal, onProgress } = options;
  onProgress?.({ type: "phase", phase: "catalog" });
  const targets = await readTargetTables(connection);
  const pairs = pairTables(reader.manifest, targets);
  const keys = await readForeignKeys(connection, { major: version.major, keys: "declared" });
  const references = pairReferences(keys, pairs, targets);
  const names = tableNames(
    tableFinder(reader.manifest, pairs, targets, options.searchPath ?? ["public"]),
  );
  const types = await readTypeSides(connection, version, reader.manifest, targets);
  const walk = new Walk({
    connection,
    reader,
    types,
    major: version.major,
    encoding,
    signal,
    onProgress,
    references,
    takesDependents: names.among("withDependents", options.withDependents),
    isLeftOut: names.among("withoutTables", options.withoutTables),
  });
  const looksIn = names.among("withReferences", options.withReferences);
  return { walk, types, references, looksIn, ...names.conditions(options.rows) };
}

interface Decided {
  readonly plan: UndeletePlan;
  /** Rows to insert, by the number of their table; tables without are left out. */
  readonly planned: ReadonlyMap<number, number>;
  readonly emptied: EmptiedReferences;
}

/** Finds the rows, and what becomes of them. */
async function decide(context: UndeleteTransaction, prepared: Prepared): Promise<Decided> {
  const { missing } = prepared;
  try {
    return await decideRows(context, prepared);
  } catch (error) {
    if (!(error instanceof UnreadableRows)) throw error;
    const plan: UndeletePlan = {
      target: context.transaction.connection.label,
      tables: [],
      references: [],
      conflicts: [...missing.map((table) => conflict(table, "missing-table")), ...error.conflicts],
      warnings: [],
    };
    return { plan, planned: new Map(), emptied: { listed: [], emptied: [], defaulted: [] } };
  }
}

/** @throws UnreadableRows when types of a table changed. */
async function decideRows(
  { transaction: { connection }, options }: UndeleteTransaction,
  { walk, types, conditions, missing, missingChildren, references, looksIn }: Prepared,
): Promise<Decided> {
  options.onProgress?.({ type: "phase", phase: "data" });
  await walk.requireSameTypes(conditions.flatMap(({ named }) => named.map(({ table }) => table)));
  for (const condition of conditions) await walk.select(condition);
  await walk.addDependents();
  await walk.addReferenced();
  await walk.emptyReferences();
  options.onProgress?.({ type: "phase", phase: "check" });
  // What becomes of the rows is settled: what follows only reads it.
  const tables = await countRows(connection, walk);
  const keepChanged = options.keepChanged ?? false;
  const conflicts: UndeleteConflict[] = [
    ...missing.map((table) => conflict(table, "missing-table")),
    ...(await findConflicts(connection, walk, tables, { references, keepChanged })),
  ];
  const planned = plannedRows(tables);
  const emptied = await findEmptied(connection, walk, references, planned, looksIn);
  const plan: UndeletePlan = {
    target: connection.label,
    tables: tables.map(({ counts }) => counts),
    references: emptied.listed,
    conflicts,
    warnings: [
      ...(types === undefined ? [UNKNOWN_TYPES] : []),
      ...missingChildren.map(childNotSearched),
      ...referencesLeft(emptied),
      ...(await behindSequences(connection, tables)),
    ],
  };
  return { plan, planned, emptied };
}

async function behindSequences(
  connection: Connection,
  tables: readonly CountedTable[],
): Promise<Warning[]> {
  const warnings: Warning[] = [];
  for (const { loaded, counts } of tables) {
    if (counts.inserted === 0) continue;
    for (const each of await sequencesBehind(connection, loaded))
      warnings.push(sequenceBehind(loaded.table, each));
  }
  return warnings;
}

function plannedRows(tables: readonly CountedTable[]): Map<number, number> {
  const inserting = tables.filter(({ counts }) => counts.inserted > 0);
  return new Map(inserting.map(({ loaded, counts }) => [loaded.table.number, counts.inserted]));
}

/** Inserts and checks, in a savepoint, so that a constraint's refusal can be reported like the other conflicts. */
async function execute(
  { transaction, options, check }: UndeleteTransaction,
  { walk, whileInserting }: Prepared,
  { plan, planned, emptied }: Decided,
): Promise<UndeleteOutcome> {
  const { connection } = transaction;
  const enableTriggers = options.enableTriggers ?? false;
  await connection.query("SAVEPOINT nexushub_dump");
  try {
    await insertRows(connection, walk, {
      enableTriggers,
      planned,
      references: emptied,
      whileInserting,
    });
  } catch (error) {
    const refusal = constraintConflict(error);
    if (refusal === null) throw error;
    if (options.dryRun !== true) throw conflictError([refusal]);
    await connection.query("ROLLBACK TO nexushub_dump; RELEASE nexushub_dump");
    return { ...plan, conflicts: [refusal], rows: 0 };
  }
  const rowsOf = (namespace: string, name: string): string | null => {
    const loaded = walk.loaded.find(
      ({ table }) => table.namespace === namespace && table.name === name,
    );
    if (loaded === undefined || !planned.has(loaded.table.number)) return null;
    return `(SELECT * FROM ${loaded.temporary} WHERE ${FATE} = 'insert')`;
  };
  const warnings = (await check?.(connection, rowsOf)) ?? [];
  emitWarnings(options, warnings);
  await connection.query(
    options.dryRun === true
      ? "ROLLBACK TO nexushub_dump; RELEASE nexushub_dump"
      : "RELEASE nexushub_dump",
  );
  await transaction.requireSame();
  const rows = [...planned.values()].reduce((sum, count) => sum + count, 0);
  return { ...plan, warnings: [...plan.warnings, ...warnings], rows };
}

/** The refusal of a constraint, which nobody could look at before; null for all other errors. */
function constraintConflict(error: unknown): UndeleteConflict | null {
  if (!(error instanceof ServerError) || error.sqlState?.startsWith("23") !== true) return null;
  if (error.relation === undefined) return null;
  return conflict(error.relation, "constraint", { constraint: error.constraint ?? null });
}
