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

/** What the target has and keeps. */
export interface KeptObjects {
  /** Objects of others by the `id` of the archive's object. Comment, owner and privileges stay theirs, too. */
  readonly kept: ReadonlyMap<number, TargetObject>;
  /** Names of schemas that stay. */
  readonly keptSchemas: ReadonlySet<string>;
  /** The schema public where it belongs to others, as in every new database before PostgreSQL 15. */
  readonly publicOfOthers: TargetObject | undefined;
}

export function existingObjects(
  objects: readonly ManifestObject[],
  { kept, keptSchemas, publicOfOthers }: KeptObjects,
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
  const onPublic = publicOfOthers === undefined ? [] : objects.filter(isOnPublic);
  if (publicOfOthers !== undefined && onPublic.length > 0) {
    for (const { id } of onPublic) ids.add(id);
    warnings.push(existingWarning(PUBLIC, publicOfOthers.owner));
  }
  return { ids: new Set([...ids, ...ofOthers]), warnings };
}

const PUBLIC = { kind: "schema", namespace: null, name: "public" } as const;
const ON_OBJECTS: ReadonlySet<string> = new Set([
  "comment",
  "owner",
  "privileges",
  "security-label",
]);

/** An archive has no object for the schema public, which every new database has, but what was changed on it. */
function isOnPublic({ kind, namespace, name }: ManifestObject): boolean {
  return namespace === null && name === "SCHEMA public" && ON_OBJECTS.has(kind);
}

function existingWarning(
  object: Pick<ManifestObject, "kind" | "namespace" | "name">,
  owner: string | null,
): Warning {
  const label = objectLabel(object);
  return warning(
    "existing-object",
    label,
    `${label} exists already, belongs to ${owner === null ? "somebody else" : `role ${owner}`} and was left as it is`,
  );
}
