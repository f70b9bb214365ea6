/** What belongs to the whole database or must stay secret: dumped on request, else left out with a warning. */
import { describe, expect, test } from "vitest";
import type { Manifest } from "../../src/archive/format/manifest.ts";
import { openArchive } from "../../src/archive/reader.ts";
import { dump } from "../../src/dump/dump.ts";
import type { DumpOptions } from "../../src/dump/options.ts";
import { restore } from "../../src/restore/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { MAJORS, secondCluster, type TestDatabase, withDatabase } from "../support/postgres.ts";

async function dumped(
  url: string,
  options: DumpOptions,
): Promise<{ store: MemoryStore; manifest: Manifest; sql: string }> {
  const store = new MemoryStore();
  await dump(url, store, options);
  const reader = await openArchive(store);
  await reader.close();
  const { manifest } = reader;
  const sql = manifest.objects.flatMap(({ statements }) => statements).join(";\n");
  return { store, manifest, sql };
}

const PROPERTIES = `
  SELECT pg_catalog.shobj_description(d.oid, 'pg_database') AS comment, datconnlimit, datdba::regrole::text AS owner,
    (SELECT array_agg(x ORDER BY x) FROM unnest(datacl::text[]) x) AS acl,
    (SELECT array_agg(s.setrole::regrole || ' ' || s.setconfig::text ORDER BY s.setrole) FROM pg_db_role_setting s
     WHERE s.setdatabase = d.oid) AS settings
  FROM pg_database d WHERE datname = current_database()`;

/** Properties with names and values that must be quoted. */
async function giveProperties(database: TestDatabase, role: string): Promise<void> {
  const { name } = database;
  await database.server.admin(`CREATE ROLE "${role}"`);
  await database.query(`
    COMMENT ON DATABASE "${name}" IS '100% %1$I it''s $$ "quoted" \\';
    ALTER DATABASE "${name}" CONNECTION LIMIT 17;
    ALTER DATABASE "${name}" SET search_path = "$user", "a ""b", 'c, d', public;
    ALTER DATABASE "${name}" SET "DateStyle" = 'ISO, DMY';
    ALTER DATABASE "${name}" SET my.setting = '50% it''s';
    ALTER DATABASE "${name}" SET work_mem = '7MB';
    ALTER DATABASE "${name}" SET temp_tablespaces = '';
    ALTER ROLE "${role}" IN DATABASE "${name}" SET search_path = '';
    GRANT CREATE ON DATABASE "${name}" TO "${role}" WITH GRANT OPTION;
    REVOKE TEMPORARY ON DATABASE "${name}" FROM PUBLIC;
    ALTER DATABASE "${name}" OWNER TO "${role}"`);
}

describe.each(MAJORS)("PostgreSQL %i", (major) => {
  test("restores the database's own properties into a database of another name", async () => {
    const server = await secondCluster(major);
    const role = `properties "${major}"`.replaceAll('"', "'");
    await withDatabase(
      async (source) => {
        await giveProperties(source, role);
        const options = { databaseProperties: true, owner: true, privileges: true };
        const { store, sql } = await dumped(source.url, options);
        expect(sql).not.toContain(source.name);
        await withDatabase(
          async (target) => {
            await restore(store, target.url, { owner: true, privileges: true });
            const [properties] = await source.query(PROPERTIES);
            expect(properties).toMatchObject({ datconnlimit: 17, owner: `"${role}"` });
            expect(await target.query(PROPERTIES)).toEqual([properties]);
            expect((await dumped(target.url, options)).sql).toBe(sql);
          },
          { server },
        );
        const plain = await dumped(source.url, { owner: true, privileges: true });
        expect(plain.sql).not.toContain("DATABASE");
      },
      { server },
    );
    await server.admin(`DROP ROLE "${role}"`);
  });

  test("works for who is no superuser, and says what could not be read", async () => {
    const server = await secondCluster(major);
    const role = `reader_${major}`;
    await withDatabase(
      async (source) => {
        await source.query(`
          CREATE ROLE ${role} LOGIN PASSWORD 'pw';
          CREATE TABLE t (a int); GRANT SELECT ON t TO ${role};
          CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
          CREATE USER MAPPING FOR ${role} SERVER s OPTIONS (password 'geheim');
          CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS (password 'geheim');
          CREATE PUBLICATION p FOR TABLE t;
          CREATE SUBSCRIPTION sub CONNECTION 'host=nowhere.invalid password=geheim' PUBLICATION p
            WITH (connect = false, slot_name = NONE);
          SELECT lo_from_bytea(77, 'seen'); GRANT SELECT ON LARGE OBJECT 77 TO ${role};
          ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO ${role}`);
        const url = new URL(source.url);
        url.username = role;
        url.password = "pw";
        const options = { owner: true, privileges: true, userMappingSecrets: true };
        const { manifest, sql } = await dumped(url.href, options);
        expect(sql).toContain("CREATE SUBSCRIPTION sub\n    CONNECTION ''");
        expect(sql).not.toContain("geheim");
        expect(manifest.warnings.map(({ message }) => message)).toEqual(
          expect.arrayContaining([
            `subscription sub was written without its connection string${major < 14 ? " and synchronous_commit" : ""}, which only a superuser can read`,
            "user mapping of PUBLIC for server s may have options that this role cannot read",
          ]),
        );
        expect(manifest.relations.map(({ kind, rows }) => [kind, rows])).toContainEqual([
          "large-objects",
          1,
        ]);
        await source.query("DROP SUBSCRIPTION sub");
      },
      { server },
    );
    await server.admin(`DROP ROLE ${role}`);
  });
});

test("keeps passwords out of the archive unless they are asked for", async () => {
  await withDatabase(async (source) => {
    await source.query(`
      CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
      CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS (password 'geheim');
      CREATE SUBSCRIPTION sub CONNECTION 'host=nowhere.invalid user=u password=geheim' PUBLICATION p
        WITH (connect = false, slot_name = NONE)`);
    const { sql, store, manifest } = await dumped(source.url, { compression: "none" });
    expect(sql).toContain("CONNECTION 'host=nowhere.invalid user=u'");
    expect(store.bytes.includes("geheim")).toBe(false);
    expect(manifest.warnings.map(({ message }) => message)).toEqual([
      "subscription sub was written without the password in its connection string",
      "user mapping of PUBLIC for server s was written without its options, which can hold passwords",
    ]);
    const all = await dumped(source.url, { userMappingSecrets: true });
    expect(all.sql.match(/geheim/g)?.length).toBe(2);
    expect(all.manifest.warnings).toEqual([]);
    await source.query("DROP SUBSCRIPTION sub");
  });
});

test("writes security labels of objects, columns and the database", async () => {
  await withDatabase(async (source) => {
    await source.query(`
      SET allow_system_table_mods = on;
      CREATE SCHEMA "S s"; CREATE TABLE "S s".t ("a ""a" int); CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
      INSERT INTO pg_seclabel VALUES
        ('"S s".t'::regclass, 'pg_class'::regclass, 0, 'prov', 'it''s'), ('"S s".t'::regclass, 'pg_class'::regclass, 0, 'Other', 'b'),
        ('"S s".t'::regclass, 'pg_class'::regclass, 1, 'prov', 'column'), ('f(int)'::regprocedure, 'pg_proc'::regclass, 0, 'prov', 'code');
      INSERT INTO pg_shseclabel SELECT oid, 'pg_database'::regclass, 'prov', 'whole' FROM pg_database WHERE datname = current_database()`);
    const { manifest } = await dumped(source.url, { databaseProperties: true });
    const labels = manifest.objects.filter(({ kind }) => kind === "security-label");
    expect(labels.flatMap(({ statements }) => statements).sort()).toEqual([
      `DO $$BEGIN\n  EXECUTE pg_catalog.format('SECURITY LABEL FOR prov ON DATABASE %1$I IS ''whole''', pg_catalog.current_database());\nEND$$`,
      `SECURITY LABEL FOR "Other" ON TABLE "S s".t IS 'b'`,
      `SECURITY LABEL FOR prov ON COLUMN "S s".t."a ""a" IS 'column'`,
      `SECURITY LABEL FOR prov ON FUNCTION public.f(integer) IS 'code'`,
      `SECURITY LABEL FOR prov ON TABLE "S s".t IS 'it''s'`,
    ]);
    await source.query(`SET allow_system_table_mods = on; DELETE FROM pg_shseclabel`);
  });
});

test("leaves out privileges of a role that is gone, and says so", async () => {
  const server = await secondCluster();
  await withDatabase(
    async (source) => {
      await source.query(`
        CREATE ROLE gone_role; CREATE ROLE kept_role;
        CREATE TABLE t (a int); GRANT SELECT ON t TO gone_role, kept_role;
        SET allow_system_table_mods = on; DELETE FROM pg_authid WHERE rolname = 'gone_role'`);
      const { manifest, sql } = await dumped(source.url, { privileges: true });
      expect(sql).toContain("GRANT SELECT ON TABLE public.t TO kept_role");
      expect(sql.match(/GRANT SELECT/g)).toHaveLength(1);
      expect(manifest.warnings).toHaveLength(1);
      expect(manifest.warnings[0]?.message).toMatch(
        /^privileges on TABLE public\.t of role \d+, which no longer exists, were left out$/,
      );
    },
    { server },
  );
  await server.admin("DROP ROLE kept_role");
});
