/**
 * The strongest test: load a case, dump, restore, dump again, and compare both dumps byte for byte, including rows and
 * sequence values. On the newest server the catalogs themselves are compared too, and where a pg_dump for the server is
 * installed, its output.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { hasZstd } from "../../src/archive/format/compression.ts";
import { dump } from "../../src/dump/dump.ts";
import type { DumpOptions } from "../../src/dump/options.ts";
import { restore } from "../../src/restore/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { inspectCode } from "../../src/verify/code/inspect-code.ts";
import { contentsOfArchive, EVERYTHING, manifestOf } from "../support/contents.ts";
import { catalogFacts } from "../support/catalog-facts.ts";
import { type CorpusCase, dropSubscriptions, loadCase, wholeCorpus } from "../support/corpus.ts";
import { freshDatabase, MAJORS, serverFor } from "../support/postgres.ts";
import { findTool, pgDumpSchema } from "../support/tools.ts";
import { recordedFeatures } from "./recorded-features.ts";

/** Options of the dump. A case takes others with each of its majors, so that together they cover all of them. */
const VARIANTS: readonly DumpOptions[] = [
  { jobs: 1 },
  { jobs: 2, partBytes: 1 },
  { jobs: 2, compression: "none" },
  { jobs: 1, compression: "gzip:9", partBytes: 100 },
  ...(hasZstd() ? [{ jobs: 2, compression: "zstd:1" }] : []),
];

/** Where pg_dump breaks a cycle that it has no rule for depends on oids. */
const CYCLIC = /^dependency--function-bodies$/;

/** The objects of a plain dump in no order. */
function objectsOf(plain: string | undefined): string[] {
  return (plain ?? "").split(/^--\n-- Name: /m).sort();
}

async function roundTrip(
  testCase: CorpusCase,
  options: DumpOptions & { readonly reproducible: boolean },
  major: number,
): Promise<void> {
  const { encoding } = testCase;
  const source = await freshDatabase({ major, encoding });
  const target = await freshDatabase({ major, encoding });
  try {
    await loadCase(source, testCase);
    const [before, after] = [new MemoryStore(), new MemoryStore()];
    await dump(source.url, before, { ...EVERYTHING, ...options });
    const { objects } = await manifestOf(before);
    const { recorded, expected } = recordedFeatures(testCase.name, objects);
    // Before 14 a statement needs nothing that the server does not have.
    if (major >= 14) expect(recorded).toEqual(expected);
    // What a dump writes is what `inspect --code` takes for written by a dump.
    expect((await inspectCode(before)).unknown).toEqual([]);
    await restore(before, target.url, { owner: true, privileges: true });
    await dump(target.url, after, { ...EVERYTHING, ...options });
    expect(await contentsOfArchive(after)).toBe(await contentsOfArchive(before));
    // Once for each case, on the major with the most catalogs.
    if (major === MAJORS.at(-1))
      expect(await catalogFacts(target)).toEqual(await catalogFacts(source));
    if (findTool("pg_dump", major) !== undefined) {
      const [ours, theirs] = [
        await pgDumpSchema(target.url, major),
        await pgDumpSchema(source.url, major),
      ];
      const [a, b] = [ours?.replaceAll(target.name, source.name), theirs];
      if (CYCLIC.test(testCase.name)) expect(objectsOf(a)).toEqual(objectsOf(b));
      else expect(a).toBe(b);
    }
  } finally {
    for (const database of [source, target]) {
      if (testCase.sql.includes("SUBSCRIPTION")) await dropSubscriptions(database);
      await database.drop();
    }
  }
}

/** All but the newest, whose catalogs are compared, and that of the pg_dump whose output is. */
const IN_TURN = [13, 14, 16, 17];

/**
 * The majors on which a case runs: all of its own with `npm run test:roundtrip`. Else, of `IN_TURN`, the first and the last
 * of a case that not all majors have, and one more, another one than for the case before it.
 *
 * @param n the case's place among all cases.
 */
function majorsOf({ oldest, newest }: CorpusCase, n: number): readonly number[] {
  const majors = MAJORS.filter((major) => oldest <= major && major <= newest);
  if (process.env["NEXUSHUB_DUMP_ROUNDTRIP"] === "full") return majors;
  const turn = IN_TURN[n % IN_TURN.length];
  const own = [oldest === MAJORS[0] ? undefined : oldest, newest, turn];
  return majors.filter((major) => !IN_TURN.includes(major) || own.includes(major));
}

/** Declares the round trips of every case for one major. */
export function roundTrips(major: number): void {
  const cases = wholeCorpus()
    .map((testCase, n) => ({ testCase, n, majors: majorsOf(testCase, n) }))
    .filter(({ majors }) => majors.includes(major));
  const withPgDump = findTool("pg_dump", major) !== undefined;

  describe(`PostgreSQL ${major}${withPgDump ? "" : " (without pg_dump)"}`, () => {
    beforeAll(async () => {
      await serverFor(major);
    });

    test.each(
      cases.map(({ testCase, n, majors }) => {
        const turn = n + majors.indexOf(major);
        const options = VARIANTS[turn % VARIANTS.length]!;
        // Not where catalogs are compared: reproducible archives leave out names that older servers do not store.
        const reproducible =
          major !== MAJORS.at(-1) && Math.floor(turn / VARIANTS.length) % 2 === 0;
        return [testCase.name, testCase, { ...options, reproducible }] as const;
      }),
    )("%s", async (_name, testCase, options) => {
      await roundTrip(testCase, options, major);
    });
  });
}
