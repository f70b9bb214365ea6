/**
 * Checks that all foreign keys and check constraints hold. The server validates those that a restore creates, but a
 * constraint can have been dumped as NOT VALID, and a drill leaves out foreign keys that the server refused. So the rows
 * that violate each one are counted by a query, with the operators that the constraint itself uses.
 */
import { matchRows, readForeignKeys, type ReadForeignKey } from "../pg/foreign-keys.ts";
import { qualify, quoteIdent } from "../sql/ident.ts";
import { isNotNull } from "../sql/null-test.ts";
import type { Probe, ProbeContext } from "./probe.ts";
import { failed, passed, type Verdict } from "./report.ts";
import { listedLines, plural } from "../util/format.ts";
import { IN_USER_SCHEMA } from "../catalog/user-schema.ts";

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
      const { connection, major } = context;
      const keys = await readForeignKeys(connection, { major, keys: "declared" });
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

/** The number of rows that violate a foreign key. */
async function countOrphans({ connection }: ProbeContext, key: ReadForeignKey): Promise<number> {
  const values = key.columns.map((column) => isNotNull(`child.${quoteIdent(column)}`));
  const all = `(${values.join(" AND ")})`;
  const any = `(${values.join(" OR ")})`;
  // MATCH SIMPLE accepts a row with any null, MATCH FULL only one with nothing but nulls (PostgreSQL docs, CREATE TABLE).
  const wrong = key.matchFull
    ? `${any} AND (NOT ${all} OR ${isOrphan(key)})`
    : `${all} AND ${isOrphan(key)}`;
  return count(
    { connection },
    `SELECT count(*) FROM ${key.childRows} AS child WHERE ${wrong}`,
    key.childTable,
  );
}

/** The condition under which no row, or with PERIOD not all matching rows together, are what the row `child` refers to. */
function isOrphan(key: ReadForeignKey): string {
  const rows = (columns: number, select: string): string => {
    const match = matchRows({ ...key, columns: key.columns.slice(0, columns) });
    return `SELECT ${select} FROM ${key.parentRows} AS parent${match === "" ? "" : ` WHERE ${match}`}`;
  };
  const last = key.columns.length - 1;
  if (!key.period) return `NOT EXISTS (${rows(last + 1, "")})`;
  const covered = rows(last, `pg_catalog.range_agg(parent.${quoteIdent(key.references[last]!)})`);
  return `(child.${quoteIdent(key.columns[last]!)} OPERATOR(pg_catalog.<@) (${covered})) IS NOT TRUE`;
}

function describeOrphans(
  { name, childTable, parentTable, columns }: ReadForeignKey,
  rows: number,
): string {
  const refer = rows === 1 ? "refers" : "refer";
  return `${childTable}: ${plural(rows, "row")} whose ${columns.join(", ")} ${refer} to a row of ${parentTable} that does not exist (foreign key ${name})`;
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
