/** Reads from the target of a restore what would be overwritten, and who is connected. */
import { CATALOG } from "../../catalog/address.ts";
import { isMembership } from "../../catalog/depend.ts";
import { IN_USER_SCHEMA } from "../../catalog/user-schema.ts";
import { type ConnectionSource, withConnection } from "../../pg/connect.ts";
import type { Connection } from "../../pg/connection.ts";
import { qualify } from "../../sql/ident.ts";

/** Options of `previewRestore`. */
export interface PreviewOptions {
  /** The tables that the restore changes; others are not counted. Default: everything in the database. */
  readonly tables?: readonly { readonly namespace: string; readonly name: string }[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Another session of the database. */
export interface TargetSession {
  readonly pid: number;
  readonly user: string;
  readonly application: string;
  /** Null over a Unix socket. */
  readonly address: string | null;
  readonly state: string;
}

/** What a restore would replace. */
export interface RestorePreview {
  /** `database "nexushub" on db:5432 as nexushub`. */
  readonly label: string;
  readonly database: string;
  /** Number of tables that the login may drop; every partition counts. With `tables`, of those. */
  readonly tables: number;
  /** With `tables`, the names of those that are there; null when everything is replaced. */
  readonly changed: readonly string[] | null;
  readonly rows: number;
  /** `rows` includes estimates from the server's statistics: large tables and those that the login may not read are not counted. */
  readonly rowsAreEstimated: boolean;
  /** Time of the newest entry in NexusHub's audit log, ISO 8601; null when there is none. */
  readonly newestAudit: string | null;
  readonly sessions: readonly TargetSession[];
}

/** Larger tables are not counted row by row, because the operator is waiting. */
const COUNT_UP_TO_BYTES = 128 * 1024 * 1024;

interface TableRow {
  readonly namespace: string;
  readonly name: string;
  readonly estimate: number;
  readonly bytes: string;
  readonly isReadable: boolean;
}

/** Reads the target and changes nothing. */
export function previewRestore(
  target: ConnectionSource,
  options: PreviewOptions = {},
): Promise<RestorePreview> {
  return withConnection(target, options, async (connection) => {
    const [facts] = await connection.query<{ database: string }>(
      "SELECT pg_catalog.current_database() AS database",
    );
    const all = await readTables(connection);
    const tables = options.tables === undefined ? all : tablesOfNames(all, options.tables);
    const counted = await countRows(connection, tables);
    return {
      label: connection.label,
      database: facts!.database,
      tables: tables.length,
      changed:
        options.tables === undefined
          ? null
          : tables.map(({ namespace, name }) => qualify(namespace, name)),
      ...counted,
      newestAudit: await readNewestAudit(connection, tables),
      sessions: await readSessions(connection),
    };
  });
}

function tablesOfNames(
  tables: readonly TableRow[],
  names: NonNullable<PreviewOptions["tables"]>,
): TableRow[] {
  const keys = new Set(names.map(({ namespace, name }) => qualify(namespace, name)));
  return tables.filter(({ namespace, name }) => keys.has(qualify(namespace, name)));
}

/** Tables that the login, or a role that it is a member of, may drop. Those of a provider and of extensions stay. */
function readTables(connection: Connection): Promise<TableRow[]> {
  return connection.query<TableRow>(
    `SELECT n.nspname AS namespace, c.relname AS name, c.reltuples::pg_catalog.float8 AS estimate,
            pg_catalog.pg_relation_size(c.oid)::pg_catalog.text AS bytes,
            pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT') AS "isReadable"
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND ${IN_USER_SCHEMA}
       AND (pg_catalog.pg_has_role(c.relowner, 'MEMBER') OR pg_catalog.pg_has_role(n.nspowner, 'MEMBER'))
       AND NOT EXISTS (
         SELECT FROM pg_catalog.pg_depend d
         WHERE d.classid = ${CATALOG.class} AND d.objid = c.oid AND d.objsubid = 0 AND ${isMembership("d")})
     ORDER BY 1, 2`,
    { action: "list what the target holds" },
  );
}

async function countRows(
  connection: Connection,
  tables: readonly TableRow[],
): Promise<Pick<RestorePreview, "rows" | "rowsAreEstimated">> {
  let rows = 0;
  let rowsAreEstimated = false;
  for (const { namespace, name, estimate, bytes, isReadable } of tables) {
    // A table that was never analyzed has no estimate: -1 (PostgreSQL docs, pg_class).
    if (!isReadable || (Number(bytes) > COUNT_UP_TO_BYTES && estimate >= 0)) {
      rowsAreEstimated = true;
      rows += Math.max(0, Math.round(estimate));
      continue;
    }
    const [row] = await connection.query<{ count: string }>(
      `SELECT count(*) FROM ONLY ${qualify(namespace, name)}`,
      { action: "count what the target holds" },
    );
    rows += Number(row!.count);
  }
  return { rows, rowsAreEstimated };
}

async function readNewestAudit(
  connection: Connection,
  tables: readonly TableRow[],
): Promise<string | null> {
  if (!tables.some(({ namespace, name }) => namespace === "public" && name === "audit_log"))
    return null;
  const [row] = await connection.query<{ newest: string | null }>(
    `SELECT pg_catalog.to_char(max(occurred_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS newest FROM public.audit_log`,
    { action: "read the newest audit entry" },
  );
  return row?.newest ?? null;
}

/** Only superusers and pg_read_all_stats see the `backend_type` of other roles' sessions; for everyone else it is null. */
function readSessions(connection: Connection): Promise<TargetSession[]> {
  return connection.query<TargetSession>(
    `SELECT pid, COALESCE(usename, '') AS user, COALESCE(application_name, '') AS application,
            pg_catalog.host(client_addr) AS address, COALESCE(state, '') AS state
     FROM pg_catalog.pg_stat_activity
     WHERE datname = pg_catalog.current_database() AND pid <> pg_catalog.pg_backend_pid()
       AND (backend_type = 'client backend' OR backend_type IS NULL AND usename IS NOT NULL)
     ORDER BY pid`,
    { action: "list the other sessions" },
  );
}
