/** Bytes from a source to a sink, from front to back in bounded memory, with their digest. */
import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { throwIfAborted } from "../../errors.ts";
import type { ArchiveSink, ArchiveSource } from "../../archive/storage/store.ts";

/** Read at once; a store is asked for several of them side by side. */
const CHUNK_BYTES = 4 * 1024 * 1024;
const CHUNKS_AHEAD = 6;
/** Hashed in some milliseconds: other things must go on meanwhile. */
const HASH_BYTES = 512 * 1024;

export interface TransferOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the bytes that are done. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

/**
 * Reads all bytes, and gives each chunk to `take` in order.
 * @returns their SHA-256, as lower-case hex.
 * @throws AbortedError when the signal fired; what the source and `take` throw.
 */
export async function readAll(
  source: Pick<ArchiveSource, "size" | "read" | "stored">,
  { signal, onBytes }: TransferOptions,
  take: ArchiveSink["write"] = async () => undefined,
): Promise<string> {
  const hash = createHash("sha256");
  const ahead: Promise<Buffer>[] = [];
  let [asked, done] = [0, 0];
  while (done < source.size) {
    while (ahead.length < CHUNKS_AHEAD && asked < source.size) {
      const length = Math.min(CHUNK_BYTES, source.size - asked);
      const chunk = source.read(asked, length);
      // A failure may end the loop before it awaits this.
      chunk.catch(() => undefined);
      ahead.push(chunk);
      asked += length;
    }
    throwIfAborted(signal, "while copying");
    const bytes = await ahead.shift()!;
    for (let at = 0; at < bytes.length; at += HASH_BYTES) {
      if (at > 0) await setImmediate();
      hash.update(bytes.subarray(at, at + HASH_BYTES));
    }
    const object = source.stored;
    await take(bytes, object === undefined ? undefined : { object, offset: done });
    done += bytes.length;
    onBytes?.(done);
  }
  return hash.digest("hex");
}
