/**
 * Compares the rows of the restored database with the plain dump: their number in each table, and the text of its COPY block with
 * what COPY gives now. The number decides. The text may differ although the rows are the same: a dump records no checksums, and was
 * written by a server that may print a value in another way (float8 before PostgreSQL 12, bytea_output).
 */
import { createHash } from "node:crypto";
import { openSource, type RereadableArchive } from "../archive/storage/source.ts";
import type { Connection } from "../pg/connection.ts";
import { DumpReader } from "../plain/read/dump-reader.ts";
import { dumpText } from "../plain/read/dump-text.ts";
import { ANY_BYTES } from "../plain/read/encoding.ts";
import type { TableName } from "../plain/read/created-object.ts";
import { DumpWalk } from "../plain/read/walk.ts";
import { qualify } from "../sql/ident.ts";
import { quoteLiteral } from "../sql/literal.ts";
import { formatCount, listedLines, plural } from "../util/format.ts";
import { copiedRows } from "./copied-rows.ts";
import type { Probe, ProbeContext } from "./probe.ts";
import { failed, notRun, passed, type Verdict } from "./report.ts";

/** The rows of one table in the dump. */
interface DumpedRows extends TableName {
  rows: number;
  /** Of its one COPY block; null for INSERT statements, and for rows in several blocks. */
  text: { readonly columns: readonly string[]; readonly encoding: string; sha256: string } | null;
}

/**
 * Creates the probe. A probe's context offers no COPY, so it takes the connection itself.
 * @param connection null where the probe is only listed.
 */
export const plainRowsProbe = (connection: Connection | null, dump: RereadableArchive): Probe => ({
  id: "rows",
  title: "Rows and their text",
  async run(context: ProbeContext): Promise<Verdict> {
    if (connection === null) return notRun("there is no connection");
    const tables = await readRows(dump, context.signal);
    const differences: string[] = [];
    const otherText: string[] = [];
    for (const table of tables) {
      const name = qualify(table.namespace, table.name);
      const isPartitioned = await isPartitionedTable(context, table);
      const rows = await countRows(context, name, isPartitioned);
      if (rows !== table.rows)
        differences.push(`${name}: ${plural(rows, "row")} instead of ${formatCount(table.rows)}`);
      else if (table.text !== null && !isPartitioned) {
        const sha256 = await textDigest(connection, name, table.text);
        if (sha256 !== table.text.sha256) otherText.push(`${name}: written in another way`);
      }
    }
    return verdictOf(tables, differences, otherText);
  },
});

function verdictOf(
  tables: readonly DumpedRows[],
  differences: readonly string[],
  otherText: readonly string[],
): Verdict {
  if (differences.length > 0) {
    return failed(
      `${plural(differences.length, "table")} of ${tables.length} differ from the dump`,
      {
        details: listedLines(differences),
      },
    );
  }
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const all = `${plural(rows, "row")} in ${plural(tables.length, "table")}, as many as in the dump`;
  const compared = tables.filter(({ text }) => text !== null).length;
  if (otherText.length === 0)
    return passed(
      compared === tables.length ? `${all}, with the same text` : `${all}, where it has one text`,
    );
  return passed(
    `${all}; the text of ${plural(otherText.length, "table")} differs`,
    listedLines(otherText),
  );
}

/** Reads the dump once more. */
async function readRows(
  dump: RereadableArchive,
  signal: AbortSignal | undefined,
): Promise<DumpedRows[]> {
  const source = await openSource(dump, signal);
  const reader = new DumpReader(dumpText(source, signal));
  const tables = new Map<string, DumpedRows>();
  const add = (table: TableName | null, rows: number, text: DumpedRows["text"]): void => {
    if (table === null) return;
    const key = JSON.stringify([table.namespace, table.name]);
    const before = tables.get(key);
    if (before === undefined) {
      tables.set(key, { ...table, rows, text });
      return;
    }
    before.rows += rows;
    before.text = null;
  };
  try {
    // It was restored, so nothing in it is refused.
    const walk = new DumpWalk(reader, () => undefined);
    for await (const { facts, encoding } of walk.statements()) {
      if (facts.does === "insert") add(facts.table, facts.rows, null);
      if (facts.does !== "copy") continue;
      const hash = createHash("sha256");
      for await (const block of reader.copyRows()) hash.update(block);
      const sha256 = hash.digest("hex");
      add(facts.table, reader.rows, { columns: facts.columns, encoding, sha256 });
    }
    return [...tables.values()];
  } finally {
    await reader.close();
    await source.close();
  }
}

async function isPartitionedTable(
  { connection }: ProbeContext,
  { namespace, name }: TableName,
): Promise<boolean> {
  const rows = await connection.query(
    `SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'p' AND n.nspname = ${quoteLiteral(namespace)} AND c.relname = ${quoteLiteral(name)}`,
  );
  return rows.length > 0;
}

async function countRows(
  { connection }: ProbeContext,
  table: string,
  isPartitioned: boolean,
): Promise<number> {
  const [row] = await connection.query<{ count: string }>(
    `SELECT pg_catalog.count(*) AS count FROM ${isPartitioned ? "" : "ONLY "}${table}`,
    { action: `count the rows of ${table}`, object: `table ${table}` },
  );
  return Number(row!.count);
}

async function textDigest(
  connection: Connection,
  table: string,
  { columns, encoding }: NonNullable<DumpedRows["text"]>,
): Promise<string> {
  const hash = createHash("sha256");
  const readAs = encoding === ANY_BYTES ? null : encoding;
  for await (const { data } of copiedRows(connection, table, columns, readAs)) hash.update(data);
  return hash.digest("hex");
}
