/**
 * Converts manifests of format 1 to the current shape. A fact that format 1 did not record gets the value that readers
 * of format 1 assumed.
 */
import type { Manifest, ManifestV1 } from "./manifest.ts";

/** Converts a manifest of format 1 to the current shape. */
export function upgradeManifest(manifest: ManifestV1): Manifest {
  const { database, options, relations, objects, warnings } = manifest;
  return {
    ...manifest,
    purpose: "backup",
    partial:
      options.schemaOnly ||
      options.dataOnly ||
      options.selection.length > 0 ||
      relations.some(({ where, masked }) => where !== null || masked.length > 0),
    database: {
      ...database,
      localeProvider: null,
      locale: null,
      icuRules: null,
      collationVersion: null,
    },
    server: null,
    base: null,
    options: { ...options, sections: sectionsOf(options) },
    objects: objects.map((each) => ({ ...each, features: [] })),
    relations: relations.map((each) => ({
      ...each,
      parts: each.parts.map((one) => ({ ...one, inBase: false })),
      generated: [],
      primaryKey: [],
      loadThrough: null,
      units: null,
    })),
    warnings: warnings.map((message) => ({ code: "format-1", object: null, message })),
    signature: null,
  };
}

function sectionsOf({
  schemaOnly,
  dataOnly,
}: ManifestV1["options"]): Manifest["options"]["sections"] {
  return [
    ...(dataOnly ? [] : (["pre-data"] as const)),
    ...(schemaOnly ? [] : (["data"] as const)),
    ...(dataOnly ? [] : (["post-data"] as const)),
  ];
}
