const { openFixture } = require("nexushub-dump/testing");

let fixture;
beforeAll(async () => {
  fixture = await openFixture({ server: process.env.DATABASE_URL, archive: process.env.ARCHIVE });
});
afterAll(() => fixture.close());

test("a deleted interface takes its peers along", () =>
  fixture.use(async (database) => {
    const client = await database.client();
    expect((await client.query("DELETE FROM wg_interfaces")).rowCount).toBeGreaterThan(0);
    expect((await client.query("SELECT FROM wg_peers")).rowCount).toBe(0);
  }));

test("one database for several steps: reset() brings the rows back", () =>
  fixture.use(async (database) => {
    const client = await database.client();
    await client.query("UPDATE wg_peers SET status = 'revoked'");
    expect(await database.reset()).toContain("public.wg_peers");
    const { rowCount } = await client.query("SELECT FROM wg_peers WHERE status = 'enabled'");
    expect(rowCount).toBeGreaterThan(0);
  }));
