/** The tables of the target that a restore changes, to be shown before it begins. Pure. */
import type { Manifest } from "../../archive/format/manifest.ts";
import type { RestoreSettings } from "../defaults.ts";
import type { RelationName } from "../target/facts.ts";
import { holdsAllObjects } from "./replacement.ts";
import { restoreScope } from "./scope.ts";
import type { Selection } from "./selection.ts";

/** @returns null when a whole archive takes the place of everything. */
export function changedTables(
  manifest: Manifest,
  { everything, objects, needed, relations }: Selection,
  settings: RestoreSettings,
): readonly RelationName[] | null {
  if (restoreScope(manifest, settings) === "rows")
    return relations.filter(({ kind }) => kind === "table");
  if (everything && holdsAllObjects(manifest)) return null;
  return objects.flatMap(({ id, kind, namespace, name }) =>
    kind === "table" && namespace !== null && !needed.has(id) ? [{ namespace, name }] : [],
  );
}
