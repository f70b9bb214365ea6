/** The manifest of a packed folder as a value and as text that reviews well. Pure. */
import { ArchiveError } from "../errors.ts";
import type { Manifest } from "../archive/format/manifest.ts";
import { type FolderManifest, folderSchema } from "./folder-schema.ts";
import { folderV1Schema, upgradeFolder } from "./folder-v1.ts";
import { convertedFile } from "./line-ends.ts";
import { FOLDER_MANIFEST } from "./layout.ts";
import { markerFor } from "./schema-file.ts";

/** The folder's manifest for an archive's. */
export function folderManifest(manifest: Manifest): FolderManifest {
  const { objects, relations, options } = manifest;
  return {
    folder: 2,
    tool: manifest.tool,
    createdAt: manifest.createdAt,
    purpose: manifest.purpose,
    partial: manifest.partial,
    database: manifest.database,
    options,
    roles: manifest.roles,
    ...(manifest.roleDefinitions === undefined
      ? {}
      : { roleDefinitions: manifest.roleDefinitions }),
    warnings: manifest.warnings,
    key: manifest.key,
    signature: manifest.signature,
    marker: markerFor(objects),
    objects: objects.map(({ statements: _, ...object }) => object),
    relations: relations.map(({ rows: _r, bytes: _b, units: _u, parts, ...relation }) => ({
      ...relation,
      ...(parts.length > 1 && options.reproducible ? { parts: parts.map(({ rows }) => rows) } : {}),
    })),
    ...(manifest.types === undefined ? {} : { types: manifest.types }),
    sequences: manifest.sequences,
    ...(manifest.statistics === undefined ? {} : { statistics: manifest.statistics }),
  };
}

/** JSON with each element of the lists on a line of its own, so that a change is one line of a review. */
export function manifestText(manifest: FolderManifest): string {
  const lines = Object.entries(manifest).map(([name, value]) => {
    const text =
      Array.isArray(value) && value.length > 0
        ? `[\n${value.map((element) => `    ${JSON.stringify(element)}`).join(",\n")}\n  ]`
        : JSON.stringify(value);
    return `  ${JSON.stringify(name)}: ${text}`;
  });
  return `{\n${lines.join(",\n")}\n}\n`;
}

/**
 * Reads a folder's manifest, of layout 1 too.
 * @throws ArchiveError only when the text is not such a manifest.
 */
export function parseFolderManifest(text: string): FolderManifest {
  if (text.includes("\r")) throw convertedFile(FOLDER_MANIFEST);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ArchiveError(`${FOLDER_MANIFEST} is not JSON`, { object: FOLDER_MANIFEST, cause });
  }
  const isV1 = (value as { folder?: unknown } | null)?.folder === 1;
  const result = isV1
    ? folderV1Schema.transform(upgradeFolder).safeParse(value)
    : folderSchema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new ArchiveError(
    `${FOLDER_MANIFEST} is not of a packed archive: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`,
    { object: FOLDER_MANIFEST },
  );
}
