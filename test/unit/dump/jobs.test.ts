import { equal } from "node:assert/strict";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { serverVersion } from "../../../src/catalog/version.ts";
import { copyJobs, type JobOptions } from "../../../src/dump/jobs.ts";
import type { TableUnits } from "../../../src/dump/reuse/plan-units.ts";
import type { SelectedRelation } from "../../../src/dump/rows/selected-relation.ts";
import type { DataRelation } from "../../../src/plan/data-relations.ts";

function relation(facts: Partial<DataRelation> = {}): DataRelation {
  return {
    oid: 1,
    namespace: "public",
    name: "t",
    columns: ["a", "B c"],
    columnTypes: ["integer", "text"],
    generatedColumns: [],
    keyColumns: [],
    pages: 10,
    toastPages: 0,
    rows: 100,
    isHeap: true,
    isUnlogged: false,
    isForeign: false,
    condition: null,
    object: 0,
    loadThrough: null,
    ...facts,
  };
}

function selected(
  facts: Partial<DataRelation> = {},
  more: Partial<SelectedRelation> = {},
): SelectedRelation {
  return { relation: relation(facts), where: null, masks: new Map(), hasUserSql: false, ...more };
}

function options(facts: Partial<JobOptions> = {}): JobOptions {
  return {
    version: serverVersion(160000),
    workers: 1,
    encoding: "UTF8",
    reproducible: false,
    typeOf: (_oid, column) => (column === "a" ? "text" : "integer"),
    planRunsCode: () => false,
    ...facts,
  };
}

const textsOf = (one: SelectedRelation, how: Partial<JobOptions> = {}): string[] =>
  copyJobs([one], options(how)).map(({ sql }) => sql);

/** The COPY statements alone, without the condition on the name. */
const sqlOf = (one: SelectedRelation, how: Partial<JobOptions> = {}): string[] =>
  textsOf(one, how).map((text) =>
    withoutNameCondition(/COPY .*? \(ENCODING '\w+'\)/s.exec(text)![0]),
  );

const withoutNameCondition = (sql: string): string =>
  sql
    .replace(/\(pg_catalog\.width_bucket\([^\n]* = 0\n\)(?: AND )?/, "")
    .replace(/ WHERE (?= ORDER)/, "")
    .replace(/ WHERE (?=\))/, "");

describe("copyJobs", () => {
  test("copies a whole table by its name, in the database's encoding", () => {
    expect(sqlOf(selected(), { encoding: "EUC_JP" })).toEqual([
      `COPY public.t (a, "B c") TO STDOUT (ENCODING 'EUC_JP')`,
    ]);
    expect(sqlOf(selected({ columns: [] }))).toEqual([`COPY public.t TO STDOUT (ENCODING 'UTF8')`]);
  });

  test("copies by a query what is masked, chosen or configuration of an extension", () => {
    expect(sqlOf(selected({}, { where: "a > 1", masks: new Map([["B c", "md5(a)"]]) }))).toEqual([
      `COPY (SELECT a, (md5(a)\n) AS "B c" FROM ONLY public.t WHERE (a > 1\n)) TO STDOUT (ENCODING 'UTF8')`,
    ]);
    expect(sqlOf(selected({ condition: "WHERE NOT standard" }, { where: "a > 1" }))).toEqual([
      `COPY (SELECT a, "B c" FROM ONLY public.t WHERE ( NOT standard\n) AND (a > 1\n)) TO STDOUT (ENCODING 'UTF8')`,
    ]);
  });

  test("looks up the name before a query, and before a COPY that takes a while", () => {
    const guard =
      /^SELECT pg_catalog\.width_bucket\(.* CASE WHEN pg_catalog\.pg_relation_size\(2619\) IS NOT NULL AND pg_catalog\.to_regclass\('public\.t'\) = 1::pg_catalog\.oid THEN 1 ELSE 0 END\); COPY /;
    expect(textsOf(selected({ pages: 127 }))[0]).toMatch(/^COPY public/);
    expect(textsOf(selected({ pages: 128 }))[0]).toMatch(guard);
    expect(textsOf(selected(), { reproducible: true })[0]).toMatch(guard);
    expect(textsOf(selected({}, { where: "a > 1" }))[0]).toMatch(guard);
  });

  test("lets SQL of the user's read views, where the server restricts that", () => {
    const one = selected({}, { where: "a IN (SELECT a FROM v)", hasUserSql: true });
    expect(textsOf(one, { version: serverVersion(160003) })[0]).not.toContain("SET LOCAL");
    expect(textsOf(one, { version: serverVersion(160004) })[0]).toMatch(
      /; SET LOCAL restrict_nonsystem_relation_kind = ''; COPY .*; SET LOCAL restrict_nonsystem_relation_kind = 'view, foreign-table'$/s,
    );
  });

  test("cuts a large table for several connections, and leaves the last range open", () => {
    const jobs = copyJobs([selected({ pages: 5000 })], options({ workers: 2 }));
    expect(
      jobs.map(({ sql }) =>
        /WHERE (.*)\) TO/s.exec(withoutNameCondition(sql))?.[1]?.replaceAll("\n", ""),
      ),
    ).toEqual([
      "(ctid < '(1024,0)')",
      "(ctid >= '(1024,0)') AND (ctid < '(2048,0)')",
      "(ctid >= '(2048,0)') AND (ctid < '(3072,0)')",
      "(ctid >= '(3072,0)') AND (ctid < '(4096,0)')",
      "(ctid >= '(4096,0)')",
    ]);
    expect(jobs.map(({ range }) => range)).toEqual([0, 1, 2, 3, 4]);
  });

  test.each([
    ["one connection", { workers: 1 }, {}],
    ["a server without range scans", { workers: 4, version: serverVersion(130010) }, {}],
    ["another access method than heap", { workers: 4 }, { isHeap: false }],
    ["a fixed order", { workers: 4, reproducible: true }, {}],
    ["an index that calls a function", { workers: 4, planRunsCode: () => true }, {}],
    ["an extension's condition", { workers: 4 }, { condition: "WHERE x" }],
  ])("cuts nothing with %s", (_what, how, facts) => {
    expect(sqlOf(selected({ pages: 100_000, ...facts }), how)).toHaveLength(1);
  });

  test("covers every block exactly once, and gives the longest first", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(200_000), { maxLength: 8 }),
        fc.integer({ min: 2, max: 8 }),
        (sizes, workers) => {
          const jobs = copyJobs(
            sizes.map((pages) => selected({ pages })),
            options({ workers }),
          );
          for (const [index, pages] of sizes.entries()) {
            const own = jobs
              .filter((job) => job.relation === index)
              .sort((a, b) => a.range - b.range);
            expect(own.map(({ range }) => range)).toEqual(own.map((_, i) => i));
            expect(own.reduce((sum, job) => sum + job.pages, 0)).toBe(pages);
            let at = 0;
            for (const [i, { sql, pages: share }] of own.entries()) {
              const from = /ctid >= '\((\d+),0\)'/.exec(sql)?.[1];
              const to = /ctid < '\((\d+),0\)'/.exec(sql)?.[1];
              equal(Number(from ?? 0), at);
              at += share;
              equal(to === undefined, i === own.length - 1);
              if (to !== undefined) equal(Number(to), at);
            }
          }
          const order = jobs.map(({ pages }) => pages);
          expect(order).toEqual([...order].sort((a, b) => b - a));
        },
      ),
    );
  });

  test("sorts for reproducible dumps by the key's bytes, else by the whole row", () => {
    expect(sqlOf(selected({ keyColumns: ["B c", "a"] }), { reproducible: true })).toEqual([
      `COPY (SELECT a, "B c" FROM ONLY public.t ORDER BY public.t."B c", public.t.a COLLATE "C") TO STDOUT (ENCODING 'UTF8')`,
    ]);
    expect(sqlOf(selected(), { reproducible: true })).toEqual([
      `COPY (SELECT a, "B c" FROM ONLY public.t ORDER BY ROW(public.t.a, public.t."B c")::pg_catalog.text COLLATE "C") TO STDOUT (ENCODING 'UTF8')`,
    ]);
    expect(sqlOf(selected({ columns: [] }), { reproducible: true })).toEqual([
      `COPY (SELECT  FROM ONLY public.t) TO STDOUT (ENCODING 'UTF8')`,
    ]);
  });
});

test("a table that is compared begins first, and other tables are copied while it is", () => {
  const units = (count: number, isCompared: boolean): TableUnits => ({
    oid: 1,
    filenode: 1,
    fingerprint: "",
    blocks: 512,
    count,
    earlier: isCompared ? { relation: undefined as never, units: [] } : null,
    oldestRunning: null,
  });
  const relations = [relation({ pages: 2048 }), relation({ pages: 4096 }), relation({ pages: 20 })];
  const order = (isCompared: boolean): number[][] =>
    copyJobs(
      relations.map((facts) => selected(facts)),
      options({ workers: 2, units: [units(4, false), units(8, isCompared), null] }),
    ).map((job) => [job.relation, job.range]);
  expect(order(true)).toEqual([
    [1, 0],
    [0, 0],
    [0, 1],
    [2, 0],
    [1, 1],
    [1, 2],
    [1, 3],
  ]);
  expect(order(false)).toEqual([
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
    [1, 2],
    [1, 3],
    [2, 0],
  ]);
});
