/**
 * REFRESH MATERIALIZED VIEW, after everything that its query may use: indexes, privileges and the materialized views
 * that it reads, directly or through views. One that reads an unpopulated one can't be filled again, and stays empty
 * with a warning (as with pg_dump, buildMatViewRefreshDependencies in pg_dump.c).
 */
import { warning } from "../../warnings.ts";
import { CATALOG } from "../../catalog/address.ts";
import { qualify } from "../../sql/ident.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject, DumpId } from "../dumpable-object.ts";
import { relationAddress, relationLookup } from "../relation-lookup.ts";

export function refreshes(context: DdlContext): DumpableObject[] {
  const index = relationLookup(context);
  const materialized = index.dumpable.filter((row) => row.kind === "m");
  if (materialized.length === 0) return [];
  const reads = viewsRead(context);
  const refreshId = (oid: number): DumpId => `${relationAddress(oid)}#refresh`;
  const fillable = (oid: number): boolean =>
    index.byOid.get(oid)!.isPopulated && reads(oid).every((other) => fillable(other));
  return materialized
    .filter((row) => row.isPopulated)
    .map((row) => {
      const namespace = context.namespace(row.namespace);
      const sqlName = qualify(namespace, row.name);
      const filled = fillable(row.oid);
      return {
        id: refreshId(row.oid),
        kind: "refresh",
        namespace,
        name: row.name,
        section: "post-data",
        addresses: [],
        requires: [relationAddress(row.oid), ...reads(row.oid).map(refreshId)],
        parent: relationAddress(row.oid),
        sql: () => (filled ? [`REFRESH MATERIALIZED VIEW ${sqlName}`] : []),
        ...(filled
          ? {}
          : {
              warnings: [
                warning(
                  "unpopulated-view",
                  `materialized view ${sqlName}`,
                  `materialized view ${sqlName} is not filled after a restore: it reads one that is not populated`,
                ),
              ],
            }),
      };
    });
}

/** The materialized views that one reads, through views too. */
function viewsRead({ catalog }: DdlContext): (oid: number) => number[] {
  const kinds = new Map(catalog.relations.map((row) => [row.oid, row.kind]));
  const relationOfRule = new Map(
    catalog.rules.filter((row) => row.isViewQuery).map((row) => [row.oid, row.relation]),
  );
  const direct = new Map<number, number[]>();
  for (const { classid, refclassid, objids, refobjids } of catalog.depends) {
    if (classid !== CATALOG.rewrite || refclassid !== CATALOG.class) continue;
    for (const [n, rule] of objids.entries()) {
      const relation = relationOfRule.get(rule);
      const read = refobjids[n]!;
      if (relation === undefined || read === relation) continue;
      direct.set(relation, [...(direct.get(relation) ?? []), read]);
    }
  }
  return (oid) => {
    const found = new Set<number>();
    const seen = new Set([oid]);
    const queue = [...(direct.get(oid) ?? [])];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      if (kinds.get(next) === "m") found.add(next);
      // Views may refer to each other in a circle, so what was seen is not followed again.
      else if (kinds.get(next) === "v") queue.push(...(direct.get(next) ?? []));
    }
    return [...found];
  };
}
