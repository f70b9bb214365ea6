import { expect, test } from "vitest";
import { privileges } from "../../../../src/ddl/components/acl.ts";
import { namespaces } from "../../../../src/ddl/kinds/namespace.ts";
import { tables } from "../../../../src/ddl/kinds/table.ts";
import { wherePublicIsOurs } from "../../../../src/ddl/public-schema.ts";
import {
  ALICE,
  columnRow,
  contextOf,
  type ContextOptions,
  PUBLIC,
  POSTGRES,
  tableRow,
} from "../../../support/catalog.ts";

const DEFAULT = ["postgres=arwdDxt/postgres"];
const granted = (acl: string[] | null, columnAcl: string[] | null = null) => {
  const context = contextOf(
    {
      relations: [tableRow(16400, "t", { acl, aclDefault: DEFAULT })],
      columns: [columnRow(16400, 1, "a", { acl: columnAcl })],
    },
    { major: 16 },
  );
  return privileges(context, tables(context));
};
const sqlOf = (objects: ReturnType<typeof granted>) => objects.flatMap(({ sql }) => sql());

type Case = [what: string, acl: string[] | null, statements: string[]];

test.each<Case>([
  ["none but the default", null, []],
  ["the default, said", DEFAULT, []],
  ["granted", [...DEFAULT, "Alice=r/postgres"], ['GRANT SELECT ON TABLE shop.t TO "Alice"']],
  [
    "with and without the grant option",
    [...DEFAULT, "Alice=r*w/postgres"],
    [
      'GRANT UPDATE ON TABLE shop.t TO "Alice"',
      'GRANT SELECT ON TABLE shop.t TO "Alice" WITH GRANT OPTION',
    ],
  ],
  ["to everybody", [...DEFAULT, "=r/postgres"], ["GRANT SELECT ON TABLE shop.t TO PUBLIC"]],
  [
    "less than the owner's own",
    ["postgres=r/postgres"],
    [
      // Not ALL: since 17 that includes MAINTAIN, which nobody took from the owner.
      "REVOKE SELECT, INSERT, DELETE, TRUNCATE, REFERENCES, TRIGGER, UPDATE ON TABLE shop.t FROM postgres",
      "GRANT SELECT ON TABLE shop.t TO postgres",
    ],
  ],
  [
    "granted on by another",
    [...DEFAULT, "Alice=r*/postgres", "=r/Alice"],
    [
      'GRANT SELECT ON TABLE shop.t TO "Alice" WITH GRANT OPTION',
      'SET SESSION AUTHORIZATION "Alice"',
      "GRANT SELECT ON TABLE shop.t TO PUBLIC",
      "RESET SESSION AUTHORIZATION",
    ],
  ],
])("%s", (_what, acl, statements) => {
  expect(sqlOf(granted(acl))).toEqual(statements);
});

test("on columns, after those on the table", () => {
  expect(sqlOf(granted([...DEFAULT, "Alice=w/postgres"], ["Alice=r/postgres"]))).toEqual([
    'GRANT UPDATE ON TABLE shop.t TO "Alice"',
    'GRANT SELECT (a) ON TABLE shop.t TO "Alice"',
  ]);
});

test("a role that no longer exists is left out, with a warning; the others are named", () => {
  const [object] = granted([...DEFAULT, "16999=r/postgres", "Alice=r/postgres"]);
  expect(object?.sql()).toEqual(['GRANT SELECT ON TABLE shop.t TO "Alice"']);
  expect(object?.warnings?.map(({ code }) => code)).toEqual(["dropped-role"]);
  expect(object?.roles).toEqual([ALICE]);
});

test.each<[options: ContextOptions, acl: string[], statements: string[]]>([
  [
    { major: 14 },
    ["postgres=UC/postgres", "=UC/postgres"],
    ["GRANT ALL ON SCHEMA public TO PUBLIC"],
  ],
  [{ major: 15 }, ["postgres=UC/postgres", "=U/postgres"], []],
  [
    { major: 15 },
    ["postgres=UC/postgres", "=UC/postgres"],
    ["GRANT ALL ON SCHEMA public TO PUBLIC"],
  ],
  [{ major: 15 }, ["postgres=UC/postgres"], ["REVOKE ALL ON SCHEMA public FROM PUBLIC"]],
])("of the schema public in %j with %j", (options, acl, statements) => {
  const aclDefault = ["postgres=UC/postgres"];
  const rows = { namespaces: [{ oid: PUBLIC, name: "public", owner: POSTGRES, acl, aclDefault }] };
  const context = contextOf(rows, options);
  expect(sqlOf(privileges(context, namespaces(context)))).toEqual(
    wherePublicIsOurs(statements, "the change of its privileges"),
  );
});

test("changed privileges of objects that nobody here creates", () => {
  const context = contextOf({
    changedPrivileges: [
      {
        classoid: 1255,
        objoid: 1,
        kind: "FUNCTION",
        namespace: "pg_catalog",
        name: "pg_ls_waldir",
        arguments: "",
        column: null,
        owner: POSTGRES,
        base: ["postgres=X/postgres"],
        acl: ["postgres=X/postgres", "Alice=X/postgres"],
      },
    ],
  });
  expect(sqlOf(privileges(context, []))).toEqual([
    `DO $$BEGIN
  IF pg_catalog.to_regprocedure('pg_catalog.pg_ls_waldir()') IS NOT NULL THEN
    GRANT ALL ON FUNCTION pg_catalog.pg_ls_waldir() TO "Alice";
  ELSE
    RAISE WARNING USING MESSAGE = 'privileges on FUNCTION pg_catalog.pg_ls_waldir() were left out: it does not exist here';
  END IF;
END$$`,
  ]);
});

test.each([
  [16, "GRANT SELECT, INSERT, DELETE, TRUNCATE, REFERENCES, TRIGGER, UPDATE ON TABLE"],
  [17, "GRANT ALL ON TABLE"],
])("all privileges of PostgreSQL %i", (major, grant) => {
  const letters = major < 17 ? "arwdDxt" : "arwdDxtm";
  const catalog = {
    relations: [
      tableRow(16400, "t", { acl: [...DEFAULT, `Alice=${letters}/postgres`], aclDefault: DEFAULT }),
    ],
  };
  const context = contextOf(catalog, { major });
  expect(sqlOf(privileges(context, tables(context)))).toEqual([`${grant} shop.t TO "Alice"`]);
});
