/** Writes a folder that `pack` wrote, and that people may have changed since, as an archive again. */
import type { ManifestHead, ManifestObject, ManifestPart } from "../archive/format/manifest.ts";
import { FORMAT_VERSION } from "../archive/format/version.ts";
import { schemaEntries } from "../archive/schema-text.ts";
import { type ArchiveTarget, openSink } from "../archive/storage/sink.ts";
import { type ArchiveWriter, createArchiveWriter } from "../archive/writer.ts";
import { psqlEntries } from "../dump/psql-script.ts";
import { AbortedError, ArchiveError } from "../errors.ts";
import { addRows } from "./data-file.ts";
import { isUnfinished, readPlainText, requireLocalFolder } from "./folder-access.ts";
import { parseFolderManifest } from "./folder-manifest.ts";
import type { FolderManifest, FolderRelation } from "./folder-schema.ts";
import { FOLDER_MANIFEST, SCHEMA_FILES, SECTIONS } from "./layout.ts";
import { parseSection } from "./schema-file.ts";
import { requirePath } from "../sql/conninfo/require-path.ts";
import { type PathOrUrl, pathText } from "../util/path-text.ts";

/** Options of `unpack`. */
export interface UnpackOptions {
  /** Stops the work; no archive appears then. */
  readonly signal?: AbortSignal | undefined;
}

/** The result of `unpack`. */
export interface UnpackResult {
  readonly archiveBytes: number;
  readonly objects: number;
  readonly relations: number;
  readonly rows: number;
}

/**
 * Writes the archive of a folder. The unchanged folder of a reproducible archive gives the same archive, byte for byte.
 * @throws UsageError when files contradict the manifest; ArchiveError when one is missing or cannot be read, or when the
 *   folder was not completely packed.
 */
export async function unpack(
  folderOrUrl: PathOrUrl,
  target: ArchiveTarget,
  { signal }: UnpackOptions = {},
): Promise<UnpackResult> {
  const folder = pathText(folderOrUrl);
  requirePath(folder, "folder");
  requireLocalFolder(folder);
  requirePath(target, "archive");
  if (await isUnfinished(folder)) {
    throw new ArchiveError(`${folder} is incomplete: the last pack into it was interrupted`, {
      object: folder,
      hint: "pack the archive into it again",
    });
  }
  const manifest = parseFolderManifest(await readPlainText(folder, FOLDER_MANIFEST));
  const objects = await readObjects(folder, manifest);
  const sink = await openSink(target);
  const writer = createArchiveWriter(sink, {
    toolVersion: manifest.tool.version,
    compression: manifest.options.compression,
  });
  try {
    return await writeArchive(writer, { folder, manifest, objects, signal });
  } catch (error) {
    const failure = signal?.aborted
      ? new AbortedError("while unpacking", { cause: error })
      : (error as Error);
    await writer.abort(failure);
    throw failure;
  }
}

interface Folder {
  readonly folder: string;
  readonly manifest: FolderManifest;
  readonly objects: readonly ManifestObject[];
  readonly signal: AbortSignal | undefined;
}

async function writeArchive(
  writer: ArchiveWriter,
  { folder, manifest, objects, signal }: Folder,
): Promise<UnpackResult> {
  if (!manifest.options.dataOnly) {
    for (const [name, text] of schemaEntries(objects)) await writer.writeEntry(name, text);
  }
  const relations: ManifestHead["relations"] = [];
  for (const relation of manifest.relations) {
    relations.push(toRelation(relation, await addRows(writer, folder, relation, signal)));
  }
  const { bytes } = await writer.finish(toHead(manifest, objects, relations), {
    lastEntries: psqlEntries,
  });
  return {
    archiveBytes: bytes,
    objects: objects.length,
    relations: relations.length,
    rows: relations.reduce((sum, { rows }) => sum + rows, 0),
  };
}

/** In the order of fields of the manifest, on which its bytes depend; so are the functions below. */
async function readObjects(folder: string, manifest: FolderManifest): Promise<ManifestObject[]> {
  const statements = new Map<number, string[]>();
  for (const section of SECTIONS) {
    const text = await readPlainText(folder, SCHEMA_FILES[section]);
    for (const [id, sql] of parseSection(text, section, manifest)) statements.set(id, sql);
  }
  return manifest.objects.map((object) => ({
    id: object.id,
    kind: object.kind,
    namespace: object.namespace,
    name: object.name,
    section: object.section,
    statements: statements.get(object.id)!,
    requires: object.requires,
    parent: object.parent,
    features: object.features,
    accessMethod: object.accessMethod,
    roles: object.roles,
    ...(object.inherits === undefined ? {} : { inherits: object.inherits }),
  }));
}

function toRelation(
  relation: FolderRelation,
  parts: readonly ManifestPart[],
): ManifestHead["relations"][number] {
  return {
    number: relation.number,
    kind: relation.kind,
    namespace: relation.namespace,
    name: relation.name,
    columns: relation.columns,
    generated: relation.generated,
    rows: parts.reduce((sum, { rows }) => sum + rows, 0),
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    parts: [...parts],
    where: relation.where,
    sample: relation.sample,
    masked: relation.masked,
    object: relation.object,
    primaryKey: relation.primaryKey,
    loadThrough: relation.loadThrough,
    units: null,
    ...(relation.unlogged === undefined ? {} : { unlogged: relation.unlogged }),
    ...(relation.types === undefined ? {} : { types: relation.types }),
  };
}

function toHead(
  manifest: FolderManifest,
  objects: readonly ManifestObject[],
  relations: ManifestHead["relations"],
): ManifestHead {
  return {
    format: FORMAT_VERSION,
    tool: manifest.tool,
    createdAt: manifest.createdAt,
    purpose: manifest.purpose,
    partial: manifest.partial,
    database: manifest.database,
    server: null,
    base: null,
    options: manifest.options,
    roles: manifest.roles,
    ...(manifest.roleDefinitions === undefined
      ? {}
      : { roleDefinitions: manifest.roleDefinitions }),
    objects: [...objects],
    relations,
    ...(manifest.types === undefined ? {} : { types: manifest.types }),
    sequences: manifest.sequences,
    ...(manifest.statistics === undefined ? {} : { statistics: manifest.statistics }),
    warnings: manifest.warnings,
    key: manifest.key,
    signature: manifest.signature,
  };
}
