/** What an archive can be written to, and the one place that tells the forms apart. */
import type { Writable } from "node:stream";
import { openPathSink } from "./path-sink.ts";
import type { ArchiveSink, ArchiveStore } from "./store.ts";
import { openStreamSink } from "./stream-sink.ts";

/** A path, a stream, or a store. Node's HTTP responses are streams too, although no instances of its class. */
export type ArchiveTarget = string | Writable | ArchiveStore;

/**
 * Begins an archive there.
 * @throws OutputError only when it cannot be begun.
 */
export async function openSink(target: ArchiveTarget): Promise<ArchiveSink> {
  if (typeof target === "string") return openPathSink(target);
  return "create" in target ? target.create() : openStreamSink(target);
}
