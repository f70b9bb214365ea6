const { isNexushubDumpError, UsageError, verify } = require("nexushub-dump");
const { openFixture } = require("nexushub-dump/testing");

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
    const { rows } = await client.query("SELECT 1 AS one, now() AS now");
    expect(rows).toStrictEqual([{ one: 1, now: expect.any(Date) }]);
  }));

test("the archive itself is whole, and errors have classes and codes", async () => {
  expect((await verify(process.env.ARCHIVE)).rows).toBeGreaterThan(0);
  const failure = await verify(process.env.ARCHIVE, { identities: 1 }).catch((error) => error);
  expect(failure).toBeInstanceOf(UsageError);
  expect(failure).toBeInstanceOf(Error);
  expect(failure.code).toBe("USAGE");
  expect(isNexushubDumpError(failure)).toBe(true);
});
