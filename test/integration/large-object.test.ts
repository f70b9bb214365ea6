/** What large objects hold goes through COPY and comes back the same, holes and odd ends included. */
import { readFileSync } from "node:fs";
import type { Client } from "pg";
import { from as copyFrom, to as copyTo } from "pg-copy-streams";
import { pipeline } from "node:stream/promises";
import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { largeObjectCopySql, largeObjectLoadSql } from "../../src/sql/large-object-rows.ts";
import { freshDatabase, MAJORS } from "../support/postgres.ts";

const CORPUS = new URL("../corpus/large-object--forms.sql", import.meta.url);
/** The file without what needs roles. */
const SETUP = readFileSync(CORPUS, "utf8").replaceAll(/^.*corpus_(?:alice|bob).*$/gm, "");

async function read(client: Client, isSuperuser: boolean): Promise<string> {
  let text = "";
  for await (const chunk of client.query(copyTo(largeObjectCopySql(isSuperuser)))) {
    text += (chunk as Buffer).toString();
  }
  return text;
}

/** Length and bytes of every object, as a reader of the objects sees them. */
async function contents(client: Client): Promise<unknown[]> {
  const { rows } = await client.query(
    `SELECT oid, pg_catalog.length(pg_catalog.lo_get(oid)), pg_catalog.md5(pg_catalog.lo_get(oid)) FROM pg_catalog.pg_largeobject_metadata ORDER BY oid`,
  );
  return rows;
}

test.each(MAJORS)(
  "PostgreSQL %i: contents survive, read with and without superuser",
  async (major) => {
    const source = await freshDatabase({ major });
    const target = await freshDatabase({ major });
    try {
      await source.query(SETUP);
      const from = await source.client();
      const to = await target.client();
      const rows = await read(from, true);
      expect(rows.split("\n").length).toBeGreaterThan(10);

      for (const text of [await read(from, false), rows]) {
        await to.query("BEGIN");
        await to.query(
          (await contents(from))
            .map((row) => `SELECT pg_catalog.lo_create(${(row as { oid: number }).oid})`)
            .join(";"),
        );
        const load = largeObjectLoadSql();
        await to.query(load.create);
        // In two blocks, like the parts of an archive.
        const half = text.indexOf("\n", text.length / 2) + 1;
        for (const part of [text.slice(0, half), text.slice(half)]) {
          await pipeline(Readable.from([part]), to.query(copyFrom(load.copy)));
          for (const statement of load.apply) await to.query(statement);
        }
        await to.query("COMMIT");
        expect(await contents(to)).toEqual(await contents(from));
        // Page for page only where pages were read.
        if (text === rows) expect(await read(to, true)).toBe(rows);
        else
          await to.query(
            "SELECT pg_catalog.lo_unlink(oid) FROM pg_catalog.pg_largeobject_metadata",
          );
      }
    } finally {
      await source.drop();
      await target.drop();
    }
  },
);

test("a login without superuser rights reads what it may, and the error names the object that it may not", async () => {
  const source = await freshDatabase();
  const role = `reader_${source.name}`;
  try {
    const client = await source.client();
    await client.query(SETUP);
    await client.query(`CREATE ROLE ${role}`);
    await client.query(`SELECT pg_catalog.lo_create(30000)`);
    await client.query(
      `DO $$DECLARE o oid; BEGIN
         FOR o IN SELECT oid FROM pg_catalog.pg_largeobject_metadata WHERE oid <> 30000 LOOP
           EXECUTE format('GRANT SELECT ON LARGE OBJECT %s TO ${role}', o);
         END LOOP;
       END$$`,
    );
    await client.query(`SET ROLE ${role}`);
    await client.query("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
    await expect(read(client, false)).rejects.toThrow(/permission denied for large object 30000/);
    await client.query("ROLLBACK");
    await client.query("RESET ROLE");
    await client.query("SELECT pg_catalog.lo_unlink(30000)");
    await client.query(`SET ROLE ${role}`);
    await client.query("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
    expect((await read(client, false)).split("\n").length).toBeGreaterThan(50);
    await client.query("ROLLBACK");
    await client.query("RESET ROLE");
  } finally {
    await source.query(`DROP OWNED BY ${role}`);
    await source.drop();
    await source.server.admin(`DROP ROLE ${role}`);
  }
});
