/** How much of the target a restore takes over, and which facts of the target it needs for that. Pure. */
import type { Manifest } from "../../archive/format/manifest.ts";
import type { RestoreSettings } from "../defaults.ts";
import { definedRoles } from "./roles.ts";
import type { NeededFacts, NeededRoles, RelationName } from "../target/facts.ts";
import type { Selection } from "./selection.ts";
import { wantsLz4 } from "./server-features.ts";

/** `objects`: objects are created. `rows`: no relation is created, rows or post-data go into relations that exist. */
export type RestoreScope = "objects" | "rows";

export function restoreScope(
  { objects, options }: Manifest,
  settings: RestoreSettings,
): RestoreScope {
  const hasNoPreData = objects.length > 0 && !objects.some(({ section }) => section === "pre-data");
  if (
    settings.dataOnly ||
    settings.sections?.includes("pre-data") === false ||
    options.dataOnly ||
    hasNoPreData
  )
    return "rows";
  return "objects";
}

export function neededFacts(
  manifest: Manifest,
  selection: Selection,
  settings: RestoreSettings,
): NeededFacts {
  const scope = restoreScope(manifest, settings);
  return {
    lz4: wantsLz4(selection.objects),
    roles: namedRoles(manifest, selection, settings),
    roleDefinitions: neededRoles(manifest, settings),
    contents: scope === "objects",
    extensions: selection.objects.flatMap(({ kind, name }) => (kind === "extension" ? [name] : [])),
    relations: scope === "rows" ? tablesOf(selection) : [],
    rows: scope === "rows",
    triggers: settings.disableTriggers,
    role: settings.role,
  };
}

function neededRoles(manifest: Manifest, settings: RestoreSettings): NeededRoles | null {
  const defined = definedRoles(manifest, settings);
  if (defined.length === 0) return null;
  const groups = new Set(defined.flatMap(({ memberOf }) => memberOf.map(({ role }) => role)));
  return { names: defined.map(({ name }) => name), groups: [...groups] };
}

/** Roles that the statements of the restore name. */
function namedRoles(
  { options, roles, objects }: Manifest,
  selection: Selection,
  { owner, privileges, dataOnly }: RestoreSettings,
): readonly string[] {
  if (objects.some((object) => object.roles.length > 0))
    return [...new Set(selection.objects.flatMap((object) => object.roles))].sort();
  // An archive that does not say it of each object: without owners and privileges fewer roles are named.
  const isLeftOut = (options.owner && !owner) || (options.privileges && !privileges);
  return isLeftOut || dataOnly ? [] : roles;
}

function tablesOf({ relations }: Selection): RelationName[] {
  return relations.filter(({ kind }) => kind === "table");
}
