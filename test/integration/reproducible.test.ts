/** The same contents give the same archive: on every major, with any number of jobs, at any time. */
import { createHash } from "node:crypto";
import { afterEach, expect, test, vi } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import type { DumpOptions } from "../../src/dump/options.ts";
import { dumpForCi } from "../../src/nexushub/ci/dump-for-ci.ts";
import { loadNexusHubDemoData } from "../../src/nexushub/demo-data/index.ts";
import { restore } from "../../src/restore/restore.ts";
import { templateDatabase, withDatabase } from "../support/postgres.ts";
import { MemoryStore } from "../support/archives.ts";
import { differences, NO_DIFFERENCES } from "../support/contents.ts";

// Three servers and thirty dumps: longer than others where much else runs.
vi.setConfig({ testTimeout: 240_000 });
afterEach(() => void vi.useRealTimers());

const digest = ({ bytes }: MemoryStore): string => createHash("sha256").update(bytes).digest("hex");

type Make = (url: string, store: MemoryStore, options: DumpOptions) => Promise<unknown>;

const SAMPLE = {
  audit_log: "newest 50",
  connection_logs: "newest 20 by recorded_at",
  wg_peers: "25%",
  users: "where role = 'admin'",
};
const MASK = {
  "users.email": "@email",
  "users.username": "@name",
  "audit_log.actor_ip": "@ip",
  "audit_log.actor_ua": "@user-agent",
  "audit_log.metadata": "@json",
  "wg_peers.description": "upper(description)",
};
const OTHERS: Readonly<Record<string, Make>> = {
  sample: (url, store, options) => dump(url, store, { ...options, sample: SAMPLE }),
  masks: (url, store, options) => dump(url, store, { ...options, mask: MASK }),
  both: (url, store, options) => dump(url, store, { ...options, sample: SAMPLE, mask: MASK }),
  "preset ci": (url, store, options) =>
    dumpForCi(url, store, { ...options, sample: { audit_log: "newest 50" } }),
};

test("gives one SHA-256 from PostgreSQL 13, 16 and 18, one job and four, today and tomorrow", async () => {
  const archives: MemoryStore[] = [];
  /** The other ways to make fixtures: each gives one archive as well. */
  const others = new Map<string, Set<string>>();
  for (const major of [13, 16, 18]) {
    const template = await templateDatabase(
      "nexushub_small",
      async (url) => void (await loadNexusHubDemoData(url, { auditRows: 500 })),
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
        // One of them with four jobs is enough: each way must give one archive from all three.
        const jobs = major === 16 ? 4 : 1;
        vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + major * 86_400_000 });
        for (const [name, make] of Object.entries(OTHERS)) {
          const store = new MemoryStore();
          await make(source.url, store, { reproducible: true, jobs });
          others.set(name, (others.get(name) ?? new Set()).add(digest(store)));
        }
        vi.useRealTimers();
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
    expect(await differences(archives[0]!, other)).toEqual(NO_DIFFERENCES);
  }
  expect(new Set(archives.map(digest)).size).toBe(1);
  expect([...others].map(([name, digests]) => [name, digests.size])).toEqual(
    Object.keys(OTHERS).map((name) => [name, 1]),
  );
});

test.each<DumpOptions>([
  { reproducible: true },
  { sample: { "public.t": "newest 2 by a" } },
  { sample: { "public.t": "100%" } },
])("%j does not compute virtual columns, which can fail", async (options) => {
  await withDatabase(
    async (source) => {
      await source.query(`CREATE TABLE public.t (a int, v int GENERATED ALWAYS AS (1 / a) VIRTUAL);
        INSERT INTO public.t VALUES (0), (1)`);
      const { rows } = await dump(source.url, new MemoryStore(), options);
      expect(rows).toBe(2);
    },
    { major: 18 },
  );
});
