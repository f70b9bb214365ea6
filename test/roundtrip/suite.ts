/**
 * The strongest test that there is: load a case, dump, restore, dump again, and compare both dumps byte for byte,
 * rows and sequence positions included, and on the newest server the catalogs themselves; where a pg_dump is at hand
 * that knows the server, compare by it too.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { hasZstd } from "../../src/archive/format/compression.ts";
import { dump } from "../../src/dump/dump.ts";
import type { DumpOptions } from "../../src/dump/options.ts";
import { restore } from "../../src/restore/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { contentsOf, EVERYTHING } from "../support/contents.ts";
import { catalogFacts } from "../support/catalog-facts.ts";
import { corpus, type CorpusCase, dropSubscriptions, loadCase } from "../support/corpus.ts";
import { freshDatabase, MAJORS, serverFor } from "../support/postgres.ts";
import { findTool, pgDumpSchema } from "../support/tools.ts";

/** How the archive is made. A case takes another one with each major, so that in six of them it meets all. */
const WAYS: readonly DumpOptions[] = [
  { jobs: 1 },
  { jobs: 4, partBytes: 1 },
  { jobs: 4, compression: "none" },
  { jobs: 1, compression: "gzip:9", partBytes: 100 },
  ...(hasZstd() ? [{ jobs: 4, compression: "zstd:1" }] : []),
];

async function roundTrip(
  it: CorpusCase,
  way: DumpOptions & { readonly reproducible: boolean },
  major: number,
): Promise<void> {
  const { encoding } = it;
  const source = await freshDatabase({ major, encoding });
  const target = await freshDatabase({ major, encoding });
  try {
    await loadCase(source, it);
    const archive = new MemoryStore();
    // A reproducible archive is itself what the target's is to be compared with.
    const before = way.reproducible ? await contentsOf(source.url, way, archive) : undefined;
    if (before === undefined) await dump(source.url, archive, { ...EVERYTHING, ...way });
    await restore(archive, target.url, { owner: true, privileges: true });
    const after = await contentsOf(target.url, way);
    expect(after).toBe(before ?? (await contentsOf(source.url, way)));
    // Once for each case, with the catalogs that have the most to tell.
    if (major === MAJORS.at(-1))
      expect(await catalogFacts(target)).toEqual(await catalogFacts(source));
    if (findTool("pg_dump", major) !== undefined) {
      const [ours, theirs] = [
        await pgDumpSchema(target.url, major),
        await pgDumpSchema(source.url, major),
      ];
      expect(ours?.replaceAll(target.name, source.name)).toBe(theirs);
    }
  } finally {
    for (const database of [source, target]) {
      await dropSubscriptions(database);
      await database.drop();
    }
  }
}

/** Declares the round trips of every case for one major. */
export function roundTrips(major: number): void {
  const cases = corpus(major);
  const withPgDump = findTool("pg_dump", major) !== undefined;

  describe(`PostgreSQL ${major}${withPgDump ? "" : " (no pg_dump for it here: compared by our own dumps alone)"}`, () => {
    beforeAll(async () => {
      await serverFor(major);
    });

    test.each(
      cases.map((it, n) => {
        const turn = n + major;
        const way = WAYS[turn % WAYS.length]!;
        // Not where catalogs are compared: there a reproducible archive leaves out what older servers have no name for.
        const reproducible = major !== MAJORS.at(-1) && Math.floor(turn / WAYS.length) % 2 === 0;
        return [it.name, it, { ...way, reproducible }] as const;
      }),
    )("%s", async (_name, it, way) => {
      await roundTrip(it, way, major);
    });
  });
}
