/** The queries behind the facts of a target. Each function is one statement, unless it says otherwise. */
import { availableParallelism } from "node:os";
import { CATALOG } from "../../catalog/address.ts";
import type { ServerVersion } from "../../catalog/version.ts";
import type { Connection } from "../../pg/connection.ts";
import { qualify } from "../../sql/ident.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import { contentsSql } from "./contents-sql.ts";
import { dependentsSql } from "./dependents-sql.ts";
import type {
  Dependent,
  ForeignKey,
  RelationName,
  SessionFacts,
  TargetExtension,
  TargetObject,
  TargetRelation,
  TargetTrigger,
} from "./facts.ts";

export async function readSession(connection: Connection): Promise<SessionFacts> {
  const setting = (name: string): string => `pg_catalog.current_setting('${name}')`;
  const kilobytes = (name: string): string =>
    `(pg_catalog.pg_size_bytes(${setting(name)}) / 1024)::int4`;
  type Row = Omit<SessionFacts, "processors"> & { readonly isThisMachine: boolean };
  const [row] = await connection.query<Row>(`
    SELECT ${setting("is_superuser")} = 'on' AS "isSuperuser", ${setting("role")} AS role,
           ${setting("transaction_isolation")} = 'read committed' AS "isReadCommitted",
           ${setting("transaction_read_only")} = 'on' AS "isReadOnly",
           pg_catalog.pg_is_in_recovery() AS "inRecovery",
           ${setting("server_encoding")} AS encoding,
           ${kilobytes("shared_buffers")} AS "sharedBuffersKb",
           ${kilobytes("maintenance_work_mem")} AS "maintenanceWorkMemKb",
           ${setting("max_parallel_maintenance_workers")}::int4 AS "maxParallelMaintenanceWorkers",
           ${setting("max_parallel_workers")}::int4 AS "maxParallelWorkers",
           ${setting("autovacuum")} = 'on' AND ${setting("track_counts")} = 'on' AS "hasAutovacuum",
           pg_catalog.inet_server_addr() IS NOT DISTINCT FROM pg_catalog.inet_client_addr() AS "isThisMachine",
           (${setting("max_locks_per_transaction")}::int8 * h.holders)::float8 AS "lockCapacity",
           h.holders AS "lockHolders"
    FROM (SELECT ${setting("max_connections")}::int4 + ${setting("max_prepared_transactions")}::int4 AS holders) AS h`);
  const { isThisMachine, ...facts } = row!;
  return { ...facts, processors: isThisMachine ? availableParallelism() : null };
}

/** Whether the server can compress values with lz4; none before PostgreSQL 14 can. */
export async function hasLz4(connection: Connection): Promise<boolean> {
  const rows = await connection.query(
    "SELECT FROM pg_catalog.pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)",
  );
  return rows.length > 0;
}

/** Those of the roles that do not exist. */
export async function findMissingRoles(
  connection: Connection,
  roles: readonly string[],
): Promise<string[]> {
  if (roles.length === 0) return [];
  const rows = await connection.query<{ name: string }>(`
    SELECT r.name FROM pg_catalog.unnest(ARRAY[${roles.map(quoteLiteral).join(", ")}]::text[]) AS r (name)
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = r.name) ORDER BY 1`);
  return rows.map(({ name }) => name);
}

/** Those of the extensions that are not installed and whose files the server does not have. */
export async function findMissingExtensions(
  connection: Connection,
  extensions: readonly string[],
): Promise<string[]> {
  if (extensions.length === 0) return [];
  const rows = await connection.query<{ name: string }>(`
    SELECT e.name FROM pg_catalog.unnest(ARRAY[${extensions.map(quoteLiteral).join(", ")}]::text[]) AS e (name)
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = e.name)
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_available_extensions() a WHERE a.name = e.name)
    ORDER BY 1`);
  return rows.map(({ name }) => name);
}

/** Those of the extensions that are installed. */
export async function findExtensions(
  connection: Connection,
  extensions: readonly string[],
): Promise<TargetExtension[]> {
  if (extensions.length === 0) return [];
  return connection.query<TargetExtension>(`
    SELECT e.extname AS name, n.nspname AS schema, EXISTS (
      SELECT FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_class c ON c.oid = d.objid
      WHERE d.refclassid = ${CATALOG.extension} AND d.refobjid = e.oid AND d.deptype = 'e'
        AND d.classid = ${CATALOG.class} AND c.relkind = 'S'
    ) AS "hasSequences", COALESCE((
      SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
        'namespace', cn.nspname, 'name', c.relname, 'condition', x.condition))
      FROM ROWS FROM (pg_catalog.unnest(e.extconfig), pg_catalog.unnest(e.extcondition)) AS x (oid, condition)
      JOIN pg_catalog.pg_class c ON c.oid = x.oid JOIN pg_catalog.pg_namespace cn ON cn.oid = c.relnamespace
      WHERE c.relkind = 'r'
    ), '[]') AS configuration
    FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
    WHERE e.extname = ANY (ARRAY[${extensions.map(quoteLiteral).join(", ")}]::name[]) ORDER BY 1`);
}

/** All user objects of the database. */
export function readContents(
  connection: Connection,
  version: ServerVersion,
  { isSuperuser }: SessionFacts,
  role: string | undefined,
): Promise<TargetObject[]> {
  return connection.query<TargetObject>(contentsSql(version, isSuperuser, role), {
    action: "list what the target holds",
  });
}

/** What depends on the objects, and is neither one of them nor a part of one. */
export async function readDependents(
  connection: Connection,
  objects: readonly TargetObject[],
): Promise<Dependent[]> {
  if (objects.length === 0) return [];
  return connection.query<Dependent>(dependentsSql(objects), {
    action: "list what depends on what the target holds",
  });
}

/** The relations of these names, whatever their kind. */
export async function findRelations(
  connection: Connection,
  names: readonly RelationName[],
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
           co.conrelid AS "tableOid", co.confrelid::pg_catalog.regclass::pg_catalog.text AS references,
           co.conparentid AS parent, co.condeferrable AS deferrable,
           ARRAY(SELECT co.confrelid UNION
                 SELECT t.relid::pg_catalog.oid FROM pg_catalog.pg_partition_tree(co.confrelid) AS t)::oid[] AS referenced
    FROM pg_catalog.pg_constraint co
    WHERE co.contype = 'f' ${major >= 18 ? "AND co.conenforced" : ""}
    ORDER BY 3, co.conname`);
}

/**
 * The enabled triggers of relations, without those that constraints are made of. Until 14 the copies of a partitioned
 * table's trigger on its partitions counted as internal, and only superusers may disable them.
 */
export function readTriggers(
  connection: Connection,
  relations: readonly TargetRelation[],
): Promise<TargetTrigger[]> {
  return connection.query<TargetTrigger>(`
    SELECT tgname AS name, tgrelid::pg_catalog.regclass::pg_catalog.text AS table, tgenabled AS enabled
    FROM pg_catalog.pg_trigger
    WHERE (NOT tgisinternal OR (tgparentid <> 0 AND tgconstraint = 0 AND pg_catalog.current_setting('is_superuser') = 'on'))
      AND tgenabled <> 'D' AND tgrelid = ANY (${oidArray(relations)})
    ORDER BY 2, 1`);
}

/** Tables asked in one statement whether they hold rows. */
const BATCH = 200;

/** The tables that hold rows, as SQL names them. Several statements. */
export async function readFilledTables(
  connection: Connection,
  relations: readonly TargetRelation[],
): Promise<string[]> {
  const tables = relations.map(({ namespace, name }) => qualify(namespace, name));
  const filled: string[] = [];
  for (let at = 0; at < tables.length; at += BATCH) {
    const rows = await connection.query<{ name: string }>(
      tables
        .slice(at, at + BATCH)
        .map((table) => `SELECT ${quoteLiteral(table)} AS name WHERE EXISTS (SELECT FROM ${table})`)
        .join(" UNION ALL "),
    );
    filled.push(...rows.map(({ name }) => name));
  }
  return filled;
}

function oidArray(relations: readonly TargetRelation[]): string {
  return quoteLiteral(`{${relations.map(({ oid }) => oid).join(",")}}`) + "::oid[]";
}
