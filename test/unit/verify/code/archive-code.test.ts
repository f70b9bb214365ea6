import { describe, expect, test } from "vitest";
import type { Manifest, ManifestObject } from "../../../../src/archive/format/manifest.ts";
import { codeText } from "../../../../src/cli/code-text.ts";
import { archiveCode } from "../../../../src/verify/code/archive-code.ts";
import { writtenByDump } from "../../../../src/verify/code/written-by-dump.ts";

/** Statements that no dump writes, each for a kind whose honest statements look alike. */
const HOSTILE: readonly [kind: string, statement: string][] = [
  ["table", "COMMIT"],
  ["table", "CREATE TABLE public.t (a int); COMMIT"],
  ["table", "CREATE TABLE public.t AS SELECT public.f()"],
  ["table", "CREATE TABLE public.t (a) WITH (fillfactor=10) AS SELECT 1"],
  ["table", "ALTER TABLE ONLY public.t ALTER COLUMN a TYPE int USING public.f()"],
  [
    "table",
    "ALTER TABLE ONLY public.t ALTER COLUMN a SET NOT NULL, ADD COLUMN b int DEFAULT public.f()",
  ],
  ["table", "DO $$BEGIN PERFORM public.f(); END$$"],
  [
    "table",
    "DO $$BEGIN IF public.f() THEN ALTER TABLE t ALTER COLUMN a SET NOT NULL; END IF; END$$",
  ],
  ["table", "DO $$BEGIN IF pg_catalog.pg_sleep(9) IS NULL THEN NULL; END IF; END$$"],
  [
    "table",
    "DO $$BEGIN ALTER TABLE t ALTER CONSTRAINT c NO INHERIT; EXCEPTION WHEN feature_not_supported OR invalid_table_definition THEN PERFORM public.f(); END$$",
  ],
  [
    "table",
    "DO $$BEGIN ALTER TABLE t ALTER CONSTRAINT c NO INHERIT; PERFORM public.f(); EXCEPTION WHEN feature_not_supported OR invalid_table_definition THEN NULL; END$$",
  ],
  ["table", "DO LANGUAGE plpython3u $$BEGIN END$$"],
  ["table", "SELECT pg_catalog.lo_create(1)"],
  ["table", "/* CREATE TABLE t () */ TRUNCATE public.t"],
  ["default", "ALTER TABLE ONLY public.t ALTER COLUMN a SET DEFAULT 1, ALTER COLUMN b TYPE int"],
  ["large-object", "SELECT pg_catalog.lo_create(1), public.f()"],
  ["large-object", "SELECT public.lo_create(1)"],
  ["large-object", "SELECT pg_catalog.lo_create(public.f())"],
  ["materialized-view", "CREATE MATERIALIZED VIEW public.m AS SELECT public.f()"],
  ["schema", "CREATE SCHEMA s CREATE TABLE t (a int)"],
  ["comment", "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS ''"],
  ["comment", "COMMENT ON TABLE t IS 'a'; SELECT 1"],
  ["extension", "CREATE EXTENSION dblink"],
  ["key-constraint", "ALTER TABLE t ADD CONSTRAINT c UNIQUE (a), ALTER COLUMN a TYPE int"],
  ["no-such-kind", "CREATE TABLE t (a int)"],
  ["constructor", "CREATE TABLE t (a int)"],
  ["table", "CREATE TABLE t (a int"],
  ["table", "CREATE TABLE t (a text DEFAULT 'x)"],
  ["table", ""],
  ["table", "COPY t FROM PROGRAM 'id'"],
  [
    "database",
    "DO $$BEGIN EXECUTE pg_catalog.format('ALTER DATABASE %s SET x = 1; DROP TABLE t', pg_catalog.current_database()); END$$",
  ],
];

test.each(HOSTILE)("%s: %s", (kind, statement) => {
  expect(writtenByDump(kind, statement).isKnown).toBe(false);
});

/** As dumps wrote it before they made room for the name. */
const OLDER_RENAMING = `DO $$DECLARE
  given name;
BEGIN
  SELECT s.conname INTO given
  FROM pg_catalog.pg_constraint s JOIN pg_catalog.pg_constraint p ON p.oid = s.conparentid
  WHERE s.conrelid = 'public.p1'::pg_catalog.regclass AND p.conname = 'above';
  IF given <> 'it''s own' THEN
    EXECUTE pg_catalog.format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I', 'public.p1', given, 'it''s own');
  END IF;
END$$`;

test("the block with which older dumps renamed a constraint is known, and none that is like it", () => {
  const isKnown = (statement: string) => writtenByDump("key-constraint", statement).isKnown;
  expect(isKnown(OLDER_RENAMING)).toBe(true);
  expect(isKnown(OLDER_RENAMING.replace("given,", "public.f(),"))).toBe(false);
});

function object(kind: string, name: string, ...statements: string[]): ManifestObject {
  return {
    id: 0,
    kind,
    namespace: "public",
    name,
    section: "pre-data",
    statements,
    requires: [],
    parent: null,
    features: [],
    accessMethod: null,
    roles: [],
  };
}

const codeOf = (...objects: ManifestObject[]) => archiveCode({ objects } as unknown as Manifest);

describe("the code of an archive", () => {
  test("names functions with their language and rights", () => {
    const { code, unknown } = codeOf(
      object(
        "function",
        "f(integer)",
        "CREATE FUNCTION public.f(language int) RETURNS int\n    LANGUAGE plpython3u SECURITY DEFINER\n    AS $$SECURITY$$",
      ),
      object(
        "function",
        "g()",
        "CREATE FUNCTION public.g() RETURNS int\n    LANGUAGE sql\n    AS 'SECURITY DEFINER'",
      ),
    );
    expect(unknown).toEqual([]);
    expect(code).toMatchObject([
      {
        object: "function public.f(integer)",
        runsAt: "use",
        language: "plpython3u",
        isTrusted: false,
        isSecurityDefiner: true,
      },
      {
        object: "function public.g()",
        runsAt: "use",
        language: "sql",
        isTrusted: true,
        isSecurityDefiner: false,
      },
    ]);
  });

  test("says what runs during a restore, the functions that are called then included", () => {
    const { code } = codeOf(
      object(
        "function",
        "f(text)",
        "CREATE FUNCTION public.f(text) RETURNS text\n    LANGUAGE sql\n    AS ''",
      ),
      object("index", "i", "CREATE INDEX i ON public.t USING btree (public.f(a))"),
      object("index", "plain", "CREATE INDEX plain ON public.t USING btree (lower(a))"),
      object(
        "table",
        "t",
        "CREATE TABLE public.t (\n    a text DEFAULT public.d(),\n    CHECK (public.c(a))\n)",
      ),
    );
    expect(
      code.map(({ runsAt, kind, object: name, calls }) => [runsAt, kind, name, calls]),
    ).toEqual([
      ["restore", "check-constraint", "table public.t", ["public.c"]],
      ["restore", "function", "function public.f(text)", []],
      ["restore", "index", "index public.i", ["public.f"]],
      ["use", "default", "table public.t", ["public.d"]],
    ]);
  });

  test("takes names without a schema for users' while search_path names one", () => {
    const { code, unknown } = codeOf(
      object(
        "view",
        "v",
        "SET LOCAL search_path = public",
        "CREATE VIEW public.v AS SELECT f(1) AS f",
        "SET LOCAL search_path = ''",
      ),
      object("view", "w", "CREATE VIEW public.w AS SELECT abs(1) AS abs"),
    );
    expect(unknown).toEqual([]);
    expect(code).toMatchObject([{ object: "view public.v", calls: ["f"] }]);
  });

  test("lists unknown statements by their object, as text for people on one line each", () => {
    const found = codeOf(
      object("table", "t", "CREATE TABLE public.t (a int)", "COMMIT;\nDROP TABLE x"),
    );
    expect(found.unknown).toEqual([
      { object: "table public.t", statement: "COMMIT;\nDROP TABLE x" },
    ]);
    expect(codeText({ signature: "unsigned", ...found })).toContain(
      "  table public.t: COMMIT; DROP TABLE x\n",
    );
  });

  test("lets no name act on a terminal or look like another line", () => {
    const found = codeOf(
      object("extension", "x\n  extension plain\u001b[2J", "CREATE EXTENSION x"),
    );
    const text = codeText({ signature: "unsigned", ...found });
    expect(text).toContain(String.raw`  extension public.x\n  extension plain\x1b[2J`);
  });
});
