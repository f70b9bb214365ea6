import { describe, expect, test } from "vitest";
import type { ManifestRelation } from "../../../../src/archive/format/manifest.ts";
import { planDataOnly } from "../../../../src/restore/decide/data-only.ts";
import { versionNote } from "../../../../src/restore/decide/refusals.ts";
import type { Selection } from "../../../../src/restore/decide/selection.ts";
import { tuning } from "../../../../src/restore/decide/session-settings.ts";
import { restoreSteps } from "../../../../src/restore/decide/steps.ts";

const relation = (name: string, columns = ["a", "B"]): ManifestRelation =>
  ({
    kind: "table",
    namespace: "public",
    name,
    columns,
    rows: 1,
    parts: [],
  }) as unknown as ManifestRelation;

describe("restoreSteps", () => {
  test("freezes where it may, names the encoding, and sets sequences in few statements", () => {
    const chosen = {
      objects: [
        {
          id: 1,
          kind: "index",
          section: "post-data",
          statements: ["CREATE INDEX i ON t USING gin (a)"],
        },
        { id: 2, section: "pre-data", statements: ["a", "a2"] },
        { id: 3, section: "pre-data", statements: [] },
      ],
      sequences: Array.from({ length: 501 }, (_, i) => ({
        namespace: "s",
        name: `q${i}`,
        lastValue: "-9223372036854775808",
        isCalled: i === 0,
      })),
      needed: new Set([2]),
    } as unknown as Selection;
    const steps = restoreSteps(chosen, [relation("t"), relation("bare", [])], {
      encoding: "LATIN1",
      freeze: ({ name }) => name === "t",
      ginMemory: "32MB",
    });
    expect(steps.data.map(({ sql }) => sql)).toEqual([
      `COPY public.t (a, "B") FROM STDIN (FREEZE, ENCODING 'LATIN1')`,
      `COPY public.bare FROM STDIN (ENCODING 'LATIN1')`,
    ]);
    expect(steps.preData).toEqual([
      { object: chosen.objects[1], mayExist: true, memory: undefined },
    ]);
    expect(steps.postData).toEqual([
      { object: chosen.objects[0], mayExist: false, memory: "32MB" },
    ]);
    expect(steps.sequences).toHaveLength(2);
    expect(steps.sequences[1]).toBe(
      "SELECT pg_catalog.setval('s.q500'::pg_catalog.regclass, '-9223372036854775808'::pg_catalog.int8, false)",
    );
  });
});

describe("planDataOnly", () => {
  test("surrounds the load with what must be as before afterwards", () => {
    const plan = planDataOnly([relation("a"), relation("b")], {
      relations: [
        { oid: 1, namespace: "public", name: "a", kind: "r" },
        { oid: 2, namespace: "public", name: "b", kind: "r" },
      ],
      foreignKeys: [
        {
          oid: 5,
          name: "ab",
          table: "public.a",
          tableOid: 1,
          referenced: [2],
          parent: 0,
          deferrable: false,
        },
        {
          oid: 6,
          name: "ba",
          table: "public.b",
          tableOid: 2,
          referenced: [1],
          parent: 0,
          deferrable: true,
        },
      ],
      triggers: [{ name: "t r", table: "public.a", enabled: "A" }],
      empty: true,
    });
    expect(plan.before).toEqual([
      "TRUNCATE public.a, public.b",
      'ALTER TABLE public.a DISABLE TRIGGER "t r"',
      "ALTER TABLE public.a ALTER CONSTRAINT ab DEFERRABLE INITIALLY DEFERRED",
      "SET CONSTRAINTS ALL DEFERRED",
    ]);
    expect(plan.after).toEqual([
      "SET CONSTRAINTS ALL IMMEDIATE",
      "ALTER TABLE public.a ALTER CONSTRAINT ab NOT DEFERRABLE",
      'ALTER TABLE public.a ENABLE ALWAYS TRIGGER "t r"',
    ]);
  });

  test("names tables that are missing", () => {
    const facts = { relations: [], foreignKeys: [], triggers: [], empty: false };
    expect(() => planDataOnly([relation("a"), relation("b")], facts)).toThrow(
      /lacks the tables public.a, public.b/,
    );
  });
});

describe("tuning", () => {
  const facts = {
    sharedBuffersKb: 131072,
    maintenanceWorkMemKb: 65536,
    maxParallelMaintenanceWorkers: 2,
    maxParallelWorkers: 8,
  };

  test("raises memory with shared_buffers, within bounds, and never lowers what is set", () => {
    const memory = (more: Partial<typeof facts>): string | undefined =>
      tuning({ ...facts, ...more }).maintenanceWorkMem;
    expect(memory({})).toBe("262144kB");
    expect(memory({ sharedBuffersKb: 1024 })).toBe("131072kB");
    expect(memory({ sharedBuffersKb: 64 * 1024 * 1024 })).toBe("1048576kB");
    expect(memory({ maintenanceWorkMemKb: 8 * 1024 * 1024 })).toBe("8388608kB");
  });
});

describe("versionNote", () => {
  test.each([
    [180000, 16, true],
    [160004, 16, false],
    [130000, 18, false],
    [null, 13, false],
  ])("from %s to %s", (source, target, warns) => {
    expect(versionNote(source, target) !== undefined).toBe(warns);
  });
});
