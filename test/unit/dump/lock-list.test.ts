import { describe, expect, test } from "vitest";
import { mayBeSelected } from "../../../src/dump/lock-list.ts";

const tables = ["public.a", "public.b", "s.a", "t.c"].map((text, oid) => {
  const [namespace = "", name = ""] = text.split(".");
  return { oid, namespace, name };
});

describe("mayBeSelected", () => {
  test.each([
    [{}, "public.a public.b s.a t.c"],
    [{ tables: ["a"] }, "public.a s.a"],
    [{ tables: ["s.*", "b"] }, "public.b s.a"],
    [{ schemas: ["s", "t"] }, "s.a t.c"],
    [{ excludeSchemas: ["public"] }, "s.a t.c"],
    [{ excludeTables: ["a"] }, "public.b s.a t.c"],
    [{ excludeTables: ["a"], searchPath: ["s"] }, "public.a public.b t.c"],
    [{ excludeTables: ["*.a"] }, "public.b t.c"],
  ])("%j", (options, expected) => {
    const found = tables.filter(mayBeSelected(options));
    expect(found.map(({ namespace, name }) => `${namespace}.${name}`).join(" ")).toBe(expected);
  });
});
