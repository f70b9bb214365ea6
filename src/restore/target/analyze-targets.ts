/** What ANALYZE is run on after a restore. One query. */
import type { ManifestRelation } from "../../archive/format/manifest.ts";
import type { Connection } from "../../pg/connection.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import type { RelationName } from "./facts.ts";

/** A restored table, with the size of its rows in the archive. */
export type RestoredTable = RelationName & Pick<ManifestRelation, "bytes">;

/** A table that ANALYZE is to be run on. */
export interface AnalyzeTarget {
  /** Quoted. */
  readonly name: string;
  /** Of its rows in the archive, those of its partitions included. */
  readonly bytes: number;
}

/**
 * What gives these tables statistics, the largest first: a partitioned table stands for its partitions. Looks the tables up only
 * now, as the restore may have created them.
 */
export async function findAnalyzeTargets(
  connection: Connection,
  tables: readonly RestoredTable[],
): Promise<AnalyzeTarget[]> {
  if (tables.length === 0) return [];
  const list = (values: readonly string[]): string => `ARRAY[${values.join(", ")}]`;
  const rows = await connection.query<{ name: string; bytes: string }>(`
    SELECT COALESCE(pg_catalog.pg_partition_root(c.oid), c.oid::pg_catalog.regclass)::pg_catalog.text AS name,
           pg_catalog.sum(w.bytes) AS bytes
    FROM ROWS FROM (
      pg_catalog.unnest(${list(tables.map(({ namespace }) => quoteLiteral(namespace)))}::name[]),
      pg_catalog.unnest(${list(tables.map(({ name }) => quoteLiteral(name)))}::name[]),
      pg_catalog.unnest(${list(tables.map(({ bytes }) => String(bytes)))}::int8[])
    ) AS w (namespace, name, bytes)
    JOIN pg_catalog.pg_namespace n ON n.nspname = w.namespace
    JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = w.name
    GROUP BY 1 ORDER BY 2 DESC, 1`);
  return rows.map(({ name, bytes }) => ({ name, bytes: Number(bytes) }));
}
