/**
 * Objects of an archive that the target has and a restore uses as they are: schemas that hold something else, too, and
 * what belongs to others, such as a provider's extensions. Pure.
 */
import type { ManifestObject } from "../../archive/format/manifest.ts";
import { objectLabel } from "../../util/label.ts";
import { type Warning, warning } from "../../warnings.ts";
import type { TargetObject } from "../target/facts.ts";

export interface ExistingObjects {
  /** `id`s of the objects whose statements do not run. */
  readonly ids: ReadonlySet<number>;
  readonly warnings: readonly Warning[];
}

export const NONE_EXISTING: ExistingObjects = { ids: new Set(), warnings: [] };

/**
 * @param kept objects of others by the `id` of the archive's object. Comment, owner and privileges stay theirs, too.
 * @param keptSchemas names of schemas that stay.
 */
export function existingObjects(
  objects: readonly ManifestObject[],
  kept: ReadonlyMap<number, TargetObject>,
  keptSchemas: ReadonlySet<string>,
): ExistingObjects {
  const ids = new Set<number>();
  const ofOthers = new Set<number>();
  const warnings: Warning[] = [];
  for (const object of objects) {
    const owner = kept.get(object.id)?.owner;
    if (owner !== undefined) warnings.push(existingWarning(object, owner));
    if (owner !== undefined || (object.parent !== null && ofOthers.has(object.parent)))
      ofOthers.add(object.id);
    if (object.kind === "schema" && keptSchemas.has(object.name)) ids.add(object.id);
  }
  return { ids: new Set([...ids, ...ofOthers]), warnings };
}

function existingWarning(object: ManifestObject, owner: string | null): Warning {
  const label = objectLabel(object);
  return warning(
    "existing-object",
    label,
    `${label} exists already, belongs to ${owner === null ? "somebody else" : `role ${owner}`} and was left as it is`,
  );
}
