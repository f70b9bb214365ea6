/**
 * Sets the rows of a copy back to those of the archive. Nobody may be in the middle of a change meanwhile: what is
 * committed later would not be seen. A table has changed when it holds a row that a later transaction wrote (`xmin`), or
 * another number of rows than the archive: no committed change can be missed. Foreign keys from other tables into
 * changed ones are dropped and added again, which requires no superuser and touches no row.
 */
import type pg from "pg";
import type { ManifestRelation, ManifestSequence } from "../archive/format/manifest.ts";
import type { ArchiveOrigin } from "../archive/storage/source.ts";
import { ServerError } from "../errors.ts";
import { openClient } from "../pg/connect.ts";
import { forcedRowSecurity } from "../pg/forced-row-security.ts";
import { fromPg } from "../pg/server-error.ts";
import { restore } from "../restore/restore.ts";
import { qualify, quoteIdent } from "../sql/ident.ts";
import { quoteLiteral } from "../sql/literal.ts";
import { forceRowSecurity, unforceRowSecurity } from "../sql/row-security.ts";

export interface ResetResult {
  /** The tables that had changed, as SQL names them. */
  readonly changed: string[];
  /** The mark for the next reset. */
  readonly mark: string;
}

/** How long to wait for a transaction that has changed rows: a busy server ends one in less. */
const LOCK_TIMEOUT_MS = 10_000;
const NEW_COPY = "where a test creates, changes or drops objects, take a new copy instead";
/** SQLSTATE lock_not_available. */
const LOCK_NOT_AVAILABLE = "55P03";

/**
 * @param contents tables and sequences that the copy was created with.
 * @param mark transaction ids below it are older than the copy.
 * @throws ServerError LOCK_TIMEOUT when a transaction of another session holds a table; what `restore` throws.
 */
export async function resetDatabase(
  url: string,
  archive: ArchiveOrigin,
  contents: {
    readonly relations: readonly ManifestRelation[];
    readonly sequences: readonly ManifestSequence[];
  },
  mark: string,
): Promise<ResetResult> {
  const client = await openClient(url);
  try {
    await client.query(
      "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL search_path = ''",
    );
    const tables = contents.relations.filter(({ kind }) => kind === "table");
    await lockTables(client, tables);
    const forced = await forcedTables(client, tables);
    for (const table of forced) await client.query(unforceRowSecurity(table));
    const changed = await changedTables(client, tables, mark);
    if (changed.length > 0) await refill(client, archive, changed);
    for (const table of forced) await client.query(forceRowSecurity(table));
    for (const { namespace, name, lastValue, isCalled } of contents.sequences) {
      await client.query(
        `SELECT pg_catalog.setval(${quoteLiteral(qualify(namespace, name))}::pg_catalog.regclass, ${lastValue}, ${isCalled})`,
      );
    }
    await client.query("COMMIT");
    const [after] = await query<{ mark: string }>(
      client,
      "SELECT pg_catalog.txid_snapshot_xmax(pg_catalog.txid_current_snapshot())::pg_catalog.text AS mark",
    );
    return { changed: changed.map(sqlName), mark: after!.mark };
  } catch (error) {
    throw fromPg(error, { action: "reset the database", hint: NEW_COPY });
  } finally {
    await client.end();
  }
}

async function query<Row>(client: pg.Client, sql: string): Promise<Row[]> {
  return (await client.query(sql)).rows as Row[];
}

function sqlName({ namespace, name }: ManifestRelation): string {
  return qualify(namespace, name);
}

async function lockTables(client: pg.Client, tables: readonly ManifestRelation[]): Promise<void> {
  if (tables.length === 0) return;
  const names = tables.map((table) => `ONLY ${sqlName(table)}`);
  try {
    await client.query(
      `SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}; LOCK TABLE ${names.join(", ")} IN SHARE ROW EXCLUSIVE MODE`,
    );
  } catch (cause) {
    if ((cause as { code?: string }).code !== LOCK_NOT_AVAILABLE) throw cause;
    throw new ServerError(
      "cannot reset the database: a transaction that has not ended holds one of its tables",
      { hint: "commit it or roll it back first", sqlState: LOCK_NOT_AVAILABLE, cause },
      "LOCK_TIMEOUT",
    );
  }
}

/** Tables whose policies bind the login although it owns them: it could not tell what changed. */
async function forcedTables(
  client: pg.Client,
  tables: readonly ManifestRelation[],
): Promise<string[]> {
  const oids = await query<{ oid: number }>(
    client,
    `SELECT t::pg_catalog.regclass::pg_catalog.oid AS oid
     FROM pg_catalog.unnest(ARRAY[${tables.map((table) => quoteLiteral(sqlName(table))).join(", ")}]::pg_catalog.text[]) AS t`,
  );
  return forcedRowSecurity(
    (sql) => query(client, sql),
    oids.map(({ oid }) => oid),
  );
}

async function changedTables(
  client: pg.Client,
  tables: readonly ManifestRelation[],
  mark: string,
): Promise<ManifestRelation[]> {
  const changed: ManifestRelation[] = [];
  for (const table of tables) {
    // Ids in rows are the low 32 bits; a test does not use up half of them.
    const [row] = await query<{ changed: boolean }>(
      client,
      `SELECT pg_catalog.count(*) <> ${table.rows} OR COALESCE(pg_catalog.bool_or(
         ((xmin::pg_catalog.text::pg_catalog.int8 - ${mark} % 4294967296) & 4294967295) < 2147483648), false) AS changed
       FROM ONLY ${sqlName(table)}`,
    );
    if (row!.changed) changed.push(table);
  }
  return changed;
}

/** Truncates the tables and loads their rows from the archive. */
async function refill(
  client: pg.Client,
  archive: ArchiveOrigin,
  tables: readonly ManifestRelation[],
): Promise<void> {
  const foreignKeys = await foreignKeysInto(client, tables.map(sqlName));
  for (const { table, name } of foreignKeys)
    await client.query(`ALTER TABLE ${table} DROP CONSTRAINT ${quoteIdent(name)}`);
  await restore(archive, client, {
    dataOnly: true,
    trusted: true,
    force: true,
    tables: tables.map(({ namespace, name }) => [namespace, name].map(literalPattern).join(".")),
    disableTriggers: true,
    analyze: false,
  });
  await client.query("SET LOCAL search_path = ''");
  for (const { table, name, definition, comment } of foreignKeys) {
    await client.query(`ALTER TABLE ${table} ADD CONSTRAINT ${quoteIdent(name)} ${definition}`);
    if (comment !== null)
      await client.query(
        `COMMENT ON CONSTRAINT ${quoteIdent(name)} ON ${table} IS ${quoteLiteral(comment)}`,
      );
  }
}

/** A pattern that matches this name only. */
function literalPattern(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

interface ForeignKeyRow {
  readonly table: string;
  readonly name: string;
  readonly definition: string;
  readonly comment: string | null;
}

/** Foreign keys from other tables into these; for partitions, those of the partitioned table. */
function foreignKeysInto(client: pg.Client, tables: readonly string[]): Promise<ForeignKeyRow[]> {
  const oids = `ARRAY[${tables.map((table) => `${quoteLiteral(table)}::pg_catalog.regclass::pg_catalog.oid`).join(", ")}]`;
  return query<ForeignKeyRow>(
    client,
    `
    WITH RECURSIVE top AS (
      SELECT oid, conparentid, conrelid FROM pg_catalog.pg_constraint
      WHERE contype = 'f' AND confrelid = ANY (${oids}) AND conrelid <> ALL (${oids})
      UNION
      SELECT c.oid, c.conparentid, c.conrelid FROM pg_catalog.pg_constraint c JOIN top ON top.conparentid = c.oid
    )
    SELECT DISTINCT c.conrelid::pg_catalog.regclass::pg_catalog.text AS table, c.conname AS name,
           pg_catalog.pg_get_constraintdef(c.oid) AS definition,
           pg_catalog.obj_description(c.oid, 'pg_constraint') AS comment
    FROM top JOIN pg_catalog.pg_constraint c ON c.oid = top.oid WHERE c.conparentid = 0 ORDER BY 1, 2`,
  );
}
