/**
 * Extensions that the target has in another schema than the archive: CREATE EXTENSION IF NOT EXISTS leaves them there, and what
 * names their functions and types fails in the middle of the restore. Pure.
 */
import type { Manifest, ManifestObject } from "../../archive/format/manifest.ts";
import { objectLabel } from "../../util/label.ts";
import type { TargetExtension } from "../target/facts.ts";

type ExistingExtension = Pick<TargetExtension, "name" | "schema">;

export interface MisplacedExtension extends ExistingExtension {
  /** The schema in which the archive has it. */
  readonly expected: string;
  /** Objects of the restore that use it, for people. */
  readonly users: readonly string[];
}

/** Schemas of every database, of which an archive has no object. */
const EVERYWHERE: ReadonlySet<string> = new Set(["public", "pg_catalog"]);

/**
 * Those that objects of the restore use.
 * @param selected the objects that are restored.
 */
export function misplacedExtensions(
  { objects }: Pick<Manifest, "objects">,
  selected: readonly ManifestObject[],
  existing: readonly ExistingExtension[],
): MisplacedExtension[] {
  const byName = new Map(existing.map((extension) => [extension.name, extension]));
  const byId = new Map(objects.map((object) => [object.id, object]));
  return selected.flatMap((object) => {
    const extension = object.kind === "extension" ? byName.get(object.name) : undefined;
    if (extension === undefined) return [];
    const schema = object.requires.map((id) => byId.get(id)!).find(({ kind }) => kind === "schema");
    const isThere =
      schema === undefined ? EVERYWHERE.has(extension.schema) : schema.name === extension.schema;
    const users = selected.filter(
      ({ requires, parent }) => parent !== object.id && requires.includes(object.id),
    );
    if (isThere || users.length === 0) return [];
    return [{ ...extension, expected: schema?.name ?? "public", users: users.map(objectLabel) }];
  });
}
