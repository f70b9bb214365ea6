/**
 * Checks that all foreign keys and check constraints hold. The server validates those that a restore creates, but a
 * constraint can have been dumped as NOT VALID, and a drill leaves out foreign keys that the server refused. So the rows
 * that violate each one are counted by a query, with the operators that the constraint itself uses.
 */
import { qualify, quoteIdent } from "../sql/ident.ts";
import type { Probe, ProbeContext } from "./probe.ts";
import { failed, passed, type Verdict } from "./report.ts";
import { listedLines, plural } from "../util/format.ts";
import { IN_USER_SCHEMA } from "../catalog/user-schema.ts";

interface ForeignKeyRow {
  readonly name: string;
  readonly namespace: string;
  readonly table: string;
  readonly columns: readonly string[];
  readonly referencedNamespace: string;
  readonly referencedTable: string;
  readonly referencedColumns: readonly string[];
  /** Of each pair of columns, the referenced one on the left: `pg_catalog.=`. */
  readonly operators: readonly string[];
  readonly matchFull: boolean;
}

interface CheckRow {
  readonly name: string;
  readonly namespace: string;
  readonly table: string;
  readonly expression: string;
}

/** A foreign key that the server refused even as NOT VALID. */
export interface RefusedConstraint {
  readonly name: string;
  readonly table: string;
  readonly message: string;
}

/** @param refused gives the constraints that are missing in the restored database, to report them as well. */
export function constraintsProbe(refused: () => readonly RefusedConstraint[]): Probe {
  return {
    id: "constraints",
    title: "Foreign keys and checks",
    async run(context: ProbeContext): Promise<Verdict> {
      const keys = await readForeignKeys(context);
      const checks = await readChecks(context);
      const broken = refused().map(
        ({ name, table, message }) => `${table}: foreign key ${name}: ${message}`,
      );
      for (const key of keys) {
        const rows = await countOrphans(context, key);
        if (rows > 0) broken.push(describeOrphans(key, rows));
      }
      for (const check of checks) {
        const rows = await countViolations(context, check);
        if (rows > 0)
          broken.push(
            `${qualify(check.namespace, check.table)}: ${plural(rows, "row")} ${rows === 1 ? "violates" : "violate"} the check ${check.name}`,
          );
      }
      const total = keys.length + checks.length + refused().length;
      if (broken.length === 0)
        return passed(
          `all ${plural(keys.length, "foreign key")} and ${plural(checks.length, "check")} hold`,
        );
      return failed(
        `${broken.length} of ${plural(total, "constraint")} ${broken.length === 1 ? "does" : "do"} not hold`,
        {
          details: listedLines(broken),
          hint: "the rows were like this when the dump was taken: find and repair them in the database, then back up again; a restore of this archive fails because of them",
        },
      );
    },
  };
}

/** Without those of partitions, which follow from their parent's and hold when that does. */
function readForeignKeys({ connection }: ProbeContext): Promise<ForeignKeyRow[]> {
  const names = (relation: string, numbers: string): string => `
    ARRAY(SELECT a.attname FROM pg_catalog.unnest(${numbers}) WITH ORDINALITY AS k (number, place)
          JOIN pg_catalog.pg_attribute a ON a.attrelid = ${relation} AND a.attnum = k.number
          ORDER BY k.place)`;
  return connection.query<ForeignKeyRow>(`
    SELECT co.conname AS name, n.nspname AS namespace, c.relname AS table, ${names("co.conrelid", "co.conkey")} AS columns,
           fn.nspname AS "referencedNamespace", f.relname AS "referencedTable", ${names("co.confrelid", "co.confkey")} AS "referencedColumns",
           ARRAY(SELECT pg_catalog.quote_ident(opn.nspname) || '.' || o.oprname
                 FROM pg_catalog.unnest(co.conpfeqop) WITH ORDINALITY AS k (oid, place)
                 JOIN pg_catalog.pg_operator o ON o.oid = k.oid
                 JOIN pg_catalog.pg_namespace opn ON opn.oid = o.oprnamespace
                 ORDER BY k.place) AS operators,
           co.confmatchtype = 'f' AS "matchFull"
    FROM pg_catalog.pg_constraint co
    JOIN pg_catalog.pg_class c ON c.oid = co.conrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_class f ON f.oid = co.confrelid
    JOIN pg_catalog.pg_namespace fn ON fn.oid = f.relnamespace
    WHERE co.contype = 'f' AND co.conparentid = 0
    ORDER BY 2, 3, 1`);
}

async function countOrphans({ connection }: ProbeContext, key: ForeignKeyRow): Promise<number> {
  const table = qualify(key.namespace, key.table);
  const columns = key.columns.map((column) => `r.${quoteIdent(column)}`);
  const match = key.referencedColumns.map(
    (column, i) => `k.${quoteIdent(column)} OPERATOR(${key.operators[i]}) ${columns[i]}`,
  );
  const all = `(${columns.map((column) => `${column} IS NOT NULL`).join(" AND ")})`;
  const any = `(${columns.map((column) => `${column} IS NOT NULL`).join(" OR ")})`;
  const orphan = `NOT EXISTS (SELECT FROM ${qualify(key.referencedNamespace, key.referencedTable)} k WHERE ${match.join(" AND ")})`;
  // MATCH SIMPLE accepts a row with any null, MATCH FULL only one with nothing but nulls (PostgreSQL docs, CREATE TABLE).
  const wrong = key.matchFull ? `${any} AND (NOT ${all} OR ${orphan})` : `${all} AND ${orphan}`;
  return count({ connection }, `SELECT count(*) FROM ${table} r WHERE ${wrong}`, table);
}

function describeOrphans(key: ForeignKeyRow, rows: number): string {
  const table = qualify(key.namespace, key.table);
  const referenced = qualify(key.referencedNamespace, key.referencedTable);
  const refer = rows === 1 ? "refers" : "refer";
  return `${table}: ${plural(rows, "row")} whose ${key.columns.join(", ")} ${refer} to a row of ${referenced} that does not exist (foreign key ${key.name})`;
}

/** Of plain tables and partitions; a partitioned table's checks are repeated in each of its partitions. */
function readChecks({ connection }: ProbeContext): Promise<CheckRow[]> {
  return connection.query<CheckRow>(`
    SELECT co.conname AS name, n.nspname AS namespace, c.relname AS table,
           pg_catalog.pg_get_expr(co.conbin, co.conrelid) AS expression
    FROM pg_catalog.pg_constraint co
    JOIN pg_catalog.pg_class c ON c.oid = co.conrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE co.contype = 'c' AND c.relkind = 'r' AND ${IN_USER_SCHEMA}
    ORDER BY 2, 3, 1`);
}

function countViolations(context: ProbeContext, check: CheckRow): Promise<number> {
  const table = qualify(check.namespace, check.table);
  return count(
    context,
    `SELECT count(*) FROM ONLY ${table} WHERE NOT (${check.expression})`,
    table,
  );
}

async function count(
  { connection }: Pick<ProbeContext, "connection">,
  sql: string,
  table: string,
): Promise<number> {
  const [row] = await connection.query<{ count: string }>(sql, {
    action: `check the constraints of ${table}`,
    object: `table ${table}`,
  });
  return Number(row!.count);
}
