/** With `prove` a backup restores the schema first: it fails before it copies rows, and names what cannot be restored. */
import { readdir } from "node:fs/promises";
import { Client } from "pg";
import { expect, test } from "vitest";
import { inspect } from "../../src/verify/inspect.ts";
import { backupRuns } from "../support/backup-runs.ts";

const on = backupRuns();

async function query(sql: string): Promise<void> {
  const client = new Client(on.url);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

test("a backup that restored its schema first is complete, and records roles", async () => {
  const { path } = await on.run({ prove: true, into: on.url, roles: true });
  await on.expectComplete(path);
  expect((await inspect(path)).roleDefinitions.map(({ name }) => name)).toContain("postgres");
});

test("what cannot be restored is named, and no backup is made", async () => {
  // As if its library had been removed.
  await query(`
    CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
    UPDATE pg_proc SET prosrc = 'f', probin = '$libdir/removed',
      prolang = (SELECT oid FROM pg_language WHERE lanname = 'c') WHERE proname = 'f'`);
  await expect(on.run({ prove: true, into: on.url })).rejects.toMatchObject({
    object: "function public.f(integer)",
  });
  expect((await readdir(on.folder)).filter((name) => name.includes(".tar.gz"))).toEqual([]);
  await query("DROP FUNCTION f(int)");
});

test("a server for the proof without a proof is an error", async () => {
  await expect(on.run({ into: on.url })).rejects.toMatchObject({ code: "USAGE" });
});
