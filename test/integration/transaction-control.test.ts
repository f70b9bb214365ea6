/** An archive whose statements end the transaction: a restore of it fails, and never says that it was rolled back. */
import { expect, test } from "vitest";
import { restore } from "../../src/restore/restore.ts";
import { MemoryStore, writeSample } from "../support/archives.ts";
import { withDatabase } from "../support/postgres.ts";

async function archiveWith(...statements: string[]): Promise<MemoryStore> {
  const store = new MemoryStore();
  const object = {
    id: 0,
    kind: "table",
    namespace: "public",
    name: "t",
    section: "pre-data" as const,
    statements: ["CREATE TABLE public.t (a int)", ...statements],
    requires: [],
    parent: null,
    features: [],
    accessMethod: null,
    roles: [],
  };
  await writeSample(await store.create(), {
    tables: [],
    change: (head) => ({ ...head, objects: [object] }),
  });
  return store;
}

test.each([["COMMIT"], ["COMMIT; BEGIN"], ["COMMIT AND CHAIN"], ["ROLLBACK"], ["ROLLBACK; BEGIN"]])(
  "%s in an archive makes the restore fail, a dry run as well",
  async (statement) => {
    const store = await archiveWith(statement);
    await withDatabase(async (target) => {
      for (const dryRun of [true, false]) {
        await expect(restore(store, target.url, { dryRun, force: true })).rejects.toMatchObject({
          code: "SERVER",
          message: "a statement of the archive ended the transaction of the restore",
        });
      }
    });
  },
);
