import { describe, expect, test } from "vitest";
import { dropPlan, obstacles } from "../../../../src/restore/decide/drop-plan.ts";
import type { TargetObject } from "../../../../src/restore/target/facts.ts";

const row = (
  type: string,
  identity: string,
  namespace: string | null = null,
  slot: string | null = null,
): TargetObject => ({
  type,
  identity,
  namespace,
  slot,
  class: 0,
  oid: 0,
  name: identity.replaceAll('"', ""),
  holder: null,
  owner: "app",
  isOwn: true,
  mayDrop: true,
});

const ROWS = [
  row("extension", "citext"),
  row("extension", "hstore"),
  row("schema", '"S"'),
  row("view", "public.v", "public"),
  row("table", '"S".t', "S"),
  row("table", "public.t", "public"),
  row("table", "public.u", "public"),
  row("function", "public.f(integer)", "public"),
  row("event trigger", "e"),
  row("subscription", "sub", null, "slot"),
  row("subscription", "loose"),
  row("large object", "17"),
];

describe("obstacles", () => {
  test("lists tables first, and not what a restore can live beside", () => {
    expect(obstacles(ROWS)).toEqual([
      'table "S".t',
      "table public.t",
      "table public.u",
      "view public.v",
      "function public.f(integer)",
      "subscription sub",
      "subscription loose",
      "large object 17",
      'schema "S"',
    ]);
  });
});

describe("dropPlan", () => {
  test("drops what reacts first, schemas as a whole, and no extension", () => {
    expect(dropPlan(ROWS, new Set())).toEqual({
      statements: [
        "DROP EVENT TRIGGER IF EXISTS e CASCADE",
        "DROP SUBSCRIPTION IF EXISTS loose CASCADE",
        'DROP SCHEMA IF EXISTS "S" CASCADE',
        "DROP VIEW IF EXISTS public.v CASCADE",
        "DROP TABLE IF EXISTS public.t, public.u CASCADE",
        "DROP ROUTINE IF EXISTS public.f(integer) CASCADE",
        "SELECT pg_catalog.lo_unlink(o) FROM pg_catalog.unnest('{17}'::pg_catalog.oid[]) AS o",
      ],
      undroppable: ["subscription sub"],
    });
  });

  test("drops the contents of a schema that stays one by one", () => {
    const { statements } = dropPlan(ROWS, new Set(["S"]));
    expect(statements).not.toContain('DROP SCHEMA IF EXISTS "S" CASCADE');
    expect(statements).toContain('DROP TABLE IF EXISTS "S".t, public.t, public.u CASCADE');
  });

  test("drops many in several statements", () => {
    const many = Array.from({ length: 250 }, (_, i) => row("table", `public.t${i}`, "public"));
    expect(dropPlan(many, new Set()).statements).toHaveLength(3);
  });
});
