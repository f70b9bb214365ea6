/**
 * The partitioned tables of the target through which rows must be loaded. The archive names those that its own server
 * knew, but an older archive does not, and a partition can be restored without the table above it: so the target says,
 * once its tables exist.
 */
import type { ManifestRelation } from "../../archive/format/manifest.ts";
import { partitionRoutings } from "../../catalog/partition-routing.ts";
import type { ServerVersion } from "../../catalog/version.ts";
import type { Connection } from "../../pg/connection.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import type { RelationName } from "./facts.ts";
import { unnestOf } from "./relation-list.ts";

export interface LoadThroughOptions {
  /** Load all partitions through their topmost table. */
  readonly all: boolean;
  /** Of the archive's rows: in a database of another one, text has other bytes and so another hash. */
  readonly encoding: string;
}

/** The table to load through, by the number of each relation that is not loaded directly: the topmost that it must be. */
export async function findLoadThrough(
  connection: Connection,
  version: ServerVersion,
  relations: readonly ManifestRelation[],
  { all, encoding }: LoadThroughOptions,
): Promise<ReadonlyMap<number, RelationName>> {
  const tables = relations.filter(({ kind, parts }) => kind === "table" && parts.length > 0);
  if (tables.length === 0) return new Map();
  const list = (text: (relation: ManifestRelation) => string | null, type: string): string =>
    unnestOf(tables, text, type);
  const rows = await connection.query<RelationName & { number: number }>(`
    SELECT DISTINCT ON (w.number) w.number, an.nspname AS namespace, ac.relname AS name
    FROM ROWS FROM (
      ${list(({ number }) => String(number), "int4")},
      ${list(({ namespace }) => namespace, "name")},
      ${list(({ name }) => name, "name")},
      ${list(({ loadThrough }) => loadThrough?.namespace ?? null, "name")},
      ${list(({ loadThrough }) => loadThrough?.name ?? null, "name")}) AS w (number, namespace, name, "rootNamespace", root)
    JOIN pg_catalog.pg_namespace n ON n.nspname = w.namespace
    JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = w.name AND c.relispartition
    CROSS JOIN LATERAL pg_catalog.pg_partition_ancestors(c.oid) WITH ORDINALITY AS a (relation, level)
    JOIN pg_catalog.pg_class ac ON ac.oid = a.relation
    JOIN pg_catalog.pg_namespace an ON an.oid = ac.relnamespace
    JOIN pg_catalog.pg_partitioned_table p ON p.partrelid = ac.oid
    WHERE ac.oid <> c.oid AND (${all}
      OR an.nspname = w."rootNamespace" AND ac.relname = w.root
      OR p.partstrat = 'h' AND pg_catalog.current_setting('server_encoding') <> ${quoteLiteral(encoding)}
      OR ac.oid IN (SELECT relation FROM (${partitionRoutings.sql(version, false)}) AS r))
    ORDER BY w.number, a.level DESC`);
  return new Map(rows.map(({ number, namespace, name }) => [number, { namespace, name }]));
}
