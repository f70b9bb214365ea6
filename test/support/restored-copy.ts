/** A database and its copy, which was dumped from one major and restored into another. */
import { expect } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { restore } from "../../src/restore/restore.ts";
import { inspectCode } from "../../src/verify/code/inspect-code.ts";
import { MemoryStore } from "./archives.ts";
import { contentsOf } from "./contents.ts";
import { type TestDatabase, withDatabase } from "./postgres.ts";

interface Copy {
  readonly source: TestDatabase;
  readonly target: TestDatabase;
}

/** The archive must hold no statement that dumps do not write. */
export function withRestoredCopy(
  { from, into }: { readonly from: number; readonly into: number },
  prepare: (source: TestDatabase) => Promise<void>,
  body: (copy: Copy) => Promise<void>,
): Promise<void> {
  return withDatabase(
    async (source) => {
      await prepare(source);
      const archive = new MemoryStore();
      await dump(source.url, archive);
      expect((await inspectCode(archive)).unknown).toEqual([]);
      await withDatabase(
        async (target) => {
          await restore(archive, target.url);
          await body({ source, target });
        },
        { major: into },
      );
    },
    { major: from },
  );
}

/** Owners and privileges are not restored. */
export async function expectSameContents(
  { source, target }: Copy,
  reproducible = false,
): Promise<void> {
  const options = { owner: false, privileges: false, reproducible };
  expect(await contentsOf(target.url, options)).toBe(await contentsOf(source.url, options));
}
