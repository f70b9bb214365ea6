// The same on a server in a container, which needs Docker: node --test testcontainers.node-test.mjs
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PostgreSqlContainer } from "@testcontainers/postgresql";
import { openFixture } from "nexushub-dump/testing";

let container;
let fixture;
before(async () => {
  // Nothing has to survive this server, so nothing needs to wait for the disk.
  container = await new PostgreSqlContainer("postgres:16")
    .withCommand(["postgres", "-c", "fsync=off", "-c", "full_page_writes=off"])
    .start();
  fixture = await openFixture({ server: container, archive: process.env.ARCHIVE });
});
after(async () => {
  await fixture?.close();
  await container?.stop();
});

void test("every peer belongs to an interface", () =>
  fixture.use(async (database) => {
    const client = await database.client();
    const { rowCount } = await client.query("SELECT FROM wg_peers WHERE interface_id IS NULL");
    assert.equal(rowCount, 0);
  }));
