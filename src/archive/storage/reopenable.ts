/**
 * What a stream or an address gives, to be read more than once: written to a temporary file without a name, as `openSource` does.
 */
import type { Readable } from "node:stream";
import { readOnlyStore } from "./read-only-store.ts";
import { openSource } from "./source.ts";
import type { ArchiveStore } from "./store.ts";

export interface ReopenableArchive {
  /** Opens as often as wanted, until `close`. */
  readonly store: ArchiveStore;
  /** Gives the temporary file back. */
  close(): Promise<void>;
}

/** @throws as `openSource` does. */
export async function reopenable(
  origin: Readable | URL,
  signal?: AbortSignal,
): Promise<ReopenableArchive> {
  const source = await openSource(origin, signal);
  return {
    store: readOnlyStore(async () => ({
      size: source.size,
      read: (offset, length) => source.read(offset, length),
      close: async () => undefined,
    })),
    close: () => source.close(),
  };
}
