// Kysely: its pool is closed by `destroy()`, before the database is dropped.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Kysely, PostgresDialect } from "kysely";
import { openFixture } from "nexushub-dump/testing";
import pg from "pg";

let fixture;
before(async () => {
  fixture = await openFixture({ server: process.env.DATABASE_URL, archive: process.env.ARCHIVE });
});
after(() => fixture.close());

/** Runs a body with Kysely on a database of its own. */
const withKysely = (body) =>
  fixture.use(async (database) => {
    const pool = new pg.Pool({ connectionString: database.url });
    const db = new Kysely({ dialect: new PostgresDialect({ pool }) });
    try {
      await body(db);
    } finally {
      await db.destroy();
    }
  });

void test("a deleted user takes the sessions along", () =>
  withKysely(async (db) => {
    await db.deleteFrom("users").execute();
    assert.deepEqual(await db.selectFrom("sessions").select("id").execute(), []);
  }));

void test("another test sees none of it", () =>
  withKysely(async (db) => {
    const joined = db.selectFrom("users").innerJoin("sessions", "sessions.user_id", "users.id");
    assert.notDeepEqual(await joined.select("users.email").execute(), []);
  }));
