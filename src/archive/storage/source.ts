/**
 * Sources that an archive can be read from. A file is read in place. A stream can't be read from its end, where the
 * manifest is, so it is first written to a temporary file that is unlinked before the first byte arrives: everything is
 * verified before a database is touched, and nothing is left even after a crash.
 */
import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";
import { Readable, addAbortSignal } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { fileURLToPath } from "node:url";
import { types } from "node:util";
import { AbortedError, ArchiveError, isNexushubDumpError, UsageError } from "../../errors.ts";
import { finalPath, TemporaryFile } from "../../util/temp-file.ts";
import { type BlobLike, blobSource, bytesSource } from "./bytes-source.ts";
import { openAddress } from "./web-address.ts";
import { isStoreAddress } from "../../store/address.ts";
import { nearbyFiles } from "../base/nearby-files.ts";
import { s3Store } from "./s3-store.ts";
import type { ArchiveSource, ArchiveStore, BaseHint } from "./store.ts";
import { systemReason } from "../../util/system-reason.ts";

/** What an archive source uses of a readable web stream, whichever library declares its type. */
export interface WebReadable {
  /** Whether something reads it already. */
  readonly locked: boolean;
  /** Takes the stream for one reader. */
  getReader(): unknown;
  /** Tells the source of the stream that no more is wanted. */
  cancel(reason?: unknown): Promise<void>;
}

/**
 * A path; the address of an object (`s3://bucket/key`), as text or `URL`; a URL of a file or of a web server; bytes; a `Blob`;
 * a stream of Node.js or of the web; or a store. Streams and what comes from a web server are written to the folder for
 * temporary files first.
 */
export type ArchiveOrigin = RereadableArchive | Readable | WebReadable;

/** An archive that can be read more than once: all but streams. */
export type RereadableArchive = string | URL | Uint8Array | ArrayBuffer | BlobLike | ArchiveStore;

/**
 * @throws ArchiveError only when there is nothing to read; OutputError only when a stream can't be spooled; UsageError only
 *   for a value of another kind.
 */
export async function openSource(
  origin: ArchiveOrigin,
  signal?: AbortSignal,
): Promise<ArchiveSource> {
  if (isStoreAddress(origin)) return s3Store(origin).open();
  if (typeof origin === "string") return openFile(origin, signal);
  if (origin instanceof URL) return openUrl(origin, signal);
  if (origin instanceof Readable) return spool(origin, signal);
  if (origin instanceof ArrayBuffer) return bytesSource(new Uint8Array(origin));
  if (ArrayBuffer.isView(origin))
    return bytesSource(new Uint8Array(origin.buffer, origin.byteOffset, origin.byteLength));
  const { open, getReader, slice } = (origin ?? {}) as Partial<
    ArchiveStore & WebReadable & BlobLike
  >;
  if (typeof open === "function") return (origin as ArchiveStore).open();
  if (typeof getReader === "function")
    // In object mode what is no bytes arrives as it is, and is refused.
    return spool(Readable.fromWeb(origin as ReadableStream, { objectMode: true }), signal);
  if (typeof slice === "function" && !Array.isArray(origin)) return blobSource(origin as BlobLike);
  throw new UsageError(
    "the archive is neither a path, a URL, bytes, a Blob, a readable stream, nor a store",
    { hint: "give the path of the archive" },
  );
}

async function openUrl(url: URL, signal: AbortSignal | undefined): Promise<ArchiveSource> {
  if (isStoreAddress(url.href)) return s3Store(url.href).open();
  if (url.protocol === "file:") return openFile(fileURLToPath(url), signal);
  if (url.protocol === "https:" || url.protocol === "http:")
    return spool(await openAddress(url, signal), signal);
  throw new UsageError(`the archive is a URL of the scheme ${url.protocol}`, {
    hint: "give one of file:, https:, http: or s3:",
  });
}

const FOLDER = "it is a folder (one that pack wrote is an archive again after unpack)";

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: FOLDER,
};

function readError(path: string, cause: unknown): Error {
  if (isNexushubDumpError(cause)) return cause;
  const { code = "" } = cause as NodeJS.ErrnoException;
  const object = finalPath(path);
  return new ArchiveError(`cannot read ${object}: ${REASONS[code] ?? systemReason(cause)}`, {
    object,
    cause,
  });
}

async function openFile(path: string, signal: AbortSignal | undefined): Promise<ArchiveSource> {
  let file: FileHandle;
  try {
    file = await open(path, "r");
  } catch (cause) {
    throw readError(path, cause);
  }
  try {
    const facts = await file.stat();
    if (facts.isFile()) return new FileSource(file, path, facts.size);
    if (facts.isDirectory())
      throw new ArchiveError(`cannot read ${path}: ${FOLDER}`, { object: path });
    // A pipe under a name (mkfifo, or a shell's <(…)).
    return await spool(file.createReadStream({ autoClose: true }), signal);
  } catch (error) {
    await file.close().catch(() => {});
    throw readError(path, error);
  }
}

async function spool(stream: Readable, signal: AbortSignal | undefined): Promise<ArchiveSource> {
  // An error before the first read would end the process; the loop below reports it all the same.
  stream.on("error", () => {});
  if (signal !== undefined) addAbortSignal(signal, stream);
  const file = await TemporaryFile.create();
  try {
    for await (const chunk of stream as AsyncIterable<unknown>) await file.append(asBytes(chunk));
  } catch (cause) {
    await file.close();
    if (signal?.aborted) throw new AbortedError("while reading the archive", { cause });
    if (isNexushubDumpError(cause)) throw cause;
    throw new ArchiveError("the stream broke off before the archive was complete", { cause });
  }
  return {
    size: file.size,
    async read(offset, length) {
      const buffer = Buffer.allocUnsafeSlow(length);
      await file.readInto(buffer, offset);
      return buffer;
    },
    close: () => file.close(),
  };
}

function asBytes(chunk: unknown): Uint8Array {
  if (types.isUint8Array(chunk)) return chunk;
  if (types.isAnyArrayBuffer(chunk)) return new Uint8Array(chunk);
  const what = typeof chunk === "string" ? "texts" : "objects";
  throw new UsageError(`the stream gives ${what}, where bytes belong`, {
    hint: "give a stream of bytes, without an encoding",
  });
}

class FileSource implements ArchiveSource {
  readonly size: number;
  readonly fileName: string;
  readonly #file: FileHandle;
  readonly #path: string;

  constructor(file: FileHandle, path: string, size: number) {
    this.#file = file;
    this.#path = path;
    this.size = size;
    this.fileName = basename(path);
  }

  nearby(base: BaseHint): Promise<string[]> {
    return nearbyFiles(this.#path, base);
  }

  async read(offset: number, length: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafeSlow(length);
    await this.readInto(buffer, offset);
    return buffer;
  }

  async readInto(buffer: Buffer, offset: number): Promise<void> {
    const { length } = buffer;
    for (let at = 0; at < length;) {
      const { bytesRead } = await this.#file
        .read(buffer, at, length - at, offset + at)
        .catch((error: unknown) => {
          throw readError(this.#path, error);
        });
      if (bytesRead === 0) throw new ArchiveError("the archive became shorter while it was read");
      at += bytesRead;
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
