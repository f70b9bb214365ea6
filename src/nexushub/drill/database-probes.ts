/** Probes of what NexusHub's tables say about themselves: how recent they are, and whether the schema is complete. */
import type { ProbeContext } from "../../drill/probe.ts";
import { failed, passed, type Verdict } from "../../drill/report.ts";
import { formatDuration } from "../../util/format.ts";
import type { NexusHubProbeOptions } from "./options.ts";

/** An installation may be idle for some days; a backup that is a week old must not go unnoticed. */
const DEFAULT_MAX_AUDIT_AGE_MS = 7 * 24 * 60 * 60 * 1000;

export async function probeRecoveryPoint(
  { connection, startedAt, setRecoveryPoint }: ProbeContext,
  { maxAuditAgeMs = DEFAULT_MAX_AUDIT_AGE_MS, now = startedAt }: NexusHubProbeOptions,
): Promise<Verdict> {
  // Entries written while the clock was ahead would hide how old the others are.
  const [row] = await connection.query<{ newest: string | null }>(
    `SELECT pg_catalog.to_char(max(occurred_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS newest
     FROM public.audit_log WHERE occurred_at <= '${now.toISOString()}'::pg_catalog.timestamptz + interval '5 minutes'`,
    { action: "read the newest audit entry", object: "table public.audit_log" },
  );
  const newest = row?.newest ?? null;
  const hint =
    "check that backups still run and that they are of the right database; if NexusHub was idle for that long, pass --max-age";
  if (newest === null) return failed("the audit log is empty", { hint });
  const at = new Date(newest);
  setRecoveryPoint(at);
  const ageMs = Math.max(0, now.getTime() - at.getTime());
  const message = `the newest entry is from ${newest}, ${formatDuration(ageMs)} ago`;
  if (ageMs <= maxAuditAgeMs) return passed(message);
  return failed(`${message}; the limit is ${formatDuration(maxAuditAgeMs)}`, { hint });
}

export async function probeMigrations({ connection }: ProbeContext): Promise<Verdict> {
  const rows = await connection.query<{ version: string; dirty: boolean }>(
    "SELECT version, dirty FROM public.schema_migrations ORDER BY version",
    { action: "read the migrations", object: "table public.schema_migrations" },
  );
  const [row] = rows;
  if (row === undefined)
    return failed("schema_migrations is empty: NexusHub's migrations never ran there");
  if (rows.length > 1) return failed(`schema_migrations has ${rows.length} rows instead of one`);
  if (!row.dirty) return passed(`version ${row.version}`);
  return failed(
    `migration ${row.version} is marked dirty: it had begun but not ended when the dump was taken`,
    {
      hint: "finish or undo that migration in the database (nexushub-migrate), then back up again; NexusHub does not start on a dirty schema",
    },
  );
}
