/**
 * Names of the files in a packed folder. They are made here from schema and table; a name from an archive or from a
 * folder's manifest is never used as a path. Pure.
 */
import { createHash } from "node:crypto";
import type { ManifestRelation } from "../archive/format/manifest.ts";

export const FOLDER_MANIFEST = "manifest.json";
export const DATA_FOLDER = "data";
export const SCHEMA_FOLDER = "schema";
export const SCHEMA_FILES = {
  "pre-data": "schema/pre-data.sql",
  "post-data": "schema/post-data.sql",
} as const;
export type Section = keyof typeof SCHEMA_FILES;
export const SECTIONS = ["pre-data", "post-data"] as const;
/** Present while a pack is under way, and after one that was interrupted. */
export const UNFINISHED_MARKER = ".nexushub-dump-pack";

const PLAIN = /^[a-z0-9_]{1,60}$/;
/** Names that Windows reserves for devices, whatever follows a dot. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)$/;

/**
 * The data file of a relation: `public.users.copy`. A name that some file system could confuse with another, or read as
 * more than a name, is replaced by a digest.
 */
export function dataFile({
  kind,
  namespace,
  name,
}: Pick<ManifestRelation, "kind" | "namespace" | "name">): string {
  if (kind === "large-objects") return "large-objects.copy";
  if (PLAIN.test(namespace) && PLAIN.test(name) && !DEVICE.test(namespace))
    return `${namespace}.${name}.copy`;
  const digest = createHash("sha256")
    .update(JSON.stringify([namespace, name]))
    .digest("hex");
  const slug = `${namespace}.${name}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "_")
    .slice(0, 60);
  // The hyphens keep these names apart from the plain ones.
  return `t-${slug}-${digest.slice(0, 16)}.copy`;
}
