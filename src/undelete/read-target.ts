/** The queries behind the facts of the target's tables. */
import { operatorName, qualifiedName } from "../catalog/expressions.ts";
import { IN_USER_SCHEMA } from "../catalog/user-schema.ts";
import type { Connection } from "../pg/connection.ts";
import type {
  DistinctIndex,
  RowAction,
  TableFacts,
  TargetCheck,
  TargetColumn,
  TargetKey,
} from "./facts.ts";
import type { TargetTable } from "./tables.ts";

/** All tables of users. */
export function readTargetTables(connection: Connection): Promise<TargetTable[]> {
  return connection.query<TargetTable>(
    `SELECT c.oid, n.nspname AS namespace, c.relname AS name, c.relkind = 'p' AS "isPartitioned",
            CASE WHEN c.relispartition
              THEN ARRAY(SELECT a.relation::pg_catalog.oid
                         FROM pg_catalog.pg_partition_ancestors(c.oid) WITH ORDINALITY AS a (relation, level) ORDER BY a.level)
              ELSE ARRAY[c.oid] END AS path
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND ${IN_USER_SCHEMA}`,
    { action: "list the tables of the target" },
  );
}

/** Must run with an empty search path, so that the server qualifies the names it gives. */
export async function readTableFacts(
  connection: Connection,
  oid: number,
  major: number,
): Promise<TableFacts> {
  return {
    columns: await readColumns(connection, oid),
    keys: await readKeys(connection, oid),
    distinct: [
      ...(await readUniqueIndexes(connection, oid, major)),
      ...(await readExclusions(connection, oid)),
    ],
    checks: await readChecks(connection, oid, major),
    actions: [...(await readTriggers(connection, oid)), ...(await readRules(connection, oid))],
  };
}

function readColumns(connection: Connection, oid: number): Promise<TargetColumn[]> {
  return connection.query<TargetColumn>(`
    SELECT a.attname AS name, pg_catalog.format_type(a.atttypid, a.atttypmod) AS "declaredType",
           pg_catalog.format_type(b.oid, b.typmod) AS type,
           (SELECT ${qualifiedName("n.nspname", "c.collname")} FROM pg_catalog.pg_collation c
            JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace WHERE c.oid = a.attcollation) AS collation,
           a.attnotnull AS "notNull", a.attgenerated AS generated, a.attidentity <> '' AS "isIdentity",
           pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS expression,
           b.oid = ANY ('{int2,int4,int8,numeric,oid,uuid}'::pg_catalog.regtype[]) AS "isShown"
    FROM pg_catalog.pg_attribute a
    LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    CROSS JOIN LATERAL (
      WITH RECURSIVE base (oid, typmod) AS (
        SELECT a.atttypid, a.atttypmod
        UNION ALL
        SELECT t.typbasetype, t.typtypmod FROM base JOIN pg_catalog.pg_type t ON t.oid = base.oid WHERE t.typtype = 'd'
      )
      SELECT base.oid, base.typmod FROM base JOIN pg_catalog.pg_type t ON t.oid = base.oid WHERE t.typtype <> 'd') AS b
    WHERE a.attrelid = ${oid} AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum`);
}

/**
 * Whether an expression, as its node tree, needs columns of the table alone. What it says of entire rows or of system columns
 * does not hold for a row of another table: the server has to decide when it is inserted.
 */
const ofColumnsAlone = (tree: string): string =>
  `COALESCE(${tree}::pg_catalog.text, '') !~ ':varattno (0|-)'`;

/** The equality operators of a B-tree index's columns, as SQL. */
const EQUALITY = `
  ARRAY(SELECT ${operatorName("n", "o")}
        FROM pg_catalog.unnest(i.indclass::pg_catalog.oid[]) WITH ORDINALITY AS k (class, position)
        JOIN pg_catalog.pg_opclass oc ON oc.oid = k.class
        JOIN pg_catalog.pg_amop ao ON ao.amopfamily = oc.opcfamily AND ao.amopstrategy = 3
         AND ao.amoplefttype = oc.opcintype AND ao.amoprighttype = oc.opcintype
        JOIN pg_catalog.pg_operator o ON o.oid = ao.amopopr JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
        ORDER BY k.position)`;

const INDEX_COLUMNS = `
  ARRAY(SELECT pg_catalog.pg_get_indexdef(i.indexrelid, k, false)
        FROM pg_catalog.generate_series(1, i.indnkeyatts::pg_catalog.int4) AS k ORDER BY k)`;

const OF_COLUMNS_ALONE = `${ofColumnsAlone("i.indexprs")} AND ${ofColumnsAlone("i.indpred")}`;

const FROM_INDEXES = `
  FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  JOIN pg_catalog.pg_am am ON am.oid = c.relam`;

function readKeys(connection: Connection, oid: number): Promise<TargetKey[]> {
  return connection.query<TargetKey>(`
    SELECT c.relname AS index, a.columns, ${EQUALITY} AS operators
    ${FROM_INDEXES}
    CROSS JOIN LATERAL (
      SELECT pg_catalog.array_agg(a.attname::pg_catalog.text ORDER BY k.position) AS columns,
             pg_catalog.bool_and(a.attnotnull) AS "notNull"
      FROM pg_catalog.unnest(i.indkey::pg_catalog.int2[]) WITH ORDINALITY AS k (number, position)
      JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
      WHERE k.position <= i.indnkeyatts) AS a
    WHERE i.indrelid = ${oid} AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
      AND a."notNull" AND am.amname = 'btree'
    ORDER BY i.indisprimary DESC, i.indisreplident DESC, i.indnkeyatts, c.relname`);
}

const NULLS_EQUAL_SINCE = 15;

function readUniqueIndexes(
  connection: Connection,
  oid: number,
  major: number,
): Promise<DistinctIndex[]> {
  return connection.query<DistinctIndex>(`
    SELECT c.relname AS name, ${INDEX_COLUMNS} AS columns, ${EQUALITY} AS operators,
           pg_catalog.pg_get_expr(i.indpred, i.indrelid) AS predicate,
           ${major >= NULLS_EQUAL_SINCE ? "i.indnullsnotdistinct" : "false"} AS "nullsEqual"
    ${FROM_INDEXES}
    WHERE i.indrelid = ${oid} AND i.indisunique AND i.indisvalid AND am.amname = 'btree' AND ${OF_COLUMNS_ALONE}
    ORDER BY c.relname`);
}

/** Exclusion constraints, and keys WITHOUT OVERLAPS. */
function readExclusions(connection: Connection, oid: number): Promise<DistinctIndex[]> {
  return connection.query<DistinctIndex>(`
    SELECT co.conname AS name, ${INDEX_COLUMNS} AS columns,
           ARRAY(SELECT ${operatorName("n", "o")}
                 FROM pg_catalog.unnest(co.conexclop) WITH ORDINALITY AS k (operator, position)
                 JOIN pg_catalog.pg_operator o ON o.oid = k.operator
                 JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace ORDER BY k.position) AS operators,
           pg_catalog.pg_get_expr(i.indpred, i.indrelid) AS predicate, false AS "nullsEqual"
    FROM pg_catalog.pg_constraint co JOIN pg_catalog.pg_index i ON i.indexrelid = co.conindid
    WHERE co.conrelid = ${oid} AND co.contype IN ('x', 'p', 'u') AND co.conexclop IS NOT NULL AND ${OF_COLUMNS_ALONE}
    ORDER BY co.conname`);
}

function readChecks(connection: Connection, oid: number, major: number): Promise<TargetCheck[]> {
  return connection.query<TargetCheck>(`
    SELECT conname AS name, pg_catalog.pg_get_expr(conbin, conrelid) AS expression
    FROM pg_catalog.pg_constraint
    WHERE conrelid = ${oid} AND contype = 'c' AND ${ofColumnsAlone("conbin")} ${major >= 18 ? "AND conenforced" : ""}
    ORDER BY conname`);
}

/**
 * Of the table and of its partitions, these last. What is done to a trigger is done to its copies on partitions, too: of them those
 * are listed that are in another state. Until 14 they counted as internal, as triggers of constraints do. Bits of `tgtype`:
 * src/include/catalog/pg_trigger.h.
 */
function readTriggers(connection: Connection, oid: number): Promise<RowAction[]> {
  return connection.query<RowAction>(`
    SELECT 'TRIGGER' AS kind, t.tgname AS name, t.tgrelid::pg_catalog.regclass::pg_catalog.text AS table,
           t.tgenabled AS enabled, t.tgtype & 4 <> 0 AS "onInsert", t.tgtype & 16 <> 0 AS "onUpdate"
    FROM pg_catalog.pg_trigger t
    LEFT JOIN pg_catalog.pg_trigger copied ON copied.oid = t.tgparentid
    LEFT JOIN pg_catalog.pg_partition_tree(${oid}) AS p ON p.relid = t.tgrelid
    WHERE t.tgtype & 20 <> 0 AND (t.tgrelid = ${oid} OR p.relid IS NOT NULL)
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint co WHERE co.oid = t.tgconstraint AND co.contype <> 't')
      AND CASE WHEN copied.oid IS NULL THEN NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')
               ELSE t.tgenabled <> copied.tgenabled END
    ORDER BY COALESCE(p.level, 0), 3, 2`);
}

function readRules(connection: Connection, oid: number): Promise<RowAction[]> {
  return connection.query<RowAction>(`
    SELECT 'RULE' AS kind, rulename AS name, ev_class::pg_catalog.regclass::pg_catalog.text AS table,
           ev_enabled AS enabled, ev_type = '3' AS "onInsert", ev_type = '2' AS "onUpdate"
    FROM pg_catalog.pg_rewrite
    WHERE ev_enabled IN ('O', 'A') AND ev_type IN ('2', '3') AND ev_class = ${oid}
    ORDER BY 3, 2`);
}
