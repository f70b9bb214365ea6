/** A plain dump leaves the planner's statistics to autovacuum, where the server has that. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { Client } from "pg";
import { type EmbeddedServer, startEmbedded } from "../../src/embedded/index.ts";
import type { PlainRestoreOptions } from "../../src/plain/restore/options.ts";
import { restorePlain } from "../../src/plain/restore/restore-plain.ts";
import { MemoryStore } from "../support/archives.ts";

const DUMP = Buffer.from(`--
-- PostgreSQL database dump
--
CREATE TABLE public.t (a int);
COPY public.t (a) FROM stdin;
1
2
\\.
--
-- PostgreSQL database dump complete
--
`);

let server: EmbeddedServer;
beforeAll(async () => {
  // So late that it does nothing while the test runs.
  server = await startEmbedded({ major: 16, settings: { autovacuum_naptime: "1h" } });
});
afterAll(() => server.stop());

async function analyzed(setting: "on" | "off", options: PlainRestoreOptions): Promise<boolean> {
  const client = new Client(server.connection());
  await client.connect();
  try {
    await client.query(`ALTER SYSTEM SET autovacuum = ${setting}`);
    await client.query("SELECT pg_reload_conf()");
    await expect
      .poll(async () => (await client.query("SHOW autovacuum")).rows)
      .toEqual([{ autovacuum: setting }]);
    await restorePlain(new MemoryStore(DUMP), server.connection(), {
      force: true,
      trusted: true,
      ...options,
    });
    const { rowCount } = await client.query("SELECT FROM pg_stats WHERE tablename = 't'");
    return rowCount === 1;
  } finally {
    await client.end();
  }
}

test("a table is analyzed when it is asked for, or when nobody else would do it", async () => {
  expect(await analyzed("on", {})).toBe(false);
  expect(await analyzed("on", { analyze: true })).toBe(true);
  expect(await analyzed("off", {})).toBe(true);
  expect(await analyzed("off", { analyze: false })).toBe(false);
});
