/** What an archive can be written to, and the one place that tells the forms apart. */
import type { Writable } from "node:stream";
import { UsageError } from "../../errors.ts";
import { openPathSink } from "./path-sink.ts";
import type { ArchiveSink, ArchiveStore } from "./store.ts";
import { openStreamSink } from "./stream-sink.ts";

/** A path, a stream, or a store. Node's HTTP responses are streams too, although no instances of its class. */
export type ArchiveTarget = string | Writable | ArchiveStore;

/**
 * Begins an archive there.
 * @throws OutputError only when it cannot be begun; UsageError only for a value of another kind.
 */
export async function openSink(target: ArchiveTarget): Promise<ArchiveSink> {
  if (typeof target === "string") return openPathSink(target);
  const { create, write, on } = (target ?? {}) as Partial<ArchiveStore & Writable>;
  if (typeof create === "function") return (target as ArchiveStore).create();
  if (typeof write === "function" && typeof on === "function")
    return openStreamSink(target as Writable);
  throw new UsageError(
    "the archive is to go neither to a path, nor a stream of Node.js, nor a store",
    {
      hint: "give the path of the archive",
    },
  );
}
