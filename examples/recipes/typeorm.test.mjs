// TypeORM: `destroy()` closes the data source's pool, before the database is dropped. `synchronize` stays off: the fixture has the schema.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openFixture } from "nexushub-dump/testing";
import { DataSource, EntitySchema } from "typeorm";

const User = new EntitySchema({
  name: "User",
  tableName: "users",
  columns: {
    id: { type: "uuid", primary: true, generated: "uuid" },
    email: { type: "citext" },
  },
  relations: { sessions: { type: "one-to-many", target: "Session", inverseSide: "user" } },
});
const Session = new EntitySchema({
  name: "Session",
  tableName: "sessions",
  columns: { id: { type: "uuid", primary: true, generated: "uuid" } },
  relations: {
    user: { type: "many-to-one", target: "User", joinColumn: { name: "user_id" } },
  },
});

let fixture;
before(async () => {
  fixture = await openFixture({ server: process.env.DATABASE_URL, archive: process.env.ARCHIVE });
});
after(() => fixture.close());

/** Runs a body with TypeORM on a database of its own. */
const withTypeOrm = (body) =>
  fixture.use(async (database) => {
    const source = new DataSource({
      type: "postgres",
      url: database.url,
      entities: [User, Session],
      // It needs no extension, and so asks for none.
      installExtensions: false,
    });
    await source.initialize();
    try {
      await body(source);
    } finally {
      await source.destroy();
    }
  });

void test("a deleted user takes the sessions along", () =>
  withTypeOrm(async (source) => {
    const users = source.getRepository(User);
    await users.remove(await users.find());
    assert.equal(await source.getRepository(Session).count(), 0);
  }));

void test("another test sees none of it", () =>
  withTypeOrm(async (source) => {
    const users = await source.getRepository(User).find({ relations: { sessions: true } });
    assert.ok(users.some(({ sessions }) => sessions.length > 0));
  }));
