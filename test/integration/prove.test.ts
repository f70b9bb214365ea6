/** A proof restores the schema before anything is copied, and names what cannot be restored. */
import { expect, test } from "vitest";
import type { ProgressEvent } from "../../src/events.ts";
import { dump } from "../../src/dump/dump.ts";
import { drill } from "../../src/drill/drill.ts";
import { prove } from "../../src/prove/prove.ts";
import { proveSource } from "../../src/prove/prove-source.ts";
import { MemoryStore } from "../support/archives.ts";
import { type TestDatabase, withDatabase } from "../support/postgres.ts";

/** No throwaway database and no role of a proof may be left. */
async function leftovers({ server }: TestDatabase): Promise<unknown[]> {
  const { rows } = await server.admin(
    `SELECT datname AS name FROM pg_database WHERE datname LIKE 'nexushub_drill_%'
     UNION ALL SELECT rolname FROM pg_roles WHERE rolname LIKE 'nexushub_plain_%'`,
  );
  return rows;
}

test("succeeds, as a superuser and as a role without", async () => {
  await withDatabase(async (source) => {
    await source.query(`
      CREATE SCHEMA s; CREATE TABLE s.t (a int PRIMARY KEY); CREATE VIEW v AS SELECT * FROM s.t;
      GRANT SELECT ON v TO pg_monitor; CREATE EXTENSION citext`);
    const { url } = source.server;
    const proof = await proveSource(source.url, {}, { into: url });
    expect(proof).toMatchObject({
      role: null,
      target: expect.stringContaining("scratch database"),
    });
    const archive = new MemoryStore();
    await dump(source.url, archive);
    const other = await prove(archive, { into: url, superuser: false });
    expect(other.role).toMatch(/^nexushub_plain_/);
    expect(other.objects).toBe(proof.objects);
    expect(await leftovers(source)).toEqual([]);
  });
});

test("shows what it does while it restores, and what the server says", async () => {
  await withDatabase(async (source) => {
    await source.query("CREATE TABLE t (a int PRIMARY KEY); CREATE VIEW v AS SELECT * FROM t");
    const events: ProgressEvent[] = [];
    await proveSource(
      source.url,
      {},
      { into: source.server.url, onProgress: (event) => void events.push(event) },
    );
    const phases = events.flatMap((event) => (event.type === "phase" ? [event.phase] : []));
    const ofRestore = phases.slice(phases.lastIndexOf("connect"));
    expect(ofRestore).toEqual(expect.arrayContaining(["pre-data", "post-data", "commit"]));
    const statements = events.filter((event) => event.type === "statement");
    expect(statements.map(({ kind, name }) => `${kind} ${name}`)).toEqual(
      expect.arrayContaining(["table t", "view v"]),
    );
  });
});

test("names what a role without superuser cannot restore", async () => {
  await withDatabase(async (source) => {
    await source.query(
      "CREATE FUNCTION c_code() RETURNS int LANGUAGE c AS '$libdir/citext', 'citext_eq'",
    );
    const archive = new MemoryStore();
    await dump(source.url, archive);
    await prove(archive, { into: source.server.url });
    await expect(
      prove(archive, { into: source.server.url, superuser: false }),
    ).rejects.toMatchObject({
      message: expect.stringContaining("the archive cannot be restored"),
      object: "function public.c_code()",
    });
    expect(await leftovers(source)).toEqual([]);
  });
});

test("names what nobody can restore, before rows are copied", async () => {
  await withDatabase(async (source) => {
    // As if its library had been removed.
    await source.query(`
      CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
      UPDATE pg_proc SET prosrc = 'f', probin = '$libdir/removed',
        prolang = (SELECT oid FROM pg_language WHERE lanname = 'c') WHERE proname = 'f'`);
    await expect(proveSource(source.url, {}, { into: source.server.url })).rejects.toMatchObject({
      object: "function public.f(integer)",
    });
    expect(await leftovers(source)).toEqual([]);
  });
});

test("uses an embedded server by default", async () => {
  await withDatabase(
    async (source) => {
      await source.query("CREATE TABLE t (a int)");
      expect(await proveSource(source.url, {})).toMatchObject({
        target: expect.stringContaining("embedded PostgreSQL 18"),
      });
      // As one that the embedded server has not.
      await source.query(
        "CREATE EXTENSION citext; UPDATE pg_extension SET extname = 'elsewhere' WHERE extname = 'citext'",
      );
      await expect(proveSource(source.url, {})).rejects.toMatchObject({
        message: expect.stringContaining("elsewhere"),
        hint: expect.stringContaining("--into"),
      });
    },
    { major: 18 },
  );
});

test("columns compressed with lz4 are no reason to refuse, although embedded servers are built without it", async () => {
  await withDatabase(
    async (source) => {
      // A server without lz4 has no other way to such a column.
      await source.query(`
        CREATE TABLE t (a text);
        UPDATE pg_attribute SET attcompression = 'l' WHERE attrelid = 't'::regclass AND attname = 'a'`);
      expect(await proveSource(source.url, {})).toMatchObject({
        target: expect.stringContaining("embedded PostgreSQL 18"),
      });
      const archive = new MemoryStore();
      await dump(source.url, archive, { schemaOnly: true });
      expect(await drill(archive)).toMatchObject({ ok: true });
    },
    { major: 18 },
  );
});
