/** A folder that `pack` wrote, perhaps changed by people since, as an archive again. */
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ManifestHead, ManifestPart } from "../archive/format/manifest.ts";
import { countRows, PartCutter, PartSink, type RowBlock } from "../archive/parts.ts";
import { type ArchiveTarget, openSink } from "../archive/storage/sink.ts";
import { psqlEntries } from "../dump/psql-script.ts";
import { type ArchiveWriter, createArchiveWriter } from "../archive/writer.ts";
import { schemaText } from "../dump/schema-text.ts";
import { ArchiveError, UsageError } from "../errors.ts";
import type { PlannedObject } from "../plan/planned-objects.ts";
import {
  DATA_FOLDER,
  dataFile,
  FOLDER_MANIFEST,
  type FolderManifest,
  type FolderRelation,
  parseFolderManifest,
  parseSection,
  SCHEMA_FILES,
} from "./layout.ts";

export interface UnpackOptions {
  /** Stops the work; no archive appears then. */
  readonly signal?: AbortSignal | undefined;
}

export interface UnpackResult {
  readonly archiveBytes: number;
  readonly objects: number;
  readonly relations: number;
  readonly rows: number;
}

/**
 * Writes the archive of a folder. From the folder of a reproducible archive that nobody changed comes the same archive,
 * byte for byte.
 * @throws UsageError when files contradict the manifest, ArchiveError when one is missing or no such file.
 */
export async function unpack(
  folder: string,
  target: ArchiveTarget,
  { signal }: UnpackOptions = {},
): Promise<UnpackResult> {
  const manifest = parseFolderManifest(await read(folder, FOLDER_MANIFEST));
  const objects = await readObjects(folder, manifest);
  const sink = await openSink(target);
  const writer = createArchiveWriter(sink, {
    toolVersion: manifest.tool.version,
    compression: manifest.options.compression,
  });
  try {
    if (!manifest.options.dataOnly) {
      for (const section of ["pre-data", "post-data"] as const)
        await writer.writeEntry(SCHEMA_FILES[section], schemaText(objects, section));
    }
    const relations: ManifestHead["relations"] = [];
    for (const { parts: hint, ...relation } of manifest.relations) {
      const parts = await addRows(writer, folder, relation, hint, signal);
      relations.push({
        ...relation,
        rows: parts.reduce((sum, { rows }) => sum + rows, 0),
        bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
        parts: [...parts],
        units: null,
      });
    }
    const { bytes } = await writer.finish(head(manifest, objects, relations), {
      lastEntries: psqlEntries,
    });
    return {
      archiveBytes: bytes,
      objects: objects.length,
      relations: relations.length,
      rows: relations.reduce((sum, { rows }) => sum + rows, 0),
    };
  } catch (error) {
    await writer.abort(error as Error);
    throw error;
  }
}

async function read(folder: string, name: string): Promise<string> {
  try {
    return await readFile(join(folder, name), "utf8");
  } catch (cause) {
    throw new ArchiveError(`${folder} is not a packed archive: ${name} cannot be read`, {
      object: name,
      cause,
    });
  }
}

async function readObjects(folder: string, manifest: FolderManifest): Promise<PlannedObject[]> {
  const statements = new Map<number, string[]>();
  for (const section of ["pre-data", "post-data"] as const) {
    const text = await read(folder, SCHEMA_FILES[section]);
    for (const [id, own] of parseSection(text, section, manifest)) statements.set(id, own);
  }
  return manifest.objects.map(
    (object) => ({ ...object, statements: statements.get(object.id)! }) as PlannedObject,
  );
}

/** In the manifest's own order of fields, which is that of the bytes. */
function head(
  {
    tool,
    createdAt,
    purpose,
    partial,
    database,
    options,
    roles,
    sequences,
    warnings,
    key,
  }: FolderManifest,
  objects: readonly PlannedObject[],
  relations: ManifestHead["relations"],
): ManifestHead {
  return {
    format: 2,
    tool,
    createdAt,
    purpose,
    partial,
    database,
    server: null,
    base: null,
    options,
    roles,
    objects: objects.map(
      ({ id, kind, namespace, name, section, statements, requires, parent, features }) => ({
        id,
        kind,
        namespace,
        name,
        section,
        statements,
        requires,
        parent,
        features,
      }),
    ),
    relations: relations.map(
      ({
        number,
        kind,
        namespace,
        name,
        columns,
        generated,
        rows,
        bytes,
        parts,
        where,
        masked,
        object,
        primaryKey,
        loadThrough,
      }) => ({
        number,
        kind,
        namespace,
        name,
        columns,
        generated,
        rows,
        bytes,
        parts,
        where,
        masked,
        object,
        primaryKey,
        loadThrough,
        units: null,
      }),
    ),
    sequences,
    warnings,
    key,
    signature: null,
  };
}

async function addRows(
  writer: ArchiveWriter,
  folder: string,
  relation: Omit<FolderRelation, "parts">,
  hint: readonly number[] | undefined,
  signal: AbortSignal | undefined,
): Promise<readonly ManifestPart[]> {
  const name = `${DATA_FOLDER}/${dataFile(relation)}`;
  const path = join(folder, name);
  const check = checkFields(name, relation.columns.length);
  const sink = new PartSink(writer, relation.number);
  const asBefore = hint !== undefined && (await rowsIn(path, signal)) === sum(hint);
  try {
    if (asBefore) {
      await pipeline(createReadStream(path), check, byRows(hint), sink, { signal });
    } else {
      const cutter = new PartCutter({ buffers: writer.buffers });
      await pipeline(createReadStream(path), check, cutter, sink, { signal });
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new ArchiveError(`${folder} lacks ${name}`, { object: name, cause: error });
  }
  return sink.parts;
}

const sum = (values: readonly number[]): number => values.reduce((total, each) => total + each, 0);

async function rowsIn(path: string, signal: AbortSignal | undefined): Promise<number> {
  let rows = 0;
  try {
    for await (const chunk of createReadStream(path, { signal }))
      rows += countRows(chunk as Buffer);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  return rows;
}

/** Whether each row has as many fields as the table has columns: people and merges change such files. */
function checkFields(object: string, columns: number): Transform {
  const wanted = Math.max(0, columns - 1);
  let tabs = 0;
  let row = 1;
  return new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      for (const byte of chunk) {
        if (byte === 9) tabs++;
        else if (byte === 10) {
          if (tabs !== wanted) {
            callback(
              new UsageError(
                `${object}: row ${row} has ${tabs + 1} fields where the table has ${columns} columns`,
                { object },
              ),
            );
            return;
          }
          tabs = 0;
          row++;
        }
      }
      callback(null, chunk);
    },
  });
}

/** Cuts after these numbers of rows. */
function byRows(parts: readonly number[]): Transform {
  let part = 0;
  let rows = 0;
  let gathered: Buffer[] = [];
  return new Transform({
    readableObjectMode: true,
    readableHighWaterMark: 1,
    transform(chunk: Buffer, _encoding, callback) {
      let begin = 0;
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) {
        if (++rows < parts[part]!) continue;
        gathered.push(chunk.subarray(begin, at + 1));
        this.push({ data: Buffer.concat(gathered), rows } satisfies RowBlock);
        begin = at + 1;
        [gathered, rows] = [[], 0];
        part++;
      }
      gathered.push(chunk.subarray(begin));
      callback();
    },
  });
}
