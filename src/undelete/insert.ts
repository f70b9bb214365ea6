/** Inserts the rows, and compares afterwards what is there with what the archive has. */
import { MismatchError } from "../errors.ts";
import type { Connection } from "../pg/connection.ts";
import { enableTrigger } from "../restore/decide/data-only.ts";
import { qualify, quoteIdent } from "../sql/ident.ts";
import type { RowAction } from "./facts.ts";
import { type EmptiedReferences, setBack } from "./emptied-references.ts";
import { countOf, labelOf } from "./fates.ts";
import { FATE, type LoadedTable, ROW, rowText, sameKey } from "./loaded-table.ts";
import type { WhileInserting } from "./silence.ts";
import type { Walk } from "./walk.ts";
import { plural } from "../util/format.ts";

export interface InsertOptions {
  /** Let the tables' own triggers fire. */
  readonly enableTriggers: boolean;
  /** Rows to insert, by the number of their table; tables without are left out. */
  readonly planned: ReadonlyMap<number, number>;
  readonly references: EmptiedReferences;
  readonly whileInserting: WhileInserting | null;
}

/**
 * Inserts and checks.
 * @throws ServerError when a constraint refuses a row; MismatchError when the server stored something else.
 */
export async function insertRows(
  connection: Connection,
  walk: Walk,
  { enableTriggers, planned, references, whileInserting }: InsertOptions,
): Promise<void> {
  const tables = walk.loaded.filter(({ table }) => planned.has(table.number));
  const actions = actionsOf(tables, references).filter(
    // No rule can act on a statement that inserts into several tables.
    ({ kind }) => kind === "RULE" || !enableTriggers,
  );
  for (const action of actions) await run(connection, disable(action), action);
  if (whileInserting !== null) await connection.query(whileInserting.before);
  // Where keys can be deferred, their checks come at the end anyway.
  await connection.query("SET CONSTRAINTS ALL DEFERRED");
  if (tables.length > 0) await insertTogether(connection, tables, planned);
  for (const emptied of references.emptied) {
    const rows = await setBack(connection, walk, emptied);
    if (rows !== emptied.rows) throw mismatch(emptied.child, emptied.rows, rows);
  }
  await connection.query("SET CONSTRAINTS ALL IMMEDIATE");
  if (whileInserting !== null) await connection.query(whileInserting.after);
  for (const action of actions) await run(connection, enable(action), action);
  for (const loaded of tables) await compare(connection, loaded, planned.get(loaded.table.number)!);
}

/**
 * All tables in one statement. Foreign keys are checked at its end, when every row is there, so that neither the order of the
 * tables matters, nor a cycle, nor references of a table to itself (PostgreSQL docs, SET CONSTRAINTS and 7.8.4).
 */
async function insertTogether(
  connection: Connection,
  tables: readonly LoadedTable[],
  planned: ReadonlyMap<number, number>,
): Promise<void> {
  const inserts = tables.map((loaded) => `${nameOf(loaded)} AS (${insertSql(loaded)} RETURNING 1)`);
  const counts = tables.map(
    (loaded) => `(SELECT count(*) FROM ${nameOf(loaded)})::pg_catalog.float8`,
  );
  const [row] = await connection.query<{ counts: number[] }>(
    `WITH ${inserts.join(", ")} SELECT pg_catalog.to_json(ARRAY[${counts.join(", ")}]) AS counts`,
    { action: "insert the rows" },
  );
  for (const [i, loaded] of tables.entries()) {
    const rows = row!.counts[i]!;
    const expected = planned.get(loaded.table.number)!;
    if (rows !== expected) throw mismatch(loaded, expected, rows);
  }
}

function nameOf({ table }: LoadedTable): string {
  return `inserted_${table.number}`;
}

/** Identity columns keep the archive's values, and their sequences do not move. */
function insertSql({ table, columns, temporary }: LoadedTable): string {
  const name = qualify(table.namespace, table.name);
  const list = columns.map(quoteIdent).join(", ");
  const into = columns.length === 0 ? name : `${name} (${list})`;
  return `INSERT INTO ${into} OVERRIDING SYSTEM VALUE SELECT ${list} FROM ${temporary} WHERE ${FATE} = 'insert' ORDER BY ${ROW}`;
}

/** What was inserted is there, with the archive's values: no trigger, rule or type changed them. */
async function compare(
  connection: Connection,
  loaded: LoadedTable,
  planned: number,
): Promise<void> {
  const { key, columns, temporary, target } = loaded;
  const present = rowText("present", columns);
  const archived = rowText("archived", columns);
  const equal =
    key === null
      ? `${archived} IN (SELECT ${present} FROM ${target} AS present)`
      : `EXISTS (SELECT FROM ${target} AS present WHERE ${sameKey(key, "present", "archived")} AND ${present} = ${archived})`;
  const inserted = `${temporary} AS archived WHERE archived.${FATE} = 'insert'`;
  const rows = await countOf(connection, loaded, `${inserted} AND ${equal}`);
  if (rows !== planned) throw mismatch(loaded, planned, rows);
}

function mismatch(loaded: LoadedTable, planned: number, rows: number): MismatchError {
  return new MismatchError(
    `${labelOf(loaded)}: ${plural(planned, "row")} should be there as in the archive, and ${rows} ${rows === 1 ? "is" : "are"}`,
    {
      object: labelOf(loaded),
      hint: "a trigger of the target changes rows; without --enable-triggers none fires. Nothing was changed",
    },
  );
}

/** Each trigger once, though its table may be both inserted into and updated. */
function actionsOf(
  tables: readonly LoadedTable[],
  { emptied }: EmptiedReferences,
): readonly RowAction[] {
  const actions = [
    ...tables.flatMap(({ facts }) => facts.actions.filter(({ onInsert }) => onInsert)),
    ...emptied.flatMap(({ child }) => child.facts.actions.filter(({ onUpdate }) => onUpdate)),
  ];
  return [...new Set(actions)];
}

function disable({ kind, table, name }: RowAction): string {
  return `ALTER TABLE ${table} DISABLE ${kind} ${quoteIdent(name)}`;
}

function enable({ kind, table, name, enabled }: RowAction): string {
  if (kind === "TRIGGER") return enableTrigger(table, name, enabled);
  return `ALTER TABLE ${table} ENABLE ${enabled === "A" ? "ALWAYS " : ""}RULE ${quoteIdent(name)}`;
}

function run(
  connection: Connection,
  sql: string,
  { kind, table, name }: RowAction,
): Promise<unknown> {
  const object = `${kind.toLowerCase()} ${quoteIdent(name)} of table ${table}`;
  return connection.query(sql, {
    action: `switch the ${kind.toLowerCase()}s of ${table}`,
    object,
    hint:
      kind === "RULE"
        ? "only the table's owner can disable its rules: connect as the owner"
        : "only the table's owner can disable its triggers: connect as the owner, or let them fire with --enable-triggers",
  });
}
