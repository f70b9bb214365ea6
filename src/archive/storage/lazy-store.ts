/** A store that is created when it is first used, so that what it needs is loaded then. */
import type { ArchiveStore } from "./store.ts";

export function lazyStore(create: () => Promise<ArchiveStore>): ArchiveStore {
  let created: Promise<ArchiveStore> | undefined;
  const store = (): Promise<ArchiveStore> => (created ??= create());
  return {
    create: async () => (await store()).create(),
    open: async () => (await store()).open(),
  };
}
