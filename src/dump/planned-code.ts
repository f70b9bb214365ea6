/**
 * Tables over which even a plain query runs users' functions: the planner computes the constant parts of expressions of
 * indexes and extended statistics (RelationGetIndexExpressions(), src/backend/utils/cache/relcache.c), with the rights
 * of the session.
 */
import { address, CATALOG } from "../catalog/address.ts";
import type { Catalog } from "../catalog/read.ts";

/**
 * Whether planning a query over the table runs functions other than PostgreSQL's, those of extensions, and those of the
 * login itself.
 */
export function planRunsCode(catalog: Catalog): (oid: number) => boolean {
  let tables: Set<number> | undefined;
  return (oid) => (tables ??= tablesWithCode(catalog)).has(oid);
}

function tablesWithCode(catalog: Catalog): Set<number> {
  const { indexes, statistics, depends, members } = catalog;
  const trusted = new Set(
    [
      ...catalog.functions.map((row) => ({ ...row, catalog: CATALOG.proc })),
      ...catalog.operators.map((row) => ({ ...row, catalog: CATALOG.operator })),
    ]
      .filter(({ owner }) => owner === catalog.database.login)
      .map((row) => address(row.catalog, row.oid)),
  );
  const tableOf = new Map([
    ...indexes.map(({ oid, relation }) => [address(CATALOG.class, oid), relation] as const),
    ...statistics.map(({ oid, relation }) => [address(CATALOG.statistics, oid), relation] as const),
  ]);
  const tables = new Set<number>();
  for (const { classid, refclassid, objids, refobjids } of depends) {
    if (classid !== CATALOG.class && classid !== CATALOG.statistics) continue;
    if (refclassid !== CATALOG.proc && refclassid !== CATALOG.operator) continue;
    for (const [i, objid] of objids.entries()) {
      const table = tableOf.get(address(classid, objid));
      const called = address(refclassid, refobjids[i]!);
      if (table !== undefined && !members.has(called) && !trusted.has(called)) tables.add(table);
    }
  }
  return tables;
}
