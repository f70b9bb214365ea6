/** Finds sequences that will give values which rows that come back have: those that TRUNCATE … RESTART IDENTITY set back. */
import type { Connection } from "../pg/connection.ts";
import { quoteIdent } from "../sql/ident.ts";
import { labelOf } from "./fates.ts";
import { FATE, type LoadedTable } from "./loaded-table.ts";
import type { SequenceBehind } from "./warnings.ts";

interface OwnedSequence extends SequenceBehind {
  readonly oid: number;
}

/** Sequences that the login may not read are left out. */
export async function sequencesBehind(
  connection: Connection,
  loaded: LoadedTable,
): Promise<SequenceBehind[]> {
  const { table, columns, temporary } = loaded;
  const context = { action: "read the sequences of the table", object: labelOf(loaded) };
  const owned = await connection.query<OwnedSequence>(
    `SELECT d.objid AS oid, d.objid::pg_catalog.regclass::pg_catalog.text AS sequence, a.attname AS column
     FROM pg_catalog.pg_depend d
     JOIN pg_catalog.pg_class c ON c.oid = d.objid AND c.relkind = 'S'
     JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
     WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refclassid = d.classid AND d.deptype IN ('a', 'i')
       AND d.refobjid = ${table.oid} AND a.atttypid = ANY ('{int2,int4,int8}'::pg_catalog.regtype[])
       AND CASE WHEN c.relkind = 'S' THEN pg_catalog.has_sequence_privilege(c.oid, 'SELECT') END
     ORDER BY a.attnum`,
    context,
  );
  const behind: SequenceBehind[] = [];
  for (const each of owned.filter(({ column }) => columns.includes(column))) {
    const column = quoteIdent(each.column);
    const [row] = await connection.query<{ isBehind: boolean }>(
      `SELECT CASE WHEN s.seqincrement > 0 THEN r.greatest > p.last ELSE r.least < p.last END IS TRUE AS "isBehind"
       FROM pg_catalog.pg_sequence s,
            (SELECT max(${column})::pg_catalog.numeric AS greatest, min(${column})::pg_catalog.numeric AS least
             FROM ${temporary} WHERE ${FATE} = 'insert') AS r,
            LATERAL (SELECT CASE WHEN is_called THEN last_value ELSE last_value::pg_catalog.numeric - s.seqincrement END AS last
                     FROM ${each.sequence}) AS p
       WHERE s.seqrelid = ${each.oid}`,
      context,
    );
    if (row?.isBehind === true) behind.push({ sequence: each.sequence, column: each.column });
  }
  return behind;
}
