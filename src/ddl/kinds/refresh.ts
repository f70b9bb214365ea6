/**
 * REFRESH MATERIALIZED VIEW, after everything that its query may use: indexes, privileges and the materialized views that
 * it reads, directly or through views. One that reads an unpopulated view can't be refreshed, and stays empty with a
 * warning (as with pg_dump, buildMatViewRefreshDependencies() in src/bin/pg_dump/pg_dump.c).
 */
import { CATALOG } from "../../catalog/address.ts";
import type { Catalog } from "../../catalog/read.ts";
import type { RelationRow } from "../../catalog/relation.ts";
import { warning } from "../../warnings.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject, DumpId } from "../dumpable-object.ts";
import { relationAddress, relationLookup } from "../relation-lookup.ts";

export function refreshes(context: DdlContext): DumpableObject[] {
  const { dumpable, byOid } = relationLookup(context);
  const materialized = dumpable.filter((row) => row.kind === "m");
  if (materialized.length === 0) return [];
  const readBy = materializedViewsRead(context.catalog);
  const canRefresh = (oid: number): boolean =>
    byOid.get(oid)!.isPopulated && readBy(oid).every(canRefresh);
  const hasRowSecurity = context.catalog.relations.some(({ rowSecurity }) => rowSecurity);
  return materialized
    .filter((row) => row.isPopulated)
    .map((row) => {
      const view = { reads: readBy(row.oid), canRefresh: canRefresh(row.oid), hasRowSecurity };
      return refresh(context, row, view);
    });
}

interface PopulatedView {
  /** The materialized views that it reads. */
  readonly reads: readonly number[];
  readonly canRefresh: boolean;
  /** Whether row security is enabled anywhere. */
  readonly hasRowSecurity: boolean;
}

function refresh(
  context: DdlContext,
  row: RelationRow,
  { reads, canRefresh, hasRowSecurity }: PopulatedView,
): DumpableObject {
  const id = relationAddress(row.oid);
  const sqlName = relationLookup(context).sqlName(row.oid);
  const view = `materialized view ${sqlName}`;
  const message = `${view} is not filled after a restore: it reads one that is not populated`;
  return {
    id: refreshId(row.oid),
    kind: "refresh",
    namespace: context.namespace(row.namespace),
    name: row.name,
    section: "post-data",
    addresses: [],
    requires: [id, ...reads.map(refreshId)],
    parent: id,
    sql: () => (canRefresh ? statements(sqlName, hasRowSecurity) : []),
    warnings: canRefresh ? undefined : [warning("unpopulated-view", view, message)],
  };
}

/**
 * The query runs as the view's owner, whom row security can concern: then with it, as on the dumped server. A restore has it
 * off, so that it never loses rows.
 */
function statements(sqlName: string, hasRowSecurity: boolean): string[] {
  const refresh = `REFRESH MATERIALIZED VIEW ${sqlName}`;
  if (!hasRowSecurity) return [refresh];
  return ["SET LOCAL row_security = on", refresh, "SET LOCAL row_security = off"];
}

function refreshId(relation: number): DumpId {
  return `${relationAddress(relation)}#refresh`;
}

/** Gives the materialized views that one reads, directly or through views. */
function materializedViewsRead(catalog: Catalog): (oid: number) => number[] {
  const kinds = new Map(catalog.relations.map((row) => [row.oid, row.kind]));
  const reads = relationsRead(catalog);
  return (oid) => {
    const materialized = new Set<number>();
    // Views can refer to each other in a dependency cycle.
    const seen = new Set([oid]);
    const queue = [...(reads.get(oid) ?? [])];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      if (kinds.get(next) === "m") materialized.add(next);
      else if (kinds.get(next) === "v") queue.push(...(reads.get(next) ?? []));
    }
    return [...materialized];
  };
}

/** The relations that the query of each view names. */
function relationsRead({ rules, depends }: Catalog): ReadonlyMap<number, readonly number[]> {
  const relationOfRule = new Map(
    rules.filter((row) => row.isViewQuery).map((row) => [row.oid, row.relation]),
  );
  const reads = new Map<number, number[]>();
  for (const { classid, refclassid, objids, refobjids } of depends) {
    if (classid !== CATALOG.rewrite || refclassid !== CATALOG.class) continue;
    for (const [n, rule] of objids.entries()) {
      const relation = relationOfRule.get(rule);
      const read = refobjids[n]!;
      if (relation === undefined || read === relation) continue;
      const list = reads.get(relation);
      if (list === undefined) reads.set(relation, [read]);
      else list.push(read);
    }
  }
  return reads;
}
