/**
 * Converts manifests of format 1 to the current shape. A fact that format 1 did not record gets the value that readers
 * of format 1 assumed.
 */
import type { Manifest, ManifestV1, ManifestWarning } from "./manifest.ts";

/** Converts a manifest of format 1 to the current shape. */
export function upgradeManifest(manifest: ManifestV1): Manifest {
  return {
    ...manifest,
    purpose: "backup",
    partial: isPartialV1(manifest),
    database: upgradeDatabase(manifest.database),
    server: null,
    base: null,
    options: upgradeOptions(manifest.options),
    objects: manifest.objects.map(upgradeObject),
    relations: manifest.relations.map((relation) => ({
      ...relation,
      ...upgradeRowSelection(relation.where),
      parts: relation.parts.map((part) => ({ ...part, inBase: false })),
      generated: [],
      primaryKey: [],
      loadThrough: null,
      units: null,
    })),
    warnings: manifest.warnings.map(upgradeWarning),
    signature: null,
  };
}

type RowSelection = Pick<ManifestV1["relations"][number], "where" | "masked">;

/** Whether a manifest of format 1 says that something is missing or replaced. */
export function isPartialV1({
  options,
  relations,
}: Pick<ManifestV1, "options"> & { readonly relations: readonly RowSelection[] }): boolean {
  return (
    options.schemaOnly ||
    options.dataOnly ||
    options.selection.length > 0 ||
    relations.some(({ where, masked }) => where !== null || masked.length > 0)
  );
}

/** In the order of fields of the current schema, on which the bytes of an unpacked archive depend. */
export function upgradeDatabase({
  serverVersion,
  serverVersionNum,
  ...database
}: ManifestV1["database"]): Manifest["database"] {
  return {
    ...database,
    localeProvider: null,
    locale: null,
    icuRules: null,
    collationVersion: null,
    serverVersion,
    serverVersionNum,
  };
}

/** In the order of fields of the current schema, too. */
export function upgradeOptions({
  compression,
  reproducible,
  ...options
}: ManifestV1["options"]): Manifest["options"] {
  const { schemaOnly, dataOnly } = options;
  const sections = (["pre-data", "data", "post-data"] as const).filter((section) =>
    section === "data" ? !schemaOnly : !dataOnly,
  );
  const selection = options.selection.map(upgradePattern);
  return { compression, reproducible, sections, ...options, selection };
}

/** Format 1 described a sample in the field for a condition, behind a prefix. */
export function upgradeRowSelection(
  where: string | null,
): Pick<Manifest["relations"][number], "where" | "sample"> {
  const prefix = "sample: ";
  return where?.startsWith(prefix) === true
    ? { where: null, sample: where.slice(prefix.length) }
    : { where, sample: null };
}

/** Format 1 recorded a pattern as it was given on the command line: `--table users`. */
function upgradePattern(text: string): Manifest["options"]["selection"][number] {
  const [, option = "table", pattern = text] = /^--([a-z-]+) (.*)$/s.exec(text) ?? [];
  return { option, pattern };
}

export function upgradeObject<T extends object>(
  object: T,
): T & { features: []; accessMethod: null; roles: [] } {
  return { ...object, features: [], accessMethod: null, roles: [] };
}

export function upgradeWarning(message: string): ManifestWarning {
  return { code: "format-1", object: null, message };
}
