/** A differential archive and its base, as something that every operation reads: none of them needs to know of bases. */
import { readOnlyStore } from "../storage/read-only-store.ts";
import type { ArchiveOrigin, RereadableArchive } from "../storage/source.ts";
import type { ArchiveStore } from "../storage/store.ts";

/**
 * The same archive, whose base is at another place than beside it. The digest that the archive records tells whether it is the
 * right one. An encrypted base is decrypted first: `withBase(archive, decryptArchive(base, identities))`.
 */
export function withBase(origin: ArchiveOrigin, base: RereadableArchive): ArchiveStore {
  const nearby =
    typeof base === "string"
      ? base
      : readOnlyStore(async () => (await import("../storage/source.ts")).openSource(base));
  // Loaded when it is opened: importing the library is cheap.
  return readOnlyStore(async () => {
    const { openSource } = await import("../storage/source.ts");
    const source = await openSource(origin);
    return {
      size: source.size,
      read: (offset, length) => source.read(offset, length),
      close: () => source.close(),
      fileName: source.fileName,
      stored: source.stored,
      nearby: async () => [nearby],
    };
  });
}
