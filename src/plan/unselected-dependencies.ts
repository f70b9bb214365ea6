/** What selected objects depend on and the selection leaves out: it must exist where the dump is restored. */
import type { Catalog } from "../catalog/read.ts";
import type { DumpableObject } from "../ddl/dumpable-object.ts";
import { objectLabel } from "../util/label.ts";
import { type Warning, warning } from "../warnings.ts";
import { definingObjectsAndMembers } from "./defining-objects.ts";

/** A warning for each pair of a selected object and one that it depends on and that is not selected. */
export function unselectedDependencies(
  catalog: Catalog,
  all: readonly DumpableObject[],
  selected: ReadonlySet<DumpableObject>,
): Warning[] {
  const defining = definingObjectsAndMembers(catalog, all);
  const warnings = new Map<string, Warning>();
  for (const { classid, refclassid, deptype, objids, refobjids } of catalog.depends) {
    const dependents = defining.get(classid);
    const referenced = defining.get(refclassid);
    // A sequence without the column that owns it is simply not owned.
    if (dependents === undefined || referenced === undefined || deptype === "a") continue;
    objids.forEach((oid, n) => {
      const from = all[dependents.get(oid) ?? -1];
      const to = all[referenced.get(refobjids[n]!) ?? -1];
      if (from === undefined || to === undefined) return;
      if (!selected.has(from) || selected.has(to)) return;
      // Without statements: the schema public, which every database has.
      if (to.sql().length === 0) return;
      const message = `${objectLabel(from)} needs ${objectLabel(to)}, which was not selected`;
      warnings.set(message, warning("not-selected", objectLabel(from), message));
    });
  }
  return [...warnings.values()];
}
