import { expect } from "vitest";
import { test } from "./fixture.mjs";

test("the server refuses a second peer with the same address", ({ withDatabase }) =>
  withDatabase(async (client) => {
    const duplicate = `INSERT INTO wg_peers (interface_id, name, public_key, assigned_ip)
      SELECT interface_id, 'duplicate', repeat('A', 43) || '=', assigned_ip FROM wg_peers LIMIT 1`;
    await expect(client.query(duplicate)).rejects.toMatchObject({
      constraint: "wg_peers_interface_ip_key",
    });
  }));

test("one database for several steps: reset() brings the rows back", ({ withDatabase }) =>
  withDatabase(async (client, database) => {
    await client.query("UPDATE wg_peers SET status = 'revoked'");
    expect(await database.reset()).toContain("public.wg_peers");
    const { rowCount } = await client.query("SELECT FROM wg_peers WHERE status = 'enabled'");
    expect(rowCount).toBeGreaterThan(0);
  }));
