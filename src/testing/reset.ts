/**
 * Puts a copy's rows back to the archive's. Nobody may be in the middle of a change meanwhile: what is committed later
 * would be there and not be seen. A table has changed when it holds a row that a later transaction wrote
 * (`xmin`), or another number of rows than the archive: nothing that was committed can be missed. Foreign keys that lead
 * into such tables from others are taken off and put on again, which needs no superuser and moves no other row.
 */
import type { Selection } from "../restore/decide/selection.ts";
import type { ArchiveOrigin } from "../archive/storage/source.ts";
import { ServerError } from "../errors.ts";
import type pg from "pg";
import { openClient } from "../pg/connect.ts";
import { qualify, quoteIdent } from "../sql/ident.ts";
import { quoteLiteral } from "../sql/literal.ts";
import { restore } from "../restore/restore.ts";

export interface ResetResult {
  readonly changed: string[];
  /** As the mark that was given, after the reset. */
  readonly mark: string;
}

/** How long to wait for a transaction that holds rows: as long as a busy server takes to end one. */
const LOCK_TIMEOUT_MS = 10_000;

/**
 * @param held tables and sequences that the copy was made with.
 * @param mark transaction ids below it are older than the copy.
 * @throws ServerError LOCK_TIMEOUT when a transaction of somebody else holds a table; what `restore` throws.
 */
export async function resetDatabase(
  url: string,
  archive: ArchiveOrigin,
  held: Pick<Selection, "relations" | "sequences">,
  mark: string,
): Promise<ResetResult> {
  const client = await openClient(url);
  const rows = async <Row>(sql: string): Promise<Row[]> => (await client.query(sql)).rows as Row[];
  try {
    await client.query(
      "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL search_path = ''",
    );
    const tables = held.relations.filter(({ kind }) => kind === "table");
    await lockTables(client, tables);
    const changed: string[] = [];
    const patterns: string[] = [];
    for (const { namespace, name, rows: wanted } of tables) {
      const table = qualify(namespace, name);
      // Ids in rows are the low 32 bits; a test does not run through all of them.
      const [row] = await rows<{ changed: boolean }>(
        `SELECT pg_catalog.count(*) <> ${wanted} OR COALESCE(pg_catalog.bool_or(
           ((xmin::pg_catalog.text::pg_catalog.int8 - ${mark} % 4294967296) & 4294967295) < 2147483648), false) AS changed
         FROM ONLY ${table}`,
      );
      if (!row!.changed) continue;
      changed.push(table);
      patterns.push([namespace, name].map(pattern).join("."));
    }
    if (changed.length > 0) {
      const keys = await foreignKeysInto(rows, changed);
      for (const { table, name } of keys)
        await client.query(`ALTER TABLE ${table} DROP CONSTRAINT ${quoteIdent(name)}`);
      await restore(archive, client, {
        dataOnly: true,
        force: true,
        tables: patterns,
        disableTriggers: true,
        analyze: false,
      });
      await client.query("SET LOCAL search_path = ''");
      for (const { table, name, definition, comment } of keys) {
        await client.query(`ALTER TABLE ${table} ADD CONSTRAINT ${quoteIdent(name)} ${definition}`);
        if (comment !== null)
          await client.query(
            `COMMENT ON CONSTRAINT ${quoteIdent(name)} ON ${table} IS ${quoteLiteral(comment)}`,
          );
      }
    }
    for (const { namespace, name, lastValue, isCalled } of held.sequences) {
      await client.query(
        `SELECT pg_catalog.setval(${quoteLiteral(qualify(namespace, name))}::pg_catalog.regclass, ${lastValue}, ${isCalled})`,
      );
    }
    await client.query("COMMIT");
    const [after] = await rows<{ mark: string }>(
      "SELECT pg_catalog.txid_snapshot_xmax(pg_catalog.txid_current_snapshot())::pg_catalog.text AS mark",
    );
    return { changed, mark: after!.mark };
  } finally {
    await client.end();
  }
}

async function lockTables(
  client: pg.Client,
  tables: readonly { readonly namespace: string; readonly name: string }[],
): Promise<void> {
  if (tables.length === 0) return;
  const names = tables.map(({ namespace, name }) => `ONLY ${qualify(namespace, name)}`);
  try {
    await client.query(
      `SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}; LOCK TABLE ${names.join(", ")} IN SHARE ROW EXCLUSIVE MODE`,
    );
  } catch (cause) {
    // 55P03: lock not available.
    if ((cause as { code?: string }).code !== "55P03") throw cause;
    throw new ServerError(
      "cannot reset the database: a transaction that has not ended holds one of its tables",
      { hint: "commit it or roll it back first", sqlState: "55P03", cause },
      "LOCK_TIMEOUT",
    );
  }
}

/** A name as a pattern that fits it alone. */
function pattern(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

interface KeyRow {
  readonly table: string;
  readonly name: string;
  readonly definition: string;
  readonly comment: string | null;
}

/** Foreign keys from other tables into these; of partitions, those of the partitioned table. */
function foreignKeysInto(
  rows: <Row>(sql: string) => Promise<Row[]>,
  tables: readonly string[],
): Promise<KeyRow[]> {
  const oids = `ARRAY[${tables.map((table) => `${quoteLiteral(table)}::pg_catalog.regclass::pg_catalog.oid`).join(", ")}]`;
  return rows<KeyRow>(`
    WITH RECURSIVE top AS (
      SELECT oid, conparentid, conrelid FROM pg_catalog.pg_constraint
      WHERE contype = 'f' AND confrelid = ANY (${oids}) AND conrelid <> ALL (${oids})
      UNION
      SELECT c.oid, c.conparentid, c.conrelid FROM pg_catalog.pg_constraint c JOIN top ON top.conparentid = c.oid
    )
    SELECT DISTINCT c.conrelid::pg_catalog.regclass::pg_catalog.text AS table, c.conname AS name,
           pg_catalog.pg_get_constraintdef(c.oid) AS definition,
           pg_catalog.obj_description(c.oid, 'pg_constraint') AS comment
    FROM top JOIN pg_catalog.pg_constraint c ON c.oid = top.oid WHERE c.conparentid = 0 ORDER BY 1, 2`);
}
