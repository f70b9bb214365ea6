/** A store of an archive that is only read, for everything that stands between a reader and where the bytes are. */
import { ArchiveError } from "../../errors.ts";
import type { ArchiveSource, ArchiveStore } from "./store.ts";

/** @param open opens the archive, as often as it is called. */
export function readOnlyStore(open: () => Promise<ArchiveSource>): ArchiveStore {
  return {
    create: () =>
      Promise.reject(new ArchiveError("an archive that is being read cannot be written")),
    open,
  };
}
