/** CREATE STATISTICS. */
import { address, CATALOG } from "../../catalog/address.ts";
import type { StatisticsRow } from "../../catalog/statistics.ts";
import { qualify } from "../../sql/ident.ts";
import type { DdlContext } from "../context.ts";
import { type DumpableObject, unguarded } from "../dumpable-object.ts";
import { relationAddress, relationLookup } from "../relation-lookup.ts";
import { FEATURE, type ServerFeature } from "../server-features.ts";

export function statistics(context: DdlContext): DumpableObject[] {
  const relations = relationLookup(context);
  return context.catalog.statistics
    .filter(
      (row) =>
        relations.isDumpedOn(row.relation, address(CATALOG.statistics, row.oid)) &&
        !context.isMember(CATALOG.statistics, row.oid),
    )
    .map((row) => {
      const namespace = context.namespace(row.namespace);
      const sqlName = qualify(namespace, row.name);
      const id = address(CATALOG.statistics, row.oid);
      return {
        id,
        kind: "statistics",
        namespace,
        name: row.name,
        section: "post-data",
        addresses: [id],
        requires: [relationAddress(row.relation)],
        parent: relationAddress(row.relation),
        sql: (guard = unguarded) => [
          guard(row.definition),
          ...(row.target < 0 ? [] : [`ALTER STATISTICS ${sqlName} SET STATISTICS ${row.target}`]),
        ],
        features: statisticsFeatures(row),
        target: `STATISTICS ${sqlName}`,
        owner: row.owner,
      };
    });
}

function statisticsFeatures({
  hasExpressions,
  onVirtualColumn,
}: StatisticsRow): ServerFeature[] | undefined {
  if (!hasExpressions && !onVirtualColumn) return undefined;
  return [
    ...(hasExpressions ? [FEATURE.expressionStatistics] : []),
    ...(onVirtualColumn ? [FEATURE.virtualColumnStatistics] : []),
  ];
}
