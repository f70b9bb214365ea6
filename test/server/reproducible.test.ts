/** The same contents give the same archive: on every major, with any number of jobs, at any time. */
import { createHash } from "node:crypto";
import { afterEach, expect, it, vi } from "vitest";
import { diff } from "../../src/diff/diff.ts";
import { dump } from "../../src/dump/dump.ts";
import { loadNexusHubFixture } from "../../src/nexushub/fixture/index.ts";
import { restore } from "../../src/restore/restore.ts";
import { templateDatabase, withDatabase } from "../support/postgres.ts";
import { MemoryStore } from "../support/archives.ts";

afterEach(() => void vi.useRealTimers());

it("gives one SHA-256 from PostgreSQL 13, 16 and 18, one job and four, today and tomorrow", async () => {
  const archives: MemoryStore[] = [];
  for (const major of [13, 16, 18]) {
    const template = await templateDatabase(
      "nexushub_small",
      async (url) => void (await loadNexusHubFixture(url, { auditRows: 500 })),
      { major },
    );
    await withDatabase(
      async (source) => {
        for (const jobs of [1, 4]) {
          vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + jobs * 86_400_000 });
          const store = new MemoryStore();
          await dump(source.url, store, { reproducible: true, jobs });
          vi.useRealTimers();
          archives.push(store);
        }
        // And from a copy, whose objects have other oids and whose rows lie elsewhere.
        await withDatabase(
          async (copy) => {
            await restore(archives.at(-1)!, copy.url);
            const store = new MemoryStore();
            await dump(copy.url, store, { reproducible: true });
            archives.push(store);
          },
          { major },
        );
      },
      { major, template },
    );
  }
  for (const other of archives.slice(1)) {
    const { objects, relations, sequences } = await diff(archives[0]!, other);
    expect({ objects, relations, sequences }).toEqual({
      objects: { added: [], removed: [], changed: [] },
      relations: [],
      sequences: [],
    });
  }
  const digests = archives.map(({ bytes }) => createHash("sha256").update(bytes).digest("hex"));
  expect(new Set(digests).size).toBe(1);
});
