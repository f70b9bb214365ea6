import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { openFixture } from "nexushub-dump/testing";

let fixture;
beforeAll(async () => {
  fixture = await openFixture({ server: process.env.DATABASE_URL, archive: process.env.ARCHIVE });
});
afterAll(() => fixture.close());

test("a deleted user takes the sessions along", () =>
  fixture.use(async (database) => {
    const client = await database.client();
    expect((await client.query("DELETE FROM users")).rowCount).toBeGreaterThan(0);
    expect((await client.query("SELECT FROM sessions")).rowCount).toBe(0);
  }));

test("another test sees none of it", () =>
  fixture.use(async (database) => {
    const client = await database.client();
    expect((await client.query("SELECT FROM sessions")).rowCount).toBeGreaterThan(0);
  }));
