/** Reads the data files of a packed folder into the parts of a new archive. */
import type { FileHandle } from "node:fs/promises";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ManifestPart } from "../archive/format/manifest.ts";
import { PartCutter } from "../archive/part-cutter.ts";
import { PartSink } from "../archive/part-sink.ts";
import { countRows, type RowBlock } from "../archive/rows.ts";
import type { ArchiveWriter } from "../archive/writer.ts";
import { UsageError, throwIfAborted } from "../errors.ts";
import { MAX_PART_BYTES } from "../limits.ts";
import { openPlainFile, unreadable } from "./folder-access.ts";
import type { FolderRelation } from "./folder-schema.ts";
import { convertedFile } from "./line-ends.ts";
import { DATA_FOLDER, dataFile } from "./layout.ts";
import { systemReason } from "../util/system-reason.ts";

const TAB = 9;
const NEWLINE = 10;
const CARRIAGE_RETURN = 13;

/**
 * Adds the rows of a relation's data file. A file with as many rows as the manifest counts is cut where the packed
 * archive was cut.
 * @throws UsageError naming the file, only when a row does not fit the table; ArchiveError when it cannot be read.
 */
export async function addRows(
  writer: ArchiveWriter,
  folder: string,
  relation: FolderRelation,
  signal: AbortSignal | undefined,
): Promise<readonly ManifestPart[]> {
  const name = `${DATA_FOLDER}/${dataFile(relation)}`;
  const file = await openPlainFile(folder, name);
  try {
    const { parts } = relation;
    const chunks = (): AsyncGenerator<Buffer> =>
      chunksOf(file, (cause) => unreadable(folder, name, systemReason(cause), cause));
    const isUnchanged =
      parts !== undefined &&
      (await rowsIn(chunks(), signal)) === parts.reduce((total, rows) => total + rows, 0);
    const sink = new PartSink(writer, relation.number);
    await pipeline(
      chunks(),
      checkRows(name, relation.columns.length),
      isUnchanged ? cutByRows(name, parts) : new PartCutter({ buffers: writer.buffers }),
      sink,
      { signal },
    );
    return sink.parts;
  } finally {
    await file.close();
  }
}

/** @throws whatever the file system throws, as `thrown` puts it. */
async function* chunksOf(
  file: FileHandle,
  thrown: (cause: unknown) => Error,
): AsyncGenerator<Buffer> {
  try {
    yield* file.createReadStream({ start: 0, autoClose: false }) as AsyncIterable<Buffer>;
  } catch (cause) {
    throw thrown(cause);
  }
}

async function rowsIn(
  chunks: AsyncIterable<Buffer>,
  signal: AbortSignal | undefined,
): Promise<number> {
  let rows = 0;
  for await (const chunk of chunks) {
    throwIfAborted(signal, "while unpacking");
    rows += countRows(chunk);
  }
  return rows;
}

/** Checks that each row has as many fields as the table has columns: people and merges change such files. */
function checkRows(file: string, columns: number): Transform {
  const expected = Math.max(0, columns - 1);
  let tabs = 0;
  let row = 1;
  let last = NEWLINE;
  const wrong = (what: string): UsageError =>
    new UsageError(`${file}: row ${row} ${what}`, { object: file });
  return new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      for (const byte of chunk) {
        if (byte === TAB) tabs++;
        else if (byte === CARRIAGE_RETURN) {
          // COPY text escapes those of values.
          callback(convertedFile(file));
          return;
        } else if (byte === NEWLINE) {
          if (tabs !== expected) {
            callback(wrong(`has ${tabs + 1} fields where the table has ${columns} columns`));
            return;
          }
          tabs = 0;
          row++;
        }
      }
      last = chunk.at(-1) ?? last;
      callback(null, chunk);
    },
    flush(callback) {
      callback(last === NEWLINE ? null : wrong("does not end with a newline"));
    },
  });
}

/** Cuts after these numbers of rows; their sum is the number of rows that follow. */
function cutByRows(file: string, parts: readonly number[]): Transform {
  let part = 0;
  let rows = 0;
  let size = 0;
  let gathered: Buffer[] = [];
  return new Transform({
    readableObjectMode: true,
    readableHighWaterMark: 1,
    transform(chunk: Buffer, _encoding, callback) {
      let begin = 0;
      for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, at + 1)) {
        if (++rows < parts[part]!) continue;
        gathered.push(chunk.subarray(begin, at + 1));
        this.push({ data: Buffer.concat(gathered), rows } satisfies RowBlock);
        begin = at + 1;
        [gathered, rows, size] = [[], 0, 0];
        part++;
      }
      gathered.push(chunk.subarray(begin));
      size += chunk.length - begin;
      if (size <= MAX_PART_BYTES) callback();
      else callback(new UsageError(`${file}: part ${part + 1} is too large`, { object: file }));
    },
  });
}
