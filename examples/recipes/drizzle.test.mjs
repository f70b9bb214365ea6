// Drizzle on pg's pool, which `end()` closes before the database is dropped.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { pgTable, text, uuid } from "drizzle-orm/pg-core";
import { openFixture } from "nexushub-dump/testing";

const users = pgTable("users", { id: uuid().primaryKey(), email: text().notNull() });
const sessions = pgTable("sessions", {
  id: uuid().primaryKey(),
  userId: uuid("user_id").notNull(),
});

let fixture;
before(async () => {
  fixture = await openFixture({ server: process.env.DATABASE_URL, archive: process.env.ARCHIVE });
});
after(() => fixture.close());

/** Runs a body with Drizzle on a database of its own. */
const withDrizzle = (body) =>
  fixture.use(async (database) => {
    const db = drizzle(database.url);
    try {
      await body(db);
    } finally {
      await db.$client.end();
    }
  });

void test("a deleted user takes the sessions along", () =>
  withDrizzle(async (db) => {
    await db.delete(users);
    assert.deepEqual(await db.select().from(sessions), []);
  }));

void test("another test sees none of it", () =>
  withDrizzle(async (db) => {
    const joined = db.select().from(users).innerJoin(sessions, eq(sessions.userId, users.id));
    assert.notDeepEqual(await joined, []);
  }));
