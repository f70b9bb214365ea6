// A test gets a database of its own from an archive, inside a transaction that it rolls back.
import assert from "node:assert/strict";
import { test } from "node:test";
import { restore } from "nexushub-dump";
import pg from "pg";

await test("every peer belongs to an interface", async () => {
  const client = new pg.Client(process.env.EMPTY_DATABASE_URL);
  await client.connect();
  await client.query("BEGIN");
  try {
    await restore(process.env.ARCHIVE, client);
    const { rows } = await client.query("SELECT FROM wg_peers WHERE interface_id IS NULL");
    assert.equal(rows.length, 0);
  } finally {
    await client.query("ROLLBACK");
    await client.end();
  }
});
