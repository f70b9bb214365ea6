/**
 * The folder that an archive is packed into: which files it has and what stands in them. Pure. File names are made here
 * from schema and table; no name that an archive or a folder's manifest says is ever used as a path.
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import { ArchiveError, UsageError } from "../errors.ts";
import type { Manifest, ManifestObject } from "../archive/format/manifest.ts";
import { manifestSchema } from "../archive/format/manifest-schema.ts";
import { objectHeading } from "../util/label.ts";

export const FOLDER_MANIFEST = "manifest.json";
export const DATA_FOLDER = "data";
export const SCHEMA_FILES = {
  "pre-data": "schema/pre-data.sql",
  "post-data": "schema/post-data.sql",
} as const;
type Section = keyof typeof SCHEMA_FILES;

const shape = manifestSchema.shape;

/** What the archive's manifest says, without what can be counted from the files. */
export const folderSchema = z.strictObject({
  /** The version of this layout. */
  folder: z.literal(2),
  tool: shape.tool,
  createdAt: shape.createdAt,
  purpose: shape.purpose,
  partial: shape.partial,
  database: shape.database,
  options: shape.options,
  roles: shape.roles,
  warnings: shape.warnings,
  key: shape.key,
  /** The line that begins an object in the schema files. */
  marker: z.string().regex(/^-{3,}$/),
  objects: z.array(shape.objects.element.omit({ statements: true })),
  relations: z.array(
    shape.relations.element
      .omit({ rows: true, bytes: true, parts: true, units: true })
      // Rows of each part, where there are several. A file that was changed is cut anew.
      .extend({ parts: z.array(z.number().int().nonnegative()).optional() }),
  ),
  sequences: shape.sequences,
});
export type FolderManifest = z.infer<typeof folderSchema>;
export type FolderRelation = FolderManifest["relations"][number];

const PLAIN = /^[a-z0-9_]{1,60}$/;
/** Names that Windows keeps for devices, whatever follows a dot. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)$/;

/** `public.users.copy`; what a file system could not keep apart or would read as more than a name gets a digest instead. */
export function dataFile({
  kind,
  namespace,
  name,
}: Pick<FolderRelation, "kind" | "namespace" | "name">): string {
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
  // Not a name of the other form: those have no hyphen.
  return `t-${slug}-${digest.slice(0, 16)}.copy`;
}

/** What the folder's manifest says of an archive's. */
export function folderManifest(manifest: Manifest): FolderManifest {
  const { tool, createdAt, purpose, partial, database, options, roles, warnings, key, sequences } =
    manifest;
  return {
    folder: 2,
    tool,
    createdAt,
    purpose,
    partial,
    database,
    options,
    roles,
    warnings,
    key,
    marker: markerFor(manifest.objects),
    objects: manifest.objects.map(({ statements: _, ...object }) => object),
    relations: manifest.relations.map(({ rows: _r, bytes: _b, units: _u, parts, ...relation }) => ({
      ...relation,
      ...(parts.length > 1 && manifest.options.reproducible
        ? { parts: parts.map(({ rows }) => rows) }
        : {}),
    })),
    sequences,
  };
}

/** Hyphens that no statement has a line of its own begin with. */
function markerFor(objects: readonly ManifestObject[]): string {
  let longest = 2;
  for (const { statements } of objects) {
    for (const statement of statements) {
      for (const [hyphens] of statement.matchAll(/^-{3,}/gm))
        longest = Math.max(longest, hyphens.length);
    }
  }
  return "-".repeat(longest + 1);
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

/** @throws ArchiveError only when the text is not such a manifest. */
export function parseFolderManifest(text: string): FolderManifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ArchiveError(`${FOLDER_MANIFEST} is not JSON`, { object: FOLDER_MANIFEST, cause });
  }
  const result = folderSchema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new ArchiveError(
    `${FOLDER_MANIFEST} is not of a packed archive: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`,
    { object: FOLDER_MANIFEST },
  );
}

/** The statements of one section, each object under a line with its number and name. */
export function sectionText(
  objects: readonly ManifestObject[],
  section: Section,
  marker: string,
): string {
  return objects
    .filter((object) => object.section === section)
    .map((object) => {
      const head = `${marker} ${object.id} ${objectHeading(object)}\n`;
      return `${head}${object.statements.map((statement) => `${statement};\n`).join(`${marker}\n`)}`;
    })
    .join("\n");
}

/**
 * Reads the statements of a section's objects back.
 * @throws UsageError only when they are not those that the manifest lists.
 */
export function parseSection(
  text: string,
  section: Section,
  { marker, objects }: Pick<FolderManifest, "marker" | "objects">,
): Map<number, string[]> {
  const file = SCHEMA_FILES[section];
  const begin = new RegExp(`^${marker} (\\d+) [^\\n]*\\n`, "gm");
  const heads = [...text.matchAll(begin)];
  const found = new Map<number, string[]>();
  for (const [i, head] of heads.entries()) {
    const from = head.index + head[0].length;
    const last = i === heads.length - 1;
    const body = text.slice(from, last ? text.length : heads[i + 1]!.index - 1);
    found.set(
      Number(head[1]),
      body.split(new RegExp(`^${marker}\\n`, "m")).map((statement) => {
        if (statement.endsWith(";\n")) return statement.slice(0, -2);
        throw new UsageError(`${file}: object ${head[1]} does not end with a semicolon`, {
          object: file,
        });
      }),
    );
  }
  for (const { id, name, section: own } of objects) {
    if ((own === section) !== found.has(id)) {
      throw new UsageError(`${file} and ${FOLDER_MANIFEST} disagree about object ${id}, ${name}`, {
        object: file,
        hint: "change objects in the database and pack a new dump of it",
      });
    }
  }
  if (
    found.size !== heads.length ||
    heads.length !== objects.filter((o) => o.section === section).length
  )
    throw new UsageError(`${file} holds an object that ${FOLDER_MANIFEST} does not list`, {
      object: file,
    });
  return found;
}
