/** Rows of users in the tables of extensions, which the archive replaces by its own. Pure. */
import type { ManifestRelation } from "../../archive/format/manifest.ts";
import { qualify } from "../../sql/ident.ts";
import type { TargetExtension } from "../target/facts.ts";
import type { Selection } from "./selection.ts";

/**
 * The user's rows in tables of extensions are replaced by those of the archive, in reverse order for foreign keys. Where
 * the archive has none, the tables are left alone: they can belong to a provider.
 */
export function deleteConfiguration(
  relations: readonly ManifestRelation[],
  extensions: readonly TargetExtension[],
): string[] {
  const conditions = new Map(
    extensions.flatMap(({ configuration }) =>
      configuration.map(({ namespace, name, condition }) => [qualify(namespace, name), condition]),
    ),
  );
  return relations
    .filter(({ object, rows }) => object === null && rows > 0)
    .map(({ namespace, name }) => qualify(namespace, name))
    .filter((table) => conditions.has(table))
    .map((table) => `DELETE FROM ONLY ${table} ${conditions.get(table)!}`.trim())
    .toReversed();
}

/** Names of the extensions that the restore creates: their scripts may fill tables of users, which the archive fills, too. */
export function createdExtensions(
  { objects }: Pick<Selection, "objects">,
  existing: readonly Pick<TargetExtension, "name">[],
): string[] {
  const names = new Set(existing.map(({ name }) => name));
  return objects
    .filter(({ kind, name }) => kind === "extension" && !names.has(name))
    .map(({ name }) => name);
}
