/** Owners and privileges: recorded by every dump but a fixture's, set by a restore that is asked to. */
import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import type { DumpOptions } from "../../src/dump/options.ts";
import { restore } from "../../src/restore/restore.ts";
import { inspect } from "../../src/verify/inspect.ts";
import { MemoryStore } from "../support/archives.ts";
import { contentsOf } from "../support/contents.ts";
import { type TestDatabase, withDatabase } from "../support/postgres.ts";

async function archiveOf(source: TestDatabase, options: DumpOptions = {}): Promise<MemoryStore> {
  const store = new MemoryStore();
  await dump(source.url, store, options);
  return store;
}

async function ownerAndReader(database: TestDatabase, reader: string) {
  const [row] = await database.query<{ owner: string; reads: boolean }>(
    `SELECT relowner::regrole::text AS owner, has_table_privilege('${reader}', 'users', 'SELECT') AS reads
     FROM pg_class WHERE oid = 'users'::regclass`,
  );
  return row;
}

test("are recorded, counted when left out, and set on request", async () => {
  const suffix = randomBytes(4).toString("hex");
  const [app, reader, guest] = [`app_${suffix}`, `reader_${suffix}`, `guest_${suffix}`];
  await withDatabase(async (source) => {
    await source.query(`
      CREATE ROLE ${app}; CREATE ROLE ${reader}; CREATE ROLE ${guest};
      CREATE TABLE users (id int); ALTER TABLE users OWNER TO ${app}; GRANT SELECT ON users TO ${reader};
      CREATE TABLE other (id int); GRANT SELECT ON other TO ${reader};
      ALTER TABLE users ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON users TO ${guest} USING (true)`);
    const store = await archiveOf(source);
    const contents = await inspect(store);
    expect(contents).toMatchObject({ owner: true, privileges: true, partial: false });
    expect(contents.roles.filter(({ name }) => name.endsWith(suffix))).toEqual([
      { name: app, owned: 1, privileges: 0 },
      { name: reader, owned: 0, privileges: 2 },
    ]);
    await withDatabase(async (target) => {
      const { leftOut } = await restore(store, target.url);
      expect(leftOut.privileges).toBe(2);
      expect(leftOut.owners).toBeGreaterThanOrEqual(2);
      expect(await ownerAndReader(target, reader)).toMatchObject({ reads: false });
      const one = await restore(store, target.url, { force: true, tables: ["users"] });
      expect(one.leftOut).toEqual({ owners: 1, privileges: 1 });
      const all = await restore(store, target.url, { force: true, owner: true, privileges: true });
      expect(all.leftOut).toEqual({ owners: 0, privileges: 0 });
      expect(await ownerAndReader(target, reader)).toEqual({ owner: app, reads: true });
    });
    for (const options of [{ owner: false, privileges: false }, { reproducible: true }])
      expect(await inspect(await archiveOf(source, options))).toMatchObject({
        owner: false,
        privileges: false,
        roles: [],
      });
    // Only the policy's role is needed without owners and privileges.
    await source.query(
      `DROP OWNED BY ${app}, ${reader} CASCADE; DROP ROLE ${app}; DROP ROLE ${reader}`,
    );
    await withDatabase(async (target) => {
      await restore(store, target.url);
      await source.query(`DROP OWNED BY ${guest}`);
      await target.query(`DROP OWNED BY ${guest}; DROP ROLE ${guest}`);
      const force = { force: true } as const;
      await expect(restore(store, target.url, force)).rejects.toMatchObject({ object: guest });
      await expect(restore(store, target.url, { ...force, owner: true })).rejects.toMatchObject({
        code: "ROLES_MISSING",
        object: `${app}, ${guest}`,
      });
    });
  });
});

const CREATED = `
  CREATE TABLE users (id int); CREATE SEQUENCE numbers; CREATE SCHEMA app; CREATE TABLE app.secrets (a text);
  CREATE TYPE state AS ENUM (); CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';`;
const DEFAULTS = `
  ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC;
  ALTER DEFAULT PRIVILEGES REVOKE UPDATE ON TABLES FROM CURRENT_USER;
  ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT INSERT ON TABLES TO PUBLIC;
  ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT ALL ON TABLES TO PUBLIC;
  ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO PUBLIC;
  ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
  ALTER DEFAULT PRIVILEGES REVOKE USAGE ON TYPES FROM PUBLIC;
  ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO PUBLIC;`;

test.each([13, 18])(
  "on %i are those of the archive, whatever the target's defaults for new objects are",
  async (major) => {
    await withDatabase(
      async (source) => {
        await source.query(CREATED + DEFAULTS);
        const before = await contentsOf(source.url);
        const store = await archiveOf(source);
        const all = { force: true, owner: true, privileges: true };
        await restore(store, source.url, all);
        expect(await contentsOf(source.url)).toBe(before);
        // Defaults that the archive does not know stay, too, and do nothing to its objects.
        const more = "ALTER DEFAULT PRIVILEGES GRANT TRUNCATE ON TABLES TO PUBLIC";
        await source.query(more);
        const after = await contentsOf(source.url);
        await restore(store, source.url, all);
        expect(await contentsOf(source.url)).toBe(after);
        await source.query("CREATE TABLE later (a int)");
        const [later] = await source.query<{ truncates: boolean }>(
          "SELECT has_table_privilege('public', 'later', 'TRUNCATE') AS truncates",
        );
        expect(later).toEqual({ truncates: true });
        // Without privileges there is nothing to compare with: the target's owner has decided.
        await restore(store, source.url, { force: true });
        const [users] = await source.query<{ reads: boolean }>(
          "SELECT has_table_privilege('public', 'users', 'SELECT') AS reads",
        );
        expect(users).toEqual({ reads: true });
      },
      { major },
    );
  },
);
