/** Roles: recorded with `roles`, made where they are missing, and never changed. */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openArchive } from "../../src/archive/reader.ts";
import type { ManifestRole } from "../../src/archive/format/manifest.ts";
import { diff } from "../../src/diff/diff.ts";
import { dump } from "../../src/dump/dump.ts";
import type { DumpOptions } from "../../src/dump/options.ts";
import { convert } from "../../src/plain/convert/convert.ts";
import { restore } from "../../src/restore/restore.ts";
import { inspect } from "../../src/verify/inspect.ts";
import { MemoryStore } from "../support/archives.ts";
import { loadWithPsql } from "../support/psql.ts";
import { findTool } from "../support/tools.ts";
import {
  serverFor,
  type TestDatabase,
  type TestServer,
  withDatabase,
} from "../support/postgres.ts";

async function archiveOf(source: TestDatabase, options: DumpOptions = {}): Promise<MemoryStore> {
  const store = new MemoryStore();
  await dump(source.url, store, { roles: true, ...options });
  return store;
}

/** Of the roles of this test: the owner of the database is there already. */
async function definitions(store: MemoryStore, suffix: string): Promise<ManifestRole[]> {
  const reader = await openArchive(store);
  await reader.close();
  return reader.manifest.roleDefinitions!.filter(({ name }) => name.endsWith(suffix));
}

/** `clerk` of a test is `clerk_SUFFIX`, so that tests can share a cluster. */
const NAMES = ["App it's", "boss", "clerk", "idle", "staff"];

function named(sql: string, suffix: string): string {
  return sql.replaceAll(/@(?:\{([^}]*)\}|(\w+))/g, (_, quoted?: string, plain?: string) =>
    quoted === undefined ? `${plain!}_${suffix}` : `"${quoted}_${suffix}"`,
  );
}

async function dropRoles(server: TestServer, suffix: string): Promise<void> {
  // In an order in which none is the grantor of another's membership.
  for (const name of ["@{App it's}", "@clerk", "@staff", "@boss", "@idle"])
    await server.admin(named(`DROP ROLE IF EXISTS ${name}`, suffix));
}

function rolesOf(major: number): string {
  const since = (first: number, words: string, before = ""): string =>
    major >= first ? words : before;
  return `
    CREATE ROLE @idle NOINHERIT;
    CREATE ROLE @boss CREATEROLE CREATEDB REPLICATION BYPASSRLS VALID UNTIL 'infinity';
    CREATE ROLE @staff IN ROLE @idle;
    GRANT @staff TO @boss WITH ADMIN OPTION;
    CREATE ROLE @clerk LOGIN CONNECTION LIMIT 3 VALID UNTIL '2035-01-02 03:04:05.678+01' PASSWORD 'secret word';
    GRANT @staff TO @clerk ${since(16, "WITH INHERIT FALSE, SET FALSE GRANTED BY @boss")};
    GRANT pg_read_all_stats TO @clerk;
    CREATE ROLE @{App it's} LOGIN NOINHERIT SUPERUSER;
    GRANT @clerk TO @{App it's} ${since(16, "WITH ADMIN TRUE, INHERIT TRUE, SET FALSE", "WITH ADMIN OPTION")};
    ALTER ROLE @clerk SET search_path TO "$user", 'a b', public;
    ALTER ROLE @clerk SET work_mem TO '9MB';
    ALTER ROLE @{App it's} SET application_name TO E'it''s \\\\ 100%';
    COMMENT ON ROLE @clerk IS E'it''s\\n\\\\! mine';
    ${since(15, "GRANT SET ON PARAMETER log_min_messages TO @clerk WITH GRANT OPTION;")}
    ${since(15, "GRANT ALTER SYSTEM ON PARAMETER work_mem TO @clerk;")}`;
}

/** A database whose statements name some of the roles. */
function objectsIn(database: string): string {
  return `
    CREATE TABLE t (id int); ALTER TABLE t OWNER TO @{App it's}; GRANT SELECT ON t TO @clerk, @boss;
    ALTER ROLE @clerk IN DATABASE "${database}" SET statement_timeout TO '7s';`;
}

/** An archive of such a database; the roles are gone afterwards. */
async function archiveAndDrop(
  server: TestServer,
  suffix: string,
  options: DumpOptions = {},
): Promise<MemoryStore> {
  const store = await withDatabase(
    async (source) => {
      await source.query(named(rolesOf(server.major) + objectsIn(source.name), suffix));
      const archive = await archiveOf(source, options);
      await source.query(named(`DROP OWNED BY @{App it's}, @clerk, @boss`, suffix));
      return archive;
    },
    { server },
  );
  await dropRoles(server, suffix);
  return store;
}

describe.each([13, 15, 16, 18])("on PostgreSQL %i", (major) => {
  test("are made as they were, and recorded again as they were", async () => {
    const server = await serverFor(major);
    const suffix = randomBytes(4).toString("hex");
    const names = NAMES.map((name) => `${name}_${suffix}`);
    const store = await archiveAndDrop(server, suffix, { rolePasswords: true });
    const recorded = await definitions(store, suffix);
    expect(recorded.map(({ name }) => name)).toEqual(names);
    expect((await inspect(store)).roleDefinitions).toContainEqual({
      name: `clerk_${suffix}`,
      attributes: ["inherit", "login"],
      memberOf: ["pg_read_all_stats", `staff_${suffix}`],
      hasPassword: true,
    });
    await withDatabase(
      async (target) => {
        const options = { roles: true, owner: true, privileges: true } as const;
        const missing = restore(store, target.url, { ...options, roles: false });
        await expect(missing).rejects.toMatchObject({ code: "ROLES_MISSING" });
        const dry = await restore(store, target.url, { ...options, dryRun: true });
        expect(dry.createdRoles).toEqual(names);
        const result = await restore(store, target.url, options);
        expect(result.createdRoles).toEqual(names);
        expect(result.warnings.map(({ code }) => code)).toEqual(["unsigned-archive"]);
        const again = await archiveOf(target, { rolePasswords: true });
        expect(await definitions(again, suffix)).toEqual(recorded);
        await target.query(named(`DROP OWNED BY @{App it's}, @clerk, @boss`, suffix));
      },
      { server },
    );
    await dropRoles(server, suffix);
  });
});

describe.skipIf(findTool("psql") === undefined).each([
  [13, 13],
  [16, 18],
  [18, 16],
])("a plain dump from PostgreSQL %i on %i", (from, to) => {
  test("makes those that are missing, and no others", async () => {
    const suffix = randomBytes(4).toString("hex");
    const source = await serverFor(from);
    const server = await serverFor(to);
    const store = await archiveAndDrop(source, suffix, { rolePasswords: true });
    const folder = mkdtempSync(join(tmpdir(), "nexushub-roles-"));
    try {
      const path = join(folder, "dump.sql");
      const options = { owner: true, privileges: true } as const;
      const { roles } = await convert(store, path, { ...options, roles: true });
      expect(roles).toEqual(expect.arrayContaining(NAMES.map((name) => `${name}_${suffix}`)));
      // One is there already, and stays as it is.
      await server.admin(named("CREATE ROLE @boss CREATEDB", suffix));
      await withDatabase(
        async (target) => {
          for (const once of ["made", "there already"]) {
            loadWithPsql(readFileSync(path), target.url, "-1");
            const again = await definitions(
              await archiveOf(target, { rolePasswords: true }),
              suffix,
            );
            const expected = (await definitions(store, suffix)).filter(
              ({ name }) => !name.startsWith("boss"),
            );
            const made = again.filter(({ name }) => !name.startsWith("boss"));
            expect([once, withoutGrantors(made)]).toEqual([once, withoutGrantors(expected)]);
            expect(again.find(({ name }) => name.startsWith("boss"))?.attributes).toEqual([
              "createdb",
              "inherit",
            ]);
            await target.query("DROP TABLE t");
          }
          await target.query(named(`DROP OWNED BY @{App it's}, @clerk, @boss`, suffix));
        },
        { server },
      );
    } finally {
      rmSync(folder, { recursive: true });
      await dropRoles(server, suffix);
    }
  });
});

/** Psql grants by itself. */
function withoutGrantors(roles: readonly ManifestRole[]): ManifestRole[] {
  return roles.map((role) => ({
    ...role,
    memberOf: role.memberOf.map((each) => ({ ...each, grantor: null })),
  }));
}

test.each([
  [16, 16],
  [15, 18],
])(
  "that differ between an archive of PostgreSQL %i and a database of %i are in a diff",
  async (from, to) => {
    const suffix = randomBytes(4).toString("hex");
    const server = await serverFor(to);
    const store = await archiveAndDrop(await serverFor(from), suffix);
    await withDatabase(
      async (target) => {
        await restore(store, target.url, {
          roles: true,
          owner: true,
          privileges: true,
          trusted: true,
        });
        const rolesIn = async () => {
          const { objects } = await diff(store, { database: target.url });
          const [added, removed, changed] = [objects.added, objects.removed, objects.changed].map(
            (list) => list.filter(({ kind, name }) => kind === "role" && name.endsWith(suffix)),
          );
          return { added, removed, changed };
        };
        expect(await rolesIn()).toEqual({ added: [], removed: [], changed: [] });
        await target.query(
          named("ALTER ROLE @clerk CREATEDB; REVOKE pg_read_all_stats FROM @clerk", suffix),
        );
        await target.query(
          named(
            "CREATE ROLE @late; GRANT SELECT ON t TO @late; REVOKE ALL ON t FROM @boss",
            suffix,
          ),
        );
        const { added, removed, changed } = await rolesIn();
        expect(added!.map(({ name }) => name)).toEqual([`late_${suffix}`]);
        expect(removed!.map(({ name }) => name)).toEqual([`boss_${suffix}`]);
        const lines = (text: string): string[] =>
          text.split("\n").filter((line) => /CREATE ROLE|pg_read/.test(line));
        expect(changed).toHaveLength(1);
        const [{ before, after }] = changed as unknown as [{ before: string; after: string }];
        expect(lines(before)).toEqual([
          expect.stringMatching(/CREATE ROLE clerk_\w+ LOGIN/),
          expect.stringMatching(/GRANT pg_read_all_stats/),
        ]);
        expect(lines(after)).toEqual([
          expect.stringMatching(/CREATE ROLE clerk_\w+ CREATEDB LOGIN/),
        ]);
        await target.query(
          named(`DROP OWNED BY @{App it's}, @clerk, @boss, @late; DROP ROLE @late`, suffix),
        );
      },
      { server },
    );
    await dropRoles(server, suffix);
  },
);

test("are not compared where one side defines none", async () => {
  await withDatabase(async (source) => {
    const plain = new MemoryStore();
    await dump(source.url, plain);
    const { warnings, equal } = await diff(plain, await archiveOf(source));
    expect(equal).toBe(true);
    expect(warnings.map(({ message }) => message)).toContain(
      "only one side defines roles: not compared",
    );
  });
});

test("that exist stay as they are, and the result says how they differ", async () => {
  const server = await serverFor();
  const suffix = randomBytes(4).toString("hex");
  const store = await archiveAndDrop(server, suffix);
  expect((await definitions(store, suffix)).map(({ password }) => password)).not.toContain(
    expect.any(String),
  );
  await server.admin(named("CREATE ROLE @clerk CREATEDB CONNECTION LIMIT 4", suffix));
  await withDatabase(
    async (target) => {
      const result = await restore(store, target.url, { roles: true, trusted: true });
      expect(result.createdRoles).toEqual(
        NAMES.filter((name) => name !== "clerk").map((name) => `${name}_${suffix}`),
      );
      expect(result.warnings).toEqual([
        {
          code: "role-differs",
          object: `role clerk_${suffix}`,
          message: expect.stringMatching(
            /has CREATEDB; it lacks LOGIN; its connection limit is 4, not 3; it is valid until ever.* no member of pg_read_all_stats; it is no member of staff_.*other settings; it has other settings in this database; it has another comment/,
          ),
        },
      ]);
      const [role] = await target.query(
        named("SELECT rolcreatedb, rolconnlimit FROM pg_roles WHERE rolname = '@clerk'", suffix),
      );
      expect(role).toEqual({ rolcreatedb: true, rolconnlimit: 4 });
    },
    { server },
  );
  await dropRoles(server, suffix);
});

describe.each([15, 16])("a login with CREATEROLE on PostgreSQL %i", (major) => {
  test("makes what it may, owns nothing of it, and learns of the rest before", async () => {
    const server = await serverFor(major);
    const suffix = randomBytes(4).toString("hex");
    const admin = named("@admin", suffix);
    await server.admin(named("CREATE ROLE @admin LOGIN CREATEROLE PASSWORD 'x'", suffix));
    const all = await archiveAndDrop(server, suffix);
    const plain = await withDatabase(
      async (source) => {
        await source.query(
          named(
            `CREATE ROLE @staff; CREATE ROLE @clerk LOGIN IN ROLE @staff;
             CREATE SCHEMA s AUTHORIZATION @clerk; CREATE TABLE s.t (id int); ALTER TABLE s.t OWNER TO @clerk;
             GRANT SELECT ON s.t TO @staff`,
            suffix,
          ),
        );
        const store = await archiveOf(source);
        await source.query(named("DROP OWNED BY @clerk, @staff", suffix));
        return store;
      },
      { server },
    );
    await dropRoles(server, suffix);
    await withDatabase(
      async (target) => {
        await target.query(`ALTER DATABASE "${target.name}" OWNER TO ${admin}`);
        const url = new URL(target.url);
        [url.username, url.password] = [admin, "x"];
        const options = { roles: true, owner: true, privileges: true } as const;
        await expect(restore(all, url.href, options)).rejects.toMatchObject({
          code: "ROLES_MISSING",
          message: expect.stringMatching(
            /may not create .*App it's_\w+" \(needs SUPERUSER\), boss_\w+ \(needs .*REPLICATION, needs BYPASSRLS\)/,
          ),
        });
        const result = await restore(plain, url.href, options);
        expect(result.createdRoles).toEqual([`clerk_${suffix}`, `staff_${suffix}`]);
        const [facts] = await target.query(
          named(
            `SELECT relowner::regrole::text AS owner, has_table_privilege('@staff', 's.t', 'SELECT') AS reads,
                    pg_has_role('@admin', '@clerk', 'USAGE') AS member
             FROM pg_class WHERE oid = 's.t'::regclass`,
            suffix,
          ),
        );
        expect(facts).toEqual({ owner: `clerk_${suffix}`, reads: true, member: false });
        await target.query(named("DROP OWNED BY @clerk, @staff", suffix));
        await target.query(`ALTER DATABASE "${target.name}" OWNER TO CURRENT_USER`);
        await dropRoles(server, suffix);
      },
      { server },
    );
    await server.admin(`DROP ROLE ${admin}`);
  });
});

test("of a newer server become members on an older one only where that gives them no more", async () => {
  const newer = await serverFor(16);
  const older = await serverFor(15);
  const suffix = randomBytes(4).toString("hex");
  const store = await archiveAndDrop(newer, suffix);
  await withDatabase(
    async (target) => {
      const result = await restore(store, target.url, { roles: true, trusted: true });
      expect(
        result.warnings.filter(({ code, object }) => code === "feature-lost" && object !== null),
      ).toEqual([
        expect.objectContaining({ message: expect.stringContaining("WITH SET FALSE") }),
        expect.objectContaining({ message: expect.stringContaining("WITH SET FALSE") }),
      ]);
      const [{ members } = {}] = await target.query<{ members: string[] }>(
        named(
          `SELECT array_agg(roleid::regrole::text) AS members FROM pg_auth_members WHERE member = '@clerk'::regrole`,
          suffix,
        ),
      );
      expect(members).toEqual(["pg_read_all_stats"]);
      await target.query(named("DROP OWNED BY @clerk", suffix));
    },
    { server: older },
  );
  await dropRoles(older, suffix);
});

test("are an error where the archive defines none, or the login may not read passwords", async () => {
  const suffix = randomBytes(4).toString("hex");
  await withDatabase(async (source) => {
    await source.query(named("CREATE ROLE @reader LOGIN PASSWORD 'x'", suffix));
    const store = new MemoryStore();
    await dump(source.url, store);
    await expect(restore(store, source.url, { roles: true })).rejects.toMatchObject({
      code: "USAGE",
      message: "the archive defines no roles",
    });
    const url = new URL(source.url);
    [url.username, url.password] = [named("@reader", suffix), "x"];
    const passwords = dump(url.href, new MemoryStore(), { rolePasswords: true });
    await expect(passwords).rejects.toMatchObject({ code: "PERMISSION" });
    await source.query(named("DROP ROLE @reader", suffix));
  });
});

/** What pg_dumpall writes about the roles of a test. */
function rolesByPgDumpall(server: TestServer, suffix: string): string[] {
  const text = execFileSync(pgDumpall!.path, ["--roles-only", "-d", server.urlOf("postgres")], {
    encoding: "utf8",
  });
  return text.split("\n").filter((line) => line.includes(suffix));
}

const pgDumpall = findTool("pg_dumpall", 15);

test.skipIf(pgDumpall === undefined)("are the same to pg_dumpall before and after", async () => {
  const server = await serverFor(15);
  const suffix = randomBytes(4).toString("hex");
  const [store, before] = await withDatabase(
    async (source) => {
      await source.query(named(rolesOf(15) + objectsIn(source.name), suffix));
      const archive = await archiveOf(source, { rolePasswords: true });
      const lines = rolesByPgDumpall(server, suffix);
      await source.query(named(`DROP OWNED BY @{App it's}, @clerk, @boss`, suffix));
      return [archive, lines] as const;
    },
    { server },
  );
  await dropRoles(server, suffix);
  expect(before.length).toBeGreaterThan(15);
  await withDatabase(
    async (target) => {
      await restore(store, target.url, { roles: true, trusted: true });
      expect(rolesByPgDumpall(server, suffix)).toEqual(before);
      await target.query(named("DROP OWNED BY @clerk", suffix));
    },
    { server },
  );
  await dropRoles(server, suffix);
});
