/** An archive as a folder that reviews well: the schema as SQL, one COPY file a table, a manifest. */
import { createWriteStream } from "node:fs";
import { lstat, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ManifestRelation } from "../archive/format/manifest.ts";
import { type ArchiveReader, openArchive } from "../archive/reader.ts";
import type { ArchiveOrigin } from "../archive/storage/source.ts";
import { OutputError, RefusedError } from "../errors.ts";
import {
  DATA_FOLDER,
  dataFile,
  FOLDER_MANIFEST,
  folderManifest,
  manifestText,
  parseFolderManifest,
  SCHEMA_FILES,
  sectionText,
} from "./layout.ts";
import { temporaryName } from "../util/temp-file.ts";
import { sortRows } from "./sort.ts";

export interface PackOptions {
  /** Stops the work; the folder may then be incomplete. */
  readonly signal?: AbortSignal | undefined;
}

export interface PackResult {
  readonly folder: string;
  /** Files written, the manifest among them. */
  readonly files: number;
  readonly rows: number;
  /** Data files of an earlier pack that were removed. */
  readonly removed: readonly string[];
}

/**
 * Writes an archive's contents into a folder: a new one, an empty one, or one that an earlier `pack` wrote. Rows of a
 * reproducible archive keep their order; others are sorted, so that two packs of the same contents are equal files.
 * @throws RefusedError (TARGET_NOT_EMPTY) only when the folder holds something else; ArchiveError for damage.
 */
export async function pack(
  archive: ArchiveOrigin,
  folder: string,
  { signal }: PackOptions = {},
): Promise<PackResult> {
  const reader = await openArchive(archive, { signal });
  try {
    await refuseForeign(folder);
    return await write(reader, folder, signal);
  } catch (error) {
    if (!(error instanceof Error && "errno" in error)) throw error;
    throw new OutputError(`cannot write ${folder}: ${error.message}`, {
      object: folder,
      cause: error,
    });
  } finally {
    await reader.close();
  }
}

async function refuseForeign(folder: string): Promise<void> {
  const entries = await readdir(folder).catch(() => []);
  for (const name of ["schema", DATA_FOLDER]) {
    const facts = await lstat(join(folder, name)).catch(() => undefined);
    if (facts?.isSymbolicLink() === true) {
      throw new RefusedError("TARGET_NOT_EMPTY", `${join(folder, name)} leads out of the folder`, {
        object: folder,
        hint: "remove the link: nothing is written outside the folder",
      });
    }
  }
  if (entries.every((name) => name.startsWith("."))) return;
  try {
    parseFolderManifest(await readFile(join(folder, FOLDER_MANIFEST), "utf8"));
  } catch (cause) {
    throw new RefusedError("TARGET_NOT_EMPTY", `${folder} holds files that no pack wrote`, {
      object: folder,
      hint: "choose an empty or a new folder",
      cause,
    });
  }
}

async function write(
  reader: ArchiveReader,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<PackResult> {
  const { manifest } = reader;
  const described = folderManifest(manifest);
  await mkdir(join(folder, "schema"), { recursive: true });
  await mkdir(join(folder, DATA_FOLDER), { recursive: true });
  for (const section of ["pre-data", "post-data"] as const) {
    const text = sectionText(manifest.objects, section, described.marker);
    await replace(join(folder, SCHEMA_FILES[section]), (path) => writeFile(path, text, NEW_FILE));
  }
  for (const relation of manifest.relations) {
    const blocks = rowsOf(reader, relation, signal);
    await replace(join(folder, DATA_FOLDER, dataFile(relation)), (path) =>
      pipeline(Readable.from(blocks), createWriteStream(path, NEW_FILE), { signal }),
    );
  }
  const files = new Set(manifest.relations.map(dataFile));
  const removed = (await readdir(join(folder, DATA_FOLDER))).filter(
    (name) => name.endsWith(".copy") && !files.has(name),
  );
  for (const name of removed) await rm(join(folder, DATA_FOLDER, name));
  await replace(join(folder, FOLDER_MANIFEST), (path) =>
    writeFile(path, manifestText(described), NEW_FILE),
  );
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
  const ordered = reader.manifest.options.reproducible || relation.kind === "large-objects";
  return ordered ? blocks : sortRows(blocks);
}

/** Fails where the name exists, so that nothing is written through a link. */
const NEW_FILE = { flags: "wx", flag: "wx" };

/** A file appears whole or stays as it was. */
async function replace(path: string, fill: (path: string) => Promise<void>): Promise<void> {
  const temporary = join(dirname(path), temporaryName(basename(path)));
  try {
    await fill(temporary);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
