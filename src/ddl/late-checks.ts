/**
 * CHECK constraints that call functions or operators of users: such a function may read other tables, so that a row
 * satisfies the constraint only when all rows are there. They are created after the rows, keys and indexes.
 */
import { address, CATALOG } from "../catalog/address.ts";
import type { DdlContext } from "./context.ts";
import { oncePerCatalog } from "./once-per-catalog.ts";

const CALLED: ReadonlySet<number> = new Set([CATALOG.proc, CATALOG.operator]);

/** Oids of the constraints of tables. The functions of extensions do not count: they read no tables of users. */
export const lateChecks: (context: DdlContext) => ReadonlySet<number> = oncePerCatalog(
  ({ catalog }: DdlContext) => {
    const checks = new Set(
      catalog.constraints.filter(({ type }) => type === "c").map(({ oid }) => oid),
    );
    const late = new Set<number>();
    for (const { classid, refclassid, objids, refobjids } of catalog.depends) {
      if (classid !== CATALOG.constraint || !CALLED.has(refclassid)) continue;
      objids.forEach((oid, n) => {
        if (checks.has(oid) && !catalog.members.has(address(refclassid, refobjids[n]!)))
          late.add(oid);
      });
    }
    return late;
  },
);
