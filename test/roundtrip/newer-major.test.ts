/**
 * From an older major into a newer one, beside PostgreSQL's own tools: each case is copied by us and by pg_dump | psql, and
 * our dumps of both copies must be the same. Where they are not, `newer-major-differences.ts` has the reason. Our own copy
 * must be the same as the archive of the older server, too.
 */
import { describe, expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { restore } from "../../src/restore/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { differences, EVERYTHING } from "../support/contents.ts";
import { corpus, type CorpusCase, dropSubscriptions, loadCase } from "../support/corpus.ts";
import { freshDatabase, type TestDatabase } from "../support/postgres.ts";
import { loadWithPsql, pgDump } from "../support/psql.ts";
import { findTool } from "../support/tools.ts";
import { changedByNewerMajor, knownDifferences } from "./newer-major-differences.ts";

const isFull = process.env["NEXUSHUB_DUMP_ROUNDTRIP"] === "full";

/** The quick gate takes the first two, and each case of it with one of them. */
const PAIRS = [
  [13, 18],
  [15, 18],
  [14, 18],
  [13, 16],
  [15, 17],
  [16, 18],
  [17, 18],
] as const;

/** Kinds that newer majors gave another meaning, other privileges or other columns. */
const CHANGED =
  /^(policy|privileges|default-privileges|publication|schema|subscription|comment--constraints|constraint--(forms|trees)|table--inheritance)/;

/** Cases whose copies cannot be made by both: a newer major refuses what they hold. */
const REFUSED: ReadonlySet<string> = new Set([
  "operator--postfix",
  "table--generated-in-child",
  "table--generated-two-parents",
]);

/** ALTER ROLE, and DO blocks that create roles. */
const ROLE_STATEMENTS = /^(ALTER ROLE [^;]*|DO \$do\$BEGIN\s+CREATE ROLE.*?END\$do\$);$/gms;

function casesOf(n: number): CorpusCase[] {
  const [from] = PAIRS[n]!;
  const all = corpus(from).filter(({ name }) => !REFUSED.has(name));
  if (isFull) return all;
  return all.filter(({ name }, index) => CHANGED.test(name) && index % 2 === n);
}

/** A database of the newer server, with the roles of a case and what it says of them. */
async function emptyCopy(testCase: CorpusCase, major: number): Promise<TestDatabase> {
  const copy = await freshDatabase({ major, encoding: testCase.encoding });
  const ofRoles = testCase.sql.match(ROLE_STATEMENTS) ?? [];
  await loadCase(copy, { ...testCase, sql: ofRoles.join("\n") });
  return copy;
}

/** Our dump of a copy, which is then dropped. */
async function dumpOf(copy: TestDatabase): Promise<MemoryStore> {
  const store = new MemoryStore();
  try {
    await dump(copy.url, store, { ...EVERYTHING, jobs: 1 });
  } finally {
    await dropSubscriptions(copy);
    await copy.drop();
  }
  return store;
}

/** The archive, our dump of its copy, and our dump of pg_dump's copy. */
async function bothCopies(testCase: CorpusCase, from: number, to: number) {
  const source = await freshDatabase({ major: from, encoding: testCase.encoding });
  try {
    await loadCase(source, testCase);
    const archive = new MemoryStore();
    await dump(source.url, archive, { ...EVERYTHING, jobs: 1 });
    const script = await pgDump(source.url, from);
    const ours = await emptyCopy(testCase, to);
    await restore(archive, ours.url, { owner: true, privileges: true, trusted: true });
    const ownDump = await dumpOf(ours);
    const theirs = await emptyCopy(testCase, to);
    // As people run it: what the newer server refuses is passed over.
    loadWithPsql(script!, theirs.url, "-v", "ON_ERROR_STOP=0");
    return [archive, ownDump, await dumpOf(theirs)] as const;
  } finally {
    await dropSubscriptions(source);
    await source.drop();
  }
}

/** Each difference in a line: its kind, name and, of a changed object, the lines that only one copy has. */
async function differenceLines(ours: MemoryStore, theirs: MemoryStore): Promise<string[]> {
  const { objects, relations, sequences } = await differences(ours, theirs);
  const only = (a: string, b: string): string =>
    a
      .split("\n")
      .filter((line) => !b.split("\n").includes(line))
      .join(" / ");
  return [
    ...objects.removed.map(({ kind, name, sql }) => `ours: ${kind} ${name}: ${sql}`),
    ...objects.added.map(({ kind, name, sql }) => `theirs: ${kind} ${name}: ${sql}`),
    ...objects.changed.map(
      ({ kind, name, before, after }) =>
        `changed: ${kind} ${name}: ${only(before, after)} | ${only(after, before)}`,
    ),
    ...relations.map(({ name, added, removed }) => `rows: ${name}: +${added} -${removed}`),
    ...sequences.map(({ name, before, after }) => `position: ${name}: ${before} | ${after}`),
  ];
}

describe.each(
  PAIRS.slice(0, isFull ? undefined : 2).map(([from, to], n) => ({ from, to, cases: casesOf(n) })),
)("PostgreSQL $from to $to", ({ from, to, cases }) => {
  test
    .skipIf(findTool("pg_dump", from) === undefined)
    .each(cases.map((testCase) => [testCase.name, testCase] as const))(
    "%s",
    async (name, testCase) => {
      const [archive, ours, theirs] = await bothCopies(testCase, from, to);
      const changed = changedByNewerMajor(name);
      const ownLines = await differenceLines(archive, ours);
      expect(ownLines.filter((line) => !changed.some((each) => each.test(line)))).toEqual([]);
      const lines = await differenceLines(ours, theirs);
      const known = knownDifferences(name);
      expect(lines.filter((line) => !known.some((pattern) => pattern.test(line)))).toEqual([]);
    },
  );
});
