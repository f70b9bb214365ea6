// postgres.js: `end()` closes its connections, before the database is dropped.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openFixture } from "nexushub-dump/testing";
import postgres from "postgres";

let fixture;
before(async () => {
  fixture = await openFixture({ server: process.env.DATABASE_URL, archive: process.env.ARCHIVE });
});
after(() => fixture.close());

/** Runs a body with postgres.js on a database of its own. */
const withSql = (body) =>
  fixture.use(async (database) => {
    const sql = postgres(database.url);
    try {
      await body(sql);
    } finally {
      await sql.end();
    }
  });

void test("a deleted user takes the sessions along", () =>
  withSql(async (sql) => {
    await sql`DELETE FROM users`;
    assert.equal((await sql`SELECT FROM sessions`).count, 0);
  }));

void test("another test sees none of it", () =>
  withSql(async (sql) => {
    const [{ n }] =
      await sql`SELECT count(*)::int AS n FROM users u JOIN sessions s ON s.user_id = u.id`;
    assert.ok(n > 0);
  }));
