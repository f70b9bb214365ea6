/** What an archive can be written to, and the one place that tells the forms apart. */
import { Writable } from "node:stream";
import type { WritableStream } from "node:stream/web";
import { fileURLToPath } from "node:url";
import { UsageError } from "../../errors.ts";
import { isStoreAddress } from "../../store/address.ts";
import { openPathSink } from "./path-sink.ts";
import { s3Store } from "./s3-store.ts";
import type { ArchiveSink, ArchiveStore } from "./store.ts";
import { openStreamSink } from "./stream-sink.ts";

/** What an archive sink uses of a writable web stream, whichever library declares its type. */
export interface WebWritable {
  /** Whether something writes to it already. */
  readonly locked: boolean;
  /** Takes the stream for one writer. */
  getWriter(): unknown;
  /** Tells the receiver of the stream that what it got is not whole. */
  abort(reason?: unknown): Promise<void>;
}

/**
 * A path; the address of an object (`s3://bucket/key`); a `file:` URL; a stream of Node.js or of the web; or a store. Node's HTTP responses are streams too, although no
 * instances of its class.
 */
export type ArchiveTarget = string | URL | Writable | WebWritable | ArchiveStore;

/** The path of a target, or of an archive to read; null for all that has none. */
export function pathOf(target: string | object): string | null {
  if (typeof target === "string") return target;
  return target instanceof URL && target.protocol === "file:" ? fileURLToPath(target) : null;
}

/**
 * Begins an archive there.
 * @throws OutputError only when it cannot be begun; UsageError only for a value of another kind.
 */
export async function openSink(target: ArchiveTarget): Promise<ArchiveSink> {
  if (isStoreAddress(target)) return s3Store(target).create();
  const path = pathOf(target);
  if (path !== null) return openPathSink(path);
  const { create, write, on, getWriter } = (target ?? {}) as Partial<
    ArchiveStore & Writable & WebWritable
  >;
  if (typeof create === "function") return (target as ArchiveStore).create();
  if (typeof write === "function" && typeof on === "function")
    return openStreamSink(target as Writable);
  if (typeof getWriter === "function")
    return openStreamSink(Writable.fromWeb(target as WritableStream));
  throw new UsageError(
    "the archive is to go neither to a path, a file: URL, a writable stream, nor a store",
    { hint: "give the path of the archive" },
  );
}
