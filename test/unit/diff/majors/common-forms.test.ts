import { describe, expect, test } from "vitest";
import { commonForms } from "../../../../src/diff/majors/common-forms.ts";
import type { ComparedObject } from "../../../../src/diff/compared-object.ts";
import { beforeMajor, sinceMajor } from "../../../../src/ddl/conditional-statement.ts";

type Kind = ComparedObject["kind"];

function object(kind: Kind, name: string, ...statements: string[]): ComparedObject {
  return { kind, namespace: "public", name, statements };
}

interface Case {
  readonly of: string;
  readonly majors: readonly [number, number];
  readonly older: readonly ComparedObject[];
  readonly newer: readonly ComparedObject[];
}

const create = (name: string, options: string): string =>
  `CREATE SUBSCRIPTION ${name}\n    CONNECTION ''\n    PUBLICATION p\n    WITH (${options})`;

/** The same objects, as servers of both majors have them dumped. */
const SAME: readonly Case[] = [
  {
    of: "views of one relation",
    majors: [15, 16],
    older: [
      object(
        "view",
        "v",
        `CREATE VIEW t.v AS\n SELECT t.a,\n    ' AS\n t.b'::text AS x\n   FROM t.t\n  WITH LOCAL CHECK OPTION`,
      ),
    ],
    newer: [
      object(
        "view",
        "v",
        `CREATE VIEW t.v AS\n SELECT a,\n    ' AS\n t.b'::text AS x\n   FROM t.t\n  WITH LOCAL CHECK OPTION`,
      ),
    ],
  },
  {
    of: "statements for older servers",
    majors: [14, 18],
    older: [
      object("trigger", "t", beforeMajor(15, "ALTER TRIGGER a ON t RENAME TO b")),
      object(
        "comment",
        "c",
        "COMMENT ON TABLE t IS 'x'",
        beforeMajor(18, "COMMENT ON TABLE t IS 'y'"),
      ),
    ],
    newer: [object("comment", "c", "COMMENT ON TABLE t IS 'x'")],
  },
  {
    of: "subscriptions",
    majors: [13, 18],
    older: [
      object(
        "subscription",
        "s",
        create("s", "connect = false, slot_name = 'a, b'"),
        sinceMajor(16, "ALTER SUBSCRIPTION s SET (run_as_owner = true, streaming = off)"),
      ),
    ],
    newer: [
      object(
        "subscription",
        "s",
        create("s", "connect = false, slot_name = 'a, b', streaming = off, run_as_owner = true"),
      ),
    ],
  },
  {
    of: "inherited NOT NULL",
    majors: [17, 18],
    older: [
      object(
        "table",
        "c",
        `CREATE TABLE public.c (\n    x integer DEFAULT 1\n)\nINHERITS (public.p)`,
        "ALTER TABLE ONLY public.c ALTER COLUMN a SET NOT NULL",
        "ALTER TABLE ONLY public.c ALTER COLUMN b SET NOT NULL",
      ),
      object(
        "table",
        "d",
        "CREATE TABLE public.d ()\nINHERITS (public.p)",
        "ALTER TABLE ONLY public.d ALTER COLUMN a SET NOT NULL",
      ),
    ],
    newer: [
      object(
        "table",
        "c",
        `CREATE TABLE public.c (\n    NOT NULL a,\n    x integer DEFAULT 1,\n    NOT NULL b\n)\nINHERITS (public.p)`,
      ),
      object("table", "d", "CREATE TABLE public.d (\n    NOT NULL a\n)\nINHERITS (public.p)"),
    ],
  },
  {
    of: "privileges that MAINTAIN came to",
    majors: [16, 17],
    older: [
      object(
        "privileges",
        "TABLE public.t",
        "REVOKE SELECT, INSERT, DELETE, TRUNCATE, REFERENCES, TRIGGER, UPDATE ON TABLE public.t FROM o",
        "GRANT SELECT ON TABLE public.t TO o",
      ),
      object(
        "privileges",
        "TABLE public.u",
        "REVOKE SELECT, INSERT, DELETE, TRUNCATE, REFERENCES, TRIGGER, UPDATE ON TABLE public.u FROM o",
      ),
    ],
    newer: [
      object(
        "privileges",
        "TABLE public.t",
        "REVOKE ALL ON TABLE public.t FROM o",
        "GRANT SELECT, MAINTAIN ON TABLE public.t TO o",
      ),
      object(
        "privileges",
        "TABLE public.u",
        "REVOKE ALL ON TABLE public.u FROM o",
        "GRANT MAINTAIN ON TABLE public.u TO o",
      ),
    ],
  },
  {
    of: "members of operator classes",
    majors: [13, 14],
    older: [
      object(
        "operator-class",
        "c gin",
        "CREATE OPERATOR CLASS public.c\n    FOR TYPE integer[] USING gin FAMILY public.f AS\n    STORAGE integer,\n    OPERATOR 1 &&(anyarray,anyarray),\n    FUNCTION 2 (integer[], integer[]) ginarrayextract(anyarray,internal,internal)",
      ),
      object(
        "operator-class",
        "d hash",
        "CREATE OPERATOR CLASS public.d\n    FOR TYPE integer USING hash FAMILY public.g AS\n    OPERATOR 1 =(integer,integer)",
      ),
    ],
    newer: [
      object(
        "operator-family",
        "f gin",
        "ALTER OPERATOR FAMILY public.f USING gin ADD\n    OPERATOR 1 &&(anyarray,anyarray)",
      ),
      object(
        "operator-class",
        "c gin",
        "CREATE OPERATOR CLASS public.c\n    FOR TYPE integer[] USING gin FAMILY public.f AS\n    STORAGE integer,\n    FUNCTION 2 (integer[], integer[]) ginarrayextract(anyarray,internal,internal)",
      ),
      object(
        "operator-family",
        "g hash",
        "ALTER OPERATOR FAMILY public.g USING hash ADD\n    OPERATOR 1 =(integer,integer)",
      ),
      object(
        "operator-class",
        "d hash",
        "CREATE OPERATOR CLASS public.d\n    FOR TYPE integer USING hash FAMILY public.g AS\n    STORAGE integer",
      ),
    ],
  },
  {
    of: "types and procedures",
    majors: [13, 18],
    older: [
      object("type", "s", "CREATE TYPE public.s AS RANGE (\n    subtype = date\n)"),
      object("type", "a", "CREATE TYPE public.a (\n    INPUT = i,\n    ELEMENT = integer\n)"),
      object(
        "procedure",
        "p(integer)",
        "CREATE PROCEDURE public.p(a integer DEFAULT 1)\n    LANGUAGE sql\n    AS $$(b)$$",
      ),
      object(
        "owner",
        "PROCEDURE public.p(a integer)",
        "ALTER PROCEDURE public.p(a integer) OWNER TO o",
      ),
    ],
    newer: [
      object(
        "type",
        "s",
        "CREATE TYPE public.s AS RANGE (\n    subtype = date,\n    multirange_type_name = public.s_multirange\n)",
      ),
      object(
        "type",
        "a",
        "CREATE TYPE public.a (\n    INPUT = i,\n    SUBSCRIPT = raw_array_subscript_handler,\n    ELEMENT = integer\n)",
      ),
      object(
        "procedure",
        "p(integer)",
        "CREATE PROCEDURE public.p(IN a integer DEFAULT 1)\n    LANGUAGE sql\n    AS $$(b)$$",
      ),
      object(
        "owner",
        "PROCEDURE public.p(IN a integer)",
        "ALTER PROCEDURE public.p(IN a integer) OWNER TO o",
      ),
    ],
  },
];

/** What differs although one is of an older server. */
const DIFFERENT: readonly Case[] = [
  {
    of: "a multirange with another name",
    majors: [13, 18],
    older: [object("type", "s", "CREATE TYPE public.s AS RANGE (\n    subtype = date\n)")],
    newer: [
      object(
        "type",
        "s",
        "CREATE TYPE public.s AS RANGE (\n    subtype = date,\n    multirange_type_name = public.s_multirange2\n)",
      ),
    ],
  },
  {
    of: "MAINTAIN of another role",
    majors: [16, 17],
    older: [object("privileges", "TABLE public.t", "GRANT SELECT ON TABLE public.t TO r")],
    newer: [
      object("privileges", "TABLE public.t", "GRANT SELECT, MAINTAIN ON TABLE public.t TO r"),
    ],
  },
  {
    of: "views, where both servers write them alike",
    majors: [14, 15],
    older: [object("view", "v", "CREATE VIEW v AS\n SELECT t.a\n   FROM t")],
    newer: [object("view", "v", "CREATE VIEW v AS\n SELECT a\n   FROM t")],
  },
];

const keyed = (objects: readonly ComparedObject[]) =>
  objects.toSorted((a, b) => (`${a.kind} ${a.name}` < `${b.kind} ${b.name}` ? -1 : 1));

describe("the forms that two majors have in common", () => {
  test.each(SAME)("are the same for $of", ({ majors, older, newer }) => {
    const [a, b] = commonForms([older, newer], majors);
    expect(keyed(a)).toEqual(keyed(b));
    const [c, d] = commonForms([newer, older], [majors[1], majors[0]]);
    expect(keyed(c)).toEqual(keyed(d));
  });

  test.each(DIFFERENT)("differ for $of", ({ majors, older, newer }) => {
    const [a, b] = commonForms([older, newer], majors);
    expect(keyed(a)).not.toEqual(keyed(b));
  });
});
