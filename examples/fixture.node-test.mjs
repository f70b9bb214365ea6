// node:test: each test has a database of its own, copied from an archive. vitest and jest: the same calls in their hooks.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openFixture } from "nexushub-dump/testing";

let fixture;
before(async () => {
  fixture = await openFixture({ server: process.env.DATABASE_URL, archive: process.env.ARCHIVE });
});
after(() => fixture.close());

void test("deleting users leaves no peer behind that has an owner", () =>
  fixture.use(async (database) => {
    const client = await database.client();
    await client.query("DELETE FROM users");
    const { rows } = await client.query("SELECT FROM wg_peers WHERE owner_user_id IS NOT NULL");
    assert.equal(rows.length, 0);
  }));

void test("another test sees none of it", () =>
  fixture.use(async (database) => {
    const client = await database.client();
    await client.query("DELETE FROM ebpf_rules");
    assert.notDeepEqual(await database.reset(), []);
    const { rows } = await client.query(
      "SELECT count(*)::int AS n FROM users JOIN ebpf_rules r ON true",
    );
    assert.ok(rows[0].n > 0);
  }));
