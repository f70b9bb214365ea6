/** What a restore would overwrite, and who is using it: shown before, so that nobody overwrites the wrong database. */
import { RefusedError } from "../../errors.ts";
import { connect, type ConnectionSource } from "../../pg/connect.ts";
import type { Connection } from "../../pg/connection.ts";
import { qualify } from "../../sql/ident.ts";
import { API_SERVICE, COMPOSE_FILE } from "../deployment/facts.ts";
import type { DetectedDeployment } from "../deployment/open-deployment.ts";
import { shellWord } from "../schedule/systemd.ts";
import { formatCount, listed, plural } from "../../util/format.ts";
import { IN_USER_SCHEMA } from "../../catalog/user-schema.ts";

/** Another session of the database. */
export interface TargetSession {
  readonly pid: number;
  readonly user: string;
  readonly application: string;
  /** Null over a Unix socket. */
  readonly address: string | null;
  readonly state: string;
}

export interface RestorePreview {
  /** `database "nexushub" on db:5432 as nexushub`. */
  readonly label: string;
  readonly database: string;
  /** User tables, partitions counted one by one. */
  readonly tables: number;
  readonly rows: number;
  /** Whether `rows` rests on the server's statistics for some tables: large ones are not counted. */
  readonly rowsAreEstimated: boolean;
  /** Of NexusHub's audit log, ISO 8601; null when there is none. */
  readonly newestAudit: string | null;
  readonly sessions: readonly TargetSession[];
}

/** Tables above this are not counted row by row: the operator waits. */
const COUNT_UP_TO_BYTES = 128 * 1024 * 1024;

interface TableRow {
  readonly namespace: string;
  readonly name: string;
  readonly estimate: number;
  readonly bytes: string;
}

/** Looks at the target and changes nothing. */
export async function previewRestore(
  target: ConnectionSource,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<RestorePreview> {
  const { connection } = await connect(target, options);
  try {
    const [facts] = await connection.query<{ database: string }>(
      "SELECT pg_catalog.current_database() AS database",
    );
    const tables = await readTables(connection);
    const counted = await countRows(connection, tables);
    return {
      label: connection.label,
      database: facts!.database,
      tables: tables.length,
      ...counted,
      newestAudit: await readNewestAudit(connection, tables),
      sessions: await readSessions(connection),
    };
  } finally {
    await connection.close();
  }
}

function readTables(connection: Connection): Promise<TableRow[]> {
  return connection.query<TableRow>(
    `SELECT n.nspname AS namespace, c.relname AS name, c.reltuples::pg_catalog.float8 AS estimate,
            pg_catalog.pg_relation_size(c.oid)::pg_catalog.text AS bytes
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND ${IN_USER_SCHEMA}`,
    { doing: "cannot list what the target holds" },
  );
}

async function countRows(
  connection: Connection,
  tables: readonly TableRow[],
): Promise<Pick<RestorePreview, "rows" | "rowsAreEstimated">> {
  let rows = 0;
  let rowsAreEstimated = false;
  for (const { namespace, name, estimate, bytes } of tables) {
    // A table that was never analyzed has no estimate: -1 (PostgreSQL docs, pg_class).
    if (Number(bytes) > COUNT_UP_TO_BYTES && estimate >= 0) {
      rowsAreEstimated = true;
      rows += Math.round(estimate);
      continue;
    }
    const [row] = await connection.query<{ count: string }>(
      `SELECT count(*) FROM ONLY ${qualify(namespace, name)}`,
      { doing: "cannot count what the target holds" },
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
    { doing: "cannot look for the newest audit entry" },
  );
  return row?.newest ?? null;
}

function readSessions(connection: Connection): Promise<TargetSession[]> {
  return connection.query<TargetSession>(
    `SELECT pid, COALESCE(usename, '') AS user, COALESCE(application_name, '') AS application,
            pg_catalog.host(client_addr) AS address, COALESCE(state, '') AS state
     FROM pg_catalog.pg_stat_activity
     WHERE datname = pg_catalog.current_database() AND backend_type = 'client backend'
       AND pid <> pg_catalog.pg_backend_pid()
     ORDER BY pid`,
    { doing: "cannot see who else is connected" },
  );
}

/** For people, a line for each fact; holds no password. */
export function previewText({
  label,
  tables,
  rows,
  rowsAreEstimated,
  newestAudit,
  sessions,
}: RestorePreview): string[] {
  if (tables === 0) return [`${label} is empty`];
  return [
    `${label} will be overwritten`,
    `  it holds ${plural(tables, "table")} with ${rowsAreEstimated ? "about " : ""}${formatCount(rows)} rows`,
    ...(newestAudit === null ? [] : [`  its newest audit entry is of ${newestAudit}`]),
    ...(sessions.length === 0
      ? []
      : [`  ${plural(sessions.length, "other session")} connected: ${who(sessions)}`]),
  ];
}

function who(sessions: readonly TargetSession[]): string {
  const names = sessions.map(
    ({ pid, user, application, address }) =>
      `${application || "unnamed"} as ${user} from ${address ?? "this host"} (process ${pid})`,
  );
  return listed(names, { limit: 5 });
}

/** Where NexusHub's API runs; null when that is not known. */
type Found = DetectedDeployment | null;

/** The command that stops or restarts NexusHub's API. */
function apiCommand(verb: "stop" | "restart", found: Found): string {
  const compose = `docker compose -f ${shellWord(found?.composeFile ?? COMPOSE_FILE)} ${verb} ${API_SERVICE}`;
  const systemd = `systemctl ${verb} nexushub-api`;
  if (found === null) return `${systemd}, or ${compose}`;
  return found.shape === "compose" ? compose : systemd;
}

/** @throws RefusedError (TARGET_BUSY) only when others are connected. */
export function refuseWhileConnected({ label, sessions }: RestorePreview, found: Found): void {
  if (sessions.length === 0) return;
  throw new RefusedError(
    "TARGET_BUSY",
    `${plural(sessions.length, "other session")} ${sessions.length === 1 ? "is" : "are"} connected to ${label}: ${who(sessions)}`,
    {
      object: label,
      hint: `stop the API first (${apiCommand("stop", found)}), or pass --while-connected to wait for their locks`,
    },
  );
}

/** What an operator does once a restore is done. */
export function afterRestore(found: Found): string[] {
  return [
    "After the restore:",
    `  1. restart the API: ${apiCommand("restart", found)}`,
    "  2. log in, and download one peer's configuration: it must render, and its tunnel come up",
    "  3. look at the audit log: its newest entry must be the one that you expect",
  ];
}
