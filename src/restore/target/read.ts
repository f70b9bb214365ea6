/** What a restore must know of its target before it decides anything. Each function is one statement. */
import type { Connection } from "../../pg/connection.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import { targetContentsSql, type TargetObjectRow } from "./contents.ts";
import type { ForeignKey } from "../decide/load-order.ts";
import { restoreSettings, type TuningFacts } from "../decide/session-settings.ts";

export interface SessionFacts extends TuningFacts {
  readonly isSuperuser: boolean;
  /** COPY FREEZE needs that no older snapshot is held: not under REPEATABLE READ. */
  readonly isReadCommitted: boolean;
  readonly isReadOnly: boolean;
  readonly inRecovery: boolean;
}

/** Facts of the session and its server. */
export async function readSession(connection: Connection): Promise<SessionFacts> {
  const setting = (name: string): string => `pg_catalog.current_setting('${name}')`;
  const kilobytes = (name: string): string =>
    `(pg_catalog.pg_size_bytes(${setting(name)}) / 1024)::int4`;
  const [facts] = await connection.query<SessionFacts>(`
    SELECT ${setting("is_superuser")} = 'on' AS "isSuperuser",
           ${setting("transaction_isolation")} = 'read committed' AS "isReadCommitted",
           ${setting("transaction_read_only")} = 'on' AS "isReadOnly",
           pg_catalog.pg_is_in_recovery() AS "inRecovery",
           ${kilobytes("shared_buffers")} AS "sharedBuffersKb",
           ${kilobytes("maintenance_work_mem")} AS "maintenanceWorkMemKb",
           ${setting("max_parallel_maintenance_workers")}::int4 AS "maxParallelMaintenanceWorkers",
           ${setting("max_parallel_workers")}::int4 AS "maxParallelWorkers"`);
  return facts!;
}

/** Whether the server can compress values with lz4; none before PostgreSQL 14 can. */
export async function readLz4(connection: Connection): Promise<boolean> {
  const rows = await connection.query(
    "SELECT FROM pg_catalog.pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)",
  );
  return rows.length > 0;
}

/** Which of the roles do not exist. */
export async function missingRoles(
  connection: Connection,
  roles: readonly string[],
): Promise<string[]> {
  if (roles.length === 0) return [];
  const rows = await connection.query<{ name: string }>(`
    SELECT r.name FROM pg_catalog.unnest(ARRAY[${roles.map(quoteLiteral).join(", ")}]::text[]) AS r (name)
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = r.name) ORDER BY 1`);
  return rows.map(({ name }) => name);
}

/** Everything that the target holds. */
export function readTargetContents(connection: Connection): Promise<TargetObjectRow[]> {
  return connection.query<TargetObjectRow>(targetContentsSql(), {
    doing: "cannot list what the target holds",
  });
}

/** A relation of the target that bears the name of one in the archive. */
export interface TargetRelation {
  readonly oid: number;
  readonly namespace: string;
  readonly name: string;
  /** `relkind`. */
  readonly kind: string;
}

/** The relations of these names, whatever their kind. */
export async function findRelations(
  connection: Connection,
  names: readonly { readonly namespace: string; readonly name: string }[],
): Promise<TargetRelation[]> {
  if (names.length === 0) return [];
  const list = (key: "namespace" | "name"): string =>
    `ARRAY[${names.map((each) => quoteLiteral(each[key])).join(", ")}]::name[]`;
  return connection.query<TargetRelation>(`
    SELECT c.oid, n.nspname AS namespace, c.relname AS name, c.relkind AS kind
    FROM ROWS FROM (pg_catalog.unnest(${list("namespace")}), pg_catalog.unnest(${list("name")})) AS w (namespace, name)
    JOIN pg_catalog.pg_namespace n ON n.nspname = w.namespace
    JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = w.name`);
}

/** All foreign keys of the target that are enforced. */
export function readForeignKeys(connection: Connection, major: number): Promise<ForeignKey[]> {
  return connection.query<ForeignKey>(`
    SELECT co.oid, co.conname AS name, co.conrelid::pg_catalog.regclass::pg_catalog.text AS table,
           co.conrelid AS "tableOid", co.conparentid AS parent, co.condeferrable AS deferrable,
           ARRAY(SELECT co.confrelid UNION
                 SELECT t.relid::pg_catalog.oid FROM pg_catalog.pg_partition_tree(co.confrelid) AS t)::oid[] AS referenced
    FROM pg_catalog.pg_constraint co
    WHERE co.contype = 'f' ${major >= 18 ? "AND co.conenforced" : ""}
    ORDER BY 3, co.conname`);
}

/** A trigger that users made, and when it fires. */
export interface TargetTrigger {
  readonly name: string;
  readonly table: string;
  /** `tgenabled`: O origin, A always, R replica. */
  readonly enabled: "O" | "A" | "R";
}

/** The enabled triggers of relations, without those that constraints are made of. */
export function readTriggers(
  connection: Connection,
  oids: readonly number[],
): Promise<TargetTrigger[]> {
  return connection.query<TargetTrigger>(`
    SELECT tgname AS name, tgrelid::pg_catalog.regclass::pg_catalog.text AS table, tgenabled AS enabled
    FROM pg_catalog.pg_trigger
    WHERE NOT tgisinternal AND tgenabled <> 'D' AND tgrelid = ANY (${quoteLiteral(`{${oids.join(",")}}`)}::oid[])
    ORDER BY 2, 1`);
}

/** What to analyze so that these tables have statistics: a partitioned table stands for its partitions. */
export async function analyzeTargets(
  connection: Connection,
  oids: readonly number[],
): Promise<string[]> {
  const rows = await connection.query<{ name: string }>(`
    SELECT DISTINCT COALESCE(pg_catalog.pg_partition_root(o), o::pg_catalog.regclass)::pg_catalog.text AS name
    FROM pg_catalog.unnest(${quoteLiteral(`{${oids.join(",")}}`)}::oid[]) AS o ORDER BY 1`);
  return rows.map(({ name }) => name);
}

/** Settings that a restore changes for its transaction; all that `settings.ts` and `work.ts` can set. */
const CHANGED: readonly string[] = [
  ...restoreSettings({ num: 0, major: 0 }, 0).map(([name]) => name),
  "maintenance_work_mem",
  "max_parallel_maintenance_workers",
  "role",
  "session_replication_role",
  "event_triggers",
  "transaction_timeout",
];

/** A statement that puts the transaction's settings back to what they are now. */
export async function settingsNow(connection: Connection): Promise<string> {
  const rows = await connection.query<{ name: string; value: string | null }>(
    `SELECT n.name, pg_catalog.current_setting(n.name, true) AS value
     FROM pg_catalog.unnest(ARRAY[${CHANGED.map(quoteLiteral).join(", ")}]) AS n (name)
     -- Others than superusers may not set these, and a restore of theirs did not.
     WHERE pg_catalog.current_setting('is_superuser') = 'on'
        OR n.name NOT IN ('session_replication_role', 'event_triggers')`,
  );
  const calls = rows.flatMap(({ name, value }) =>
    value === null
      ? []
      : [`pg_catalog.set_config(${quoteLiteral(name)}, ${quoteLiteral(value)}, true)`],
  );
  return `SELECT ${calls.join(", ")}`;
}
