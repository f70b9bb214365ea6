/** Writes an archive as a folder that reviews well: the schema as SQL, one COPY file for each table, a manifest. */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ManifestRelation } from "../archive/format/manifest.ts";
import { type ArchiveReader, openArchive } from "../archive/reader.ts";
import type { ArchiveOrigin } from "../archive/storage/source.ts";
import { isError, RefusedError, throwIfAborted } from "../errors.ts";
import { outputError } from "../util/output-error.ts";
import {
  isUnfinished,
  listFolder,
  markFinished,
  markUnfinished,
  readPlainText,
  replaceInFolder,
  requireLocalFolder,
  requireFolders,
} from "./folder-access.ts";
import { folderManifest, manifestText, parseFolderManifest } from "./folder-manifest.ts";
import {
  DATA_FOLDER,
  dataFile,
  FOLDER_MANIFEST,
  SCHEMA_FILES,
  SCHEMA_FOLDER,
  SECTIONS,
} from "./layout.ts";
import { GIT_ATTRIBUTES, GIT_ATTRIBUTES_TEXT } from "./line-ends.ts";
import { sectionText } from "./schema-file.ts";
import { sortRows } from "./sort.ts";
import { requirePath } from "../sql/conninfo/require-path.ts";
import { type PathOrUrl, pathText } from "../util/path-text.ts";

/** Options of `pack`. */
export interface PackOptions {
  /** Stops the work; the folder is then incomplete, and only another `pack` accepts it. */
  readonly signal?: AbortSignal | undefined;
}

/** The result of `pack`. */
export interface PackResult {
  readonly folder: string;
  /** Number of files written, with the manifest and without `.gitattributes`. */
  readonly files: number;
  readonly rows: number;
  /** Names of data files of an earlier pack that were removed. */
  readonly removed: readonly string[];
}

/**
 * Writes an archive's contents into a folder: a new one, an empty one, or one that an earlier `pack` wrote or began to
 * write. Rows of a reproducible archive keep their order; others are sorted, so that two packs of the same contents give
 * equal files.
 * @throws RefusedError (TARGET_NOT_EMPTY) only when the folder holds something else; ArchiveError for damage; OutputError
 *   when a file cannot be written.
 */
export async function pack(
  archive: ArchiveOrigin,
  folderOrUrl: PathOrUrl,
  { signal }: PackOptions = {},
): Promise<PackResult> {
  requirePath(archive, "archive");
  const folder = pathText(folderOrUrl);
  requirePath(folder, "folder");
  requireLocalFolder(folder);
  const reader = await openArchive(archive, { signal });
  try {
    await refuseOtherContents(folder);
    return await writeFolder(reader, folder, signal);
  } catch (error) {
    throw isError(error) && "errno" in error ? outputError(error, folder) : error;
  } finally {
    await reader.close();
  }
}

async function refuseOtherContents(folder: string): Promise<void> {
  await requireFolders(folder);
  const names = await listFolder(folder);
  // Hidden files may be those of version control.
  if (names.every((name) => name.startsWith(".")) || (await isUnfinished(folder))) return;
  try {
    parseFolderManifest(await readPlainText(folder, FOLDER_MANIFEST));
  } catch (cause) {
    throw new RefusedError("TARGET_NOT_EMPTY", `${folder} holds files that pack did not write`, {
      object: folder,
      hint: "choose an empty or a new folder",
      cause,
    });
  }
}

async function writeFolder(
  reader: ArchiveReader,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<PackResult> {
  const { manifest } = reader;
  const described = folderManifest(manifest);
  await mkdir(folder, { recursive: true });
  await markUnfinished(folder);
  for (const name of [SCHEMA_FOLDER, DATA_FOLDER]) {
    await mkdir(join(folder, name), { recursive: true });
  }
  // One that people wrote stays.
  if (!(await listFolder(folder)).includes(GIT_ATTRIBUTES))
    await replaceInFolder(folder, GIT_ATTRIBUTES, (file) => file.writeFile(GIT_ATTRIBUTES_TEXT));
  for (const section of SECTIONS) {
    const text = sectionText(manifest.objects, section, described.marker);
    await replaceInFolder(folder, SCHEMA_FILES[section], (file) => file.writeFile(text));
  }
  for (const relation of manifest.relations) {
    const name = `${DATA_FOLDER}/${dataFile(relation)}`;
    await replaceInFolder(folder, name, async (file) => {
      for await (const rows of rowsOf(reader, relation, signal)) {
        throwIfAborted(signal, "while packing");
        await file.appendFile(rows);
      }
    });
  }
  const files = new Set(manifest.relations.map(dataFile));
  const removed = (await listFolder(join(folder, DATA_FOLDER))).filter(
    (name) => name.endsWith(".copy") && !files.has(name),
  );
  for (const name of removed) await rm(join(folder, DATA_FOLDER, name));
  await replaceInFolder(folder, FOLDER_MANIFEST, (file) => file.writeFile(manifestText(described)));
  await markFinished(folder);
  return {
    folder,
    files: files.size + 3,
    rows: manifest.relations.reduce((sum, { rows }) => sum + rows, 0),
    removed,
  };
}

function rowsOf(
  reader: ArchiveReader,
  relation: ManifestRelation,
  signal: AbortSignal | undefined,
): AsyncIterable<Buffer> {
  const blocks = reader.readParts(relation, { signal });
  const isOrdered = reader.manifest.options.reproducible || relation.kind === "large-objects";
  return isOrdered ? blocks : sortRows(blocks);
}
