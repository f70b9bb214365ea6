/** The roles that a restore makes: statements, their order, and what the login lacks. */
import { expect, test } from "vitest";
import type { Manifest, ManifestRole } from "../../../../src/archive/format/manifest.ts";
import type { RoleDefinitionRow } from "../../../../src/catalog/role-definition.ts";
import { planRoles, type RolePlan } from "../../../../src/restore/decide/roles.ts";
import { restoreSettings } from "../../../../src/restore/defaults.ts";
import type { RestoreOptions } from "../../../../src/restore/options.ts";
import type { TargetRoles } from "../../../../src/restore/target/facts.ts";

const PLAIN: ManifestRole = {
  name: "app",
  attributes: ["inherit"],
  connectionLimit: -1,
  validUntil: null,
  password: null,
  comment: null,
  securityLabels: [],
  settings: [],
  databaseSettings: [],
  parameters: [],
  memberOf: [],
};

const member = (role: string, more: Partial<ManifestRole["memberOf"][number]> = {}) => ({
  role,
  grantor: null,
  admin: false,
  inherit: true,
  set: true,
  ...more,
});

function plan(
  roles: readonly Partial<ManifestRole>[],
  {
    major = 16,
    target = {},
    options = {},
  }: {
    major?: number;
    target?: Partial<TargetRoles>;
    options?: RestoreOptions;
  } = {},
): RolePlan {
  const roleDefinitions = roles.map((role) => ({ ...PLAIN, ...role }));
  const manifest = { roleDefinitions } as unknown as Manifest;
  const facts: TargetRoles = {
    existing: [],
    groups: new Map(),
    attributes: ["superuser"],
    ...target,
  };
  const version = { major, num: major * 10_000, text: String(major) };
  return planRoles(
    manifest,
    { version, roles: facts },
    restoreSettings({ roles: true, ...options }),
  );
}

const sqlOf = ({ statements }: RolePlan): string[] => statements.map(({ sql }) => sql);

test("every fact is a statement, and no password is shown", () => {
  const role: Partial<ManifestRole> = {
    name: "a b",
    attributes: ["superuser", "login"],
    connectionLimit: 0,
    validUntil: "infinity",
    password: "SCRAM-SHA-256$it's",
    comment: "it's",
    securityLabels: [{ provider: "p", label: "l" }],
    settings: ['search_path=a, "B c"'],
    databaseSettings: ["work_mem=1MB"],
    parameters: [{ name: "a.b", privilege: "ALTER SYSTEM", grantable: true }],
  };
  const result = plan([role]);
  expect(sqlOf(result)).toEqual([
    "CREATE ROLE \"a b\" NOINHERIT SUPERUSER LOGIN CONNECTION LIMIT 0 VALID UNTIL 'infinity'",
    "ALTER ROLE \"a b\" PASSWORD 'SCRAM-SHA-256$it''s'",
    "ALTER ROLE \"a b\" SET search_path TO 'a', 'B c'",
    expect.stringContaining(
      "format('ALTER ROLE \"a b\" IN DATABASE %1$I SET work_mem TO ''1MB''', pg_catalog.current_database())",
    ),
    "COMMENT ON ROLE \"a b\" IS 'it''s'",
    "SECURITY LABEL FOR p ON ROLE \"a b\" IS 'l'",
    'GRANT ALTER SYSTEM ON PARAMETER "a.b" TO "a b" WITH GRANT OPTION',
  ]);
  expect(JSON.stringify(result.statements.map(({ shown }) => shown))).not.toContain("SCRAM");
  expect(plan([role], { major: 14 }).warnings).toEqual([
    expect.objectContaining({ code: "feature-lost", object: 'role "a b"' }),
  ]);
});

test("a grantor has ADMIN OPTION before it grants, and is left out where it never has", () => {
  const roles = [
    { name: "a", memberOf: [member("g", { grantor: "b", admin: true })] },
    { name: "b", memberOf: [member("g", { admin: true })] },
    { name: "c", memberOf: [member("g", { grantor: "stranger" })] },
    { name: "g" },
  ];
  const grants = (result: RolePlan): string[] =>
    sqlOf(result).filter((sql) => sql.startsWith("GRANT"));
  const options = (admin: string): string => `WITH ADMIN ${admin}, INHERIT TRUE, SET TRUE`;
  expect(grants(plan(roles))).toEqual([
    `GRANT g TO b ${options("TRUE")}`,
    `GRANT g TO a ${options("TRUE")} GRANTED BY b`,
    `GRANT g TO c ${options("FALSE")}`,
  ]);
  // Only a superuser grants in the name of others, and servers before 16 do not keep it.
  const plain = plan(roles, { target: { attributes: ["createrole"] } });
  expect(grants(plain).join()).not.toContain("GRANTED BY");
  expect(grants(plan(roles, { major: 15 }))).toEqual([
    "GRANT g TO a WITH ADMIN OPTION",
    "GRANT g TO b WITH ADMIN OPTION",
    "GRANT g TO c",
  ]);
});

test("a membership is left out where the server would give more, or has not the role", () => {
  const roles = [
    { memberOf: [member("g", { set: false }), member("h", { inherit: false }), member("pg_new")] },
    { name: "b", attributes: [], memberOf: [member("h", { inherit: false })] },
    { name: "g" },
    { name: "h" },
  ];
  const result = plan(roles, { major: 15 });
  expect(sqlOf(result).filter((sql) => sql.startsWith("GRANT"))).toEqual(["GRANT h TO b"]);
  expect(result.warnings.map(({ message }) => message)).toEqual([
    "role app did not become a member of g: WITH SET FALSE exists since PostgreSQL 16",
    "role app did not become a member of h: WITH INHERIT FALSE exists since PostgreSQL 16",
    "role app did not become a member of pg_new: the target lacks that role",
  ]);
});

test.each([
  { major: 15, may: [], needs: ["app (needs CREATEROLE)", "su (needs CREATEROLE)"] },
  {
    major: 15,
    may: ["createrole"],
    needs: ["su (needs SUPERUSER, needs REPLICATION, needs BYPASSRLS, needs ADMIN OPTION on x)"],
  },
  {
    major: 16,
    may: ["createrole", "replication"],
    needs: [
      "app (needs CREATEDB)",
      "su (needs SUPERUSER, needs BYPASSRLS, needs ADMIN OPTION on x)",
    ],
  },
] as const)("what a login with $may lacks on $major", ({ major, may, needs }) => {
  const roles: Partial<ManifestRole>[] = [
    { attributes: ["createdb", "inherit"] },
    {
      name: "su",
      attributes: ["superuser", "replication", "bypassrls"],
      memberOf: [member("x"), member("y")],
    },
  ];
  const groups = new Map([
    ["x", false],
    ["y", true],
  ]);
  const { refusal } = plan(roles, { major, target: { attributes: may, groups } });
  expect(refusal).toEqual({ reason: "roles-not-creatable", roles: needs });
});

test("who is no superuser is a member of the new roles until the end, to give them objects", () => {
  const target = { attributes: ["createrole"] } as const;
  expect(plan([{}], { target }).afterwards).toEqual([]);
  const result = plan([{}], { target, options: { owner: true } });
  expect(sqlOf(result).at(-1)).toBe("GRANT app TO CURRENT_USER WITH INHERIT TRUE, SET TRUE");
  expect(result.afterwards.map(({ sql }) => sql)).toEqual(["REVOKE app FROM CURRENT_USER"]);
});

test("a role that exists is compared and not made", () => {
  const row: RoleDefinitionRow = {
    ...PLAIN,
    superuser: false,
    createrole: false,
    createdb: false,
    inherit: true,
    login: false,
    replication: false,
    bypassrls: false,
    memberOf: [member("g", { admin: true }), member("h")],
  };
  const roles = [{ memberOf: [member("g"), member("i")] }];
  const result = plan(roles, { target: { existing: [row] } });
  expect(result).toMatchObject({ created: [], statements: [], afterwards: [], refusal: null });
  expect(result.warnings.map(({ message }) => message)).toEqual([
    "role app exists and was left as it is, other than in the archive: it is a member of g with another ADMIN; it is a member of h; it is no member of i",
  ]);
  const same = { existing: [{ ...row, memberOf: roles[0]!.memberOf }] };
  expect(plan(roles, { target: same }).warnings).toEqual([]);
});
