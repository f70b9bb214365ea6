import { describe, expect, test } from "vitest";
import type { ManifestRelation } from "../../../../src/archive/format/manifest.ts";
import type { Selection } from "../../../../src/restore/decide/selection.ts";
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

const named = (kind: string) => ({ kind, namespace: "s", name: kind });

describe("restoreSteps", () => {
  test("freezes where it may, names the encoding, and sets sequences in few statements", () => {
    const chosen = {
      objects: [
        {
          ...named("index"),
          id: 1,
          kind: "index",
          section: "post-data",
          statements: ["CREATE INDEX i ON t USING gin (a)"],
          accessMethod: "gin",
          parent: 2,
        },
        { ...named("table"), id: 2, section: "pre-data", statements: ["a", "a2"] },
        { ...named("type"), id: 3, section: "pre-data", statements: [] },
      ],
      sequences: Array.from({ length: 501 }, (_, i) => ({
        namespace: "s",
        name: `q${i}`,
        lastValue: "-9223372036854775808",
        isCalled: i === 0,
      })),
      needed: new Set([2]),
    } as unknown as Selection;
    const steps = restoreSteps(
      chosen,
      [{ ...relation("t"), object: 2, bytes: 2 ** 30 }, relation("bare", [])],
      {
        encoding: "LATIN1",
        rowHint: undefined,
        unselected: new Map(),
        referencesHints: new Map(),
        mayFreeze: ({ name }) => name === "t",
        tune: true,
      },
    );
    expect(steps.rows.map(({ sql }) => sql)).toEqual([
      `COPY public.t (a, "B") FROM STDIN (FREEZE, ENCODING 'LATIN1')`,
      `COPY public.bare FROM STDIN (ENCODING 'LATIN1')`,
    ]);
    expect(steps.preData).toEqual([
      {
        object: chosen.objects[1],
        mayExist: true,
        index: undefined,
        mayEndRole: false,
        hint: undefined,
      },
    ]);
    expect(steps.postData).toEqual([
      {
        object: chosen.objects[0],
        mayExist: false,
        index: { accessMethod: "gin", tableBytes: 2 ** 30 },
        mayEndRole: false,
        hint: undefined,
      },
    ]);
    expect(steps.sequences).toHaveLength(2);
    expect(steps.sequences[1]).toBe(
      "SELECT pg_catalog.setval('s.q500'::pg_catalog.regclass, '-9223372036854775808'::pg_catalog.int8, false)",
    );
  });
});
