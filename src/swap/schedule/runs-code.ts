/**
 * Whether an object runs code of the archive when it is built. Such code can read any table or view, whatever the catalogs
 * say, so what runs it keeps its place behind what came before it in the archive. Pure.
 */
import type { ManifestObject } from "../../archive/format/manifest.ts";

const WITH_CODE: ReadonlySet<ManifestObject["kind"]> = new Set([
  "function",
  "operator",
  "operator-class",
  "operator-family",
  "cast",
  "domain",
]);

/** Kinds whose own requirements run with them. */
const WITH_QUERY: ReadonlySet<ManifestObject["kind"]> = new Set(["view", "materialized-view"]);

export function runsCode(
  objects: ReadonlyMap<number, ManifestObject>,
  object: ManifestObject,
): boolean {
  const visited = new Set<number>();
  const queue = [object];
  for (let each = queue.pop(); each !== undefined; each = queue.pop()) {
    for (const id of each.parent === null ? each.requires : [...each.requires, each.parent]) {
      const required = objects.get(id);
      if (required === undefined || visited.has(id)) continue;
      visited.add(id);
      if (WITH_CODE.has(required.kind)) return true;
      if (WITH_QUERY.has(required.kind)) queue.push(required);
    }
  }
  return false;
}
