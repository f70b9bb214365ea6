import { equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { ManifestObject, ManifestRelation } from "../../../src/archive/format/manifest.ts";
import type { DataStep, StatementStep } from "../../../src/restore/decide/steps.ts";
import { locksConflict } from "../../../src/swap/schedule/locks.ts";
import { scheduleTasks } from "../../../src/swap/schedule/schedule.ts";
import { Scheduler } from "../../../src/swap/schedule/scheduler.ts";
import type { Task } from "../../../src/swap/schedule/task.ts";
import { relationOf } from "../../support/archives.ts";

const MIB = 1024 * 1024;

function object(id: number, values: Partial<ManifestObject>): ManifestObject {
  return {
    id,
    kind: "table",
    namespace: "public",
    name: `o${id}`,
    section: "post-data",
    statements: [`SELECT ${id}`],
    requires: [],
    parent: null,
    features: [],
    accessMethod: null,
    roles: [],
    ...values,
  };
}

function table(id: number): ManifestObject {
  return object(id, { kind: "table", section: "pre-data" });
}

function step(of: ManifestObject): StatementStep {
  return { object: of, mayExist: false, index: undefined, mayEndRole: false, hint: undefined };
}

function rows(of: ManifestObject, bytes: number, parts: number): DataStep {
  const relation: ManifestRelation = {
    ...relationOf(of.id, of.name, ["a"], []),
    namespace: "public",
    name: of.name,
    object: of.id,
    rows: parts,
    bytes,
    parts: Array.from({ length: parts }, (_, entry) => ({
      entry,
      inBase: false,
      rows: 1,
      bytes: Math.floor(bytes / parts),
      sha256: "",
    })),
  };
  return { relation, sql: "COPY", binarySql: undefined, encoding: "UTF8", hint: undefined };
}

interface Schema {
  readonly objects: readonly ManifestObject[];
  readonly data: readonly DataStep[];
}

/** Tables, and objects after the rows that require any objects before them. */
const schemas: fc.Arbitrary<Schema> = fc
  .record({
    sizes: fc.array(fc.constantFrom(0, 1000, MIB, 40 * MIB, 200 * MIB), {
      minLength: 1,
      maxLength: 6,
    }),
    others: fc.array(
      fc.record({
        kind: fc.constantFrom(
          "index",
          "key-constraint",
          "foreign-key",
          "trigger",
          "comment",
          "refresh",
          "empty",
        ),
        table: fc.nat(),
        requires: fc.array(fc.nat(), { maxLength: 3 }),
      }),
      { maxLength: 25 },
    ),
  })
  .map(({ sizes, others }) => {
    const tables = sizes.map((_, id) => table(id));
    const objects = [...tables];
    for (const { kind, table: on, requires } of others) {
      const id = objects.length;
      objects.push(
        object(id, {
          kind: kind === "empty" ? "index" : kind,
          statements: kind === "empty" ? [] : statementsOf(kind, id, on % tables.length),
          parent: kind === "refresh" ? null : on % tables.length,
          requires: [...new Set(requires.map((each) => each % id))],
        }),
      );
    }
    const data = tables.map((each, i) => rows(each, sizes[i]!, Math.ceil(sizes[i]! / MIB)));
    return { objects, data };
  });

function statementsOf(kind: string, id: number, on: number): string[] {
  const head = `ALTER TABLE ONLY public.o${on}\n    ADD CONSTRAINT o${id}`;
  if (kind === "key-constraint")
    return [id % 2 === 0 ? `${head} PRIMARY KEY (a, b)` : `${head} UNIQUE (a) DEFERRABLE`];
  if (kind === "foreign-key") return [`${head} FOREIGN KEY (a) REFERENCES public.o0(a)`];
  return [`SELECT ${id}`];
}

function scheduled({ objects, data }: Schema, jobs: number): Task[] {
  const postData = objects.filter(
    ({ section, statements }) => section === "post-data" && statements.length > 0,
  );
  const plan = { rows: data, sequences: ["SELECT setval()"], postData: postData.map(step) };
  return scheduleTasks({ plan, objects, through: new Map(), jobs });
}

/** Runs tasks on connections that take as long as `random` says; calls `start` and `end` with the positions. */
function simulate(
  tasks: readonly Task[],
  jobs: number,
  random: () => number,
  onStart: (position: number, running: ReadonlySet<number>) => void,
  onEnd: (position: number) => void = () => {},
): void {
  const scheduler = new Scheduler(tasks);
  const running = new Set<number>();
  while (!scheduler.isDone) {
    while (running.size < jobs) {
      const position = scheduler.next();
      if (position === undefined) break;
      onStart(position, running);
      running.add(position);
    }
    expect(running.size).toBeGreaterThan(0);
    const ending = [...running][Math.floor(random() * running.size)]!;
    running.delete(ending);
    onEnd(ending);
    scheduler.complete(ending);
  }
}

/** The objects whose work a task does, and those that are complete when it is. */
function objectsOf({ work }: Task): readonly ManifestObject[] {
  return work.type === "objects" ? work.steps.map((each) => each.object) : [];
}

/** The `id`s and statements of the objects that run another statement than theirs. */
function changedIn(tasks: readonly Task[], objects: readonly ManifestObject[]): object[] {
  return tasks
    .flatMap(objectsOf)
    .filter(
      ({ id, statements }) => objects.find((each) => each.id === id)?.statements !== statements,
    )
    .map(({ id, statements }) => ({ id, statements }));
}

test("every task comes after all that it depends on, no two that run would wait for each other, and nothing is left out", () => {
  fc.assert(
    fc.property(
      schemas,
      fc.integer({ min: 1, max: 6 }),
      fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
      (schema, jobs, stream) => {
        const tasks = scheduled(schema, jobs);
        const byId = new Map(schema.objects.map((each) => [each.id, each]));
        const done = new Set<number>();
        const loaded = new Map<string, number>();
        const seen: number[] = [];
        simulate(
          tasks,
          jobs,
          () => stream.next().value as number,
          (position, running) => {
            const task = tasks[position]!;
            for (const before of task.after) {
              ok(before < position);
              ok(done.has(before));
            }
            for (const each of running) equal(locksConflict(task.locks, tasks[each]!.locks), false);
            for (const each of objectsOf(task)) {
              for (const required of requiredBy(byId, each)) ok(seen.includes(required.id));
              seen.push(each.id);
              const on = each.parent === null ? undefined : byId.get(each.parent);
              const source = schema.data.find(({ relation }) => relation.name === on?.name);
              if (source !== undefined) equal(loaded.get(on!.name) ?? 0, source.relation.rows);
            }
          },
          (position) => {
            done.add(position);
            const { work } = tasks[position]!;
            const steps =
              work.type === "relations" ? work.steps : work.type === "parts" ? [work.step] : [];
            for (const { relation } of steps)
              loaded.set(relation.name, (loaded.get(relation.name) ?? 0) + relation.rows);
          },
        );
        const expected = schema.objects.filter(
          ({ section, statements }) => section === "post-data" && statements.length > 0,
        );
        expect(seen.toSorted((a, b) => a - b)).toEqual(expected.map(({ id }) => id));
        for (const { relation } of schema.data)
          expect(loaded.get(relation.name) ?? 0).toBe(relation.rows);
      },
    ),
    { numRuns: 150 },
  );
});

/** The objects after the rows that an object requires, through those without statements. */
function requiredBy(
  byId: ReadonlyMap<number, ManifestObject>,
  { requires, parent }: ManifestObject,
): ManifestObject[] {
  return [...requires, ...(parent === null ? [] : [parent])].flatMap((id) => {
    const each = byId.get(id)!;
    if (each.section !== "post-data") return [];
    return each.statements.length > 0 ? [each] : requiredBy(byId, each);
  });
}

test("divides a table that would keep the others waiting, and builds its indexes at the same time, the longest first", () => {
  const [big, small] = [table(0), table(1)];
  const index = (id: number, accessMethod: string): ManifestObject =>
    object(id, { kind: "index", parent: 0, requires: [0], accessMethod });
  const objects = [big, small, index(2, "btree"), index(3, "gin"), index(4, "brin")];
  const tasks = scheduled({ objects, data: [rows(big, 100 * MIB, 100), rows(small, 10, 1)] }, 4);
  expect(tasks.filter(({ work }) => work.type === "parts")).toHaveLength(4);
  const order: number[] = [];
  simulate(
    tasks,
    4,
    () => 0,
    (position) => order.push(...objectsOf(tasks[position]!).map(({ id }) => id)),
  );
  expect(order).toEqual([3, 2, 4]);
});

test("a plain key is built as an index first; one with anything behind its columns is not", () => {
  const big = table(0);
  const constraint = (id: number, text: string): ManifestObject =>
    object(id, {
      kind: "key-constraint",
      parent: 0,
      requires: [0],
      statements: [`ALTER TABLE ONLY public.o0\n    ADD CONSTRAINT o${id} ${text}`],
    });
  const objects = [
    big,
    constraint(1, `PRIMARY KEY (a, "B ""c")`),
    constraint(2, "UNIQUE (a) INCLUDE (b)"),
    constraint(3, "UNIQUE NULLS NOT DISTINCT (a)"),
    constraint(4, "PRIMARY KEY (a) DEFERRABLE"),
    constraint(5, "PRIMARY KEY (a, b WITHOUT OVERLAPS)"),
  ];
  const tasks = scheduled({ objects, data: [rows(big, 5 * MIB, 5)] }, 2);
  expect(changedIn(tasks, objects)).toEqual([
    { id: 1, statements: [`CREATE UNIQUE INDEX o1 ON public.o0 USING btree (a, "B ""c")`] },
  ]);
  expect(tasks.map(({ work }) => work)).toContainEqual({
    type: "statements",
    statements: ["ALTER TABLE ONLY public.o0\n    ADD CONSTRAINT o1 PRIMARY KEY USING INDEX o1"],
    action: "restore key constraint public.o1",
  });
});

test("a foreign key is checked after it was added, unless its statement says that it is not to be", () => {
  const [big, other] = [table(0), table(1)];
  const key = (id: number, tail: string): ManifestObject =>
    object(id, {
      kind: "foreign-key",
      parent: 0,
      requires: [0, 1],
      statements: [
        `ALTER TABLE ONLY public.o0\n    ADD CONSTRAINT o${id} FOREIGN KEY (a) REFERENCES public.o1(a)${tail}`,
      ],
    });
  const objects = [
    big,
    other,
    key(2, " ON DELETE CASCADE"),
    key(3, " NOT VALID"),
    key(4, " NOT ENFORCED"),
  ];
  const tasks = scheduled({ objects, data: [rows(big, 5 * MIB, 5), rows(other, 10, 1)] }, 2);
  const head = "ALTER TABLE ONLY public.o0\n    ADD CONSTRAINT o2 FOREIGN KEY (a)";
  expect(changedIn(tasks, objects)).toEqual([
    { id: 2, statements: [`${head} REFERENCES public.o1(a) ON DELETE CASCADE NOT VALID`] },
  ]);
});

test("two connections share a table that is most of the rows, and no other", () => {
  const tables = [table(0), table(1)];
  const data = [rows(tables[0]!, 200 * MIB, 200), rows(tables[1]!, 40 * MIB, 40)];
  const works = (jobs: number) =>
    scheduled({ objects: tables, data }, jobs).flatMap(({ work }) =>
      work.type === "parts"
        ? [[work.step.relation.name, work.step.relation.rows]]
        : work.type === "relations"
          ? work.steps.map(({ relation }) => [relation.name, relation.rows])
          : [],
    );
  expect(works(1)).toEqual([
    ["o0", 200],
    ["o1", 40],
  ]);
  expect(works(2)).toEqual([
    ["o0", 100],
    ["o0", 100],
    ["o1", 40],
  ]);
});
