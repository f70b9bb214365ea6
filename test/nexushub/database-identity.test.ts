/** Databases of one name on two servers that do not tell which server they are, backed up into one folder. */
import { afterAll, expect, test } from "vitest";
import { backup, prune } from "../../src/nexushub/index.ts";
import { readLedger, writeLedger } from "../../src/nexushub/backup-folder/ledger.ts";
import { withConnection } from "../../src/pg/connect.ts";
import { secondCluster, serverFor, type TestServer } from "../support/postgres.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());
const NAME = `same_name_${process.pid}`;
const ROLE = `may_not_ask_${process.pid}`;

/** A database whose login may not call pg_control_system(), as with some providers. */
async function silentDatabase(server: TestServer): Promise<string> {
  await server.admin(`CREATE DATABASE ${NAME} TEMPLATE template0`);
  await server.admin(`CREATE ROLE ${ROLE} LOGIN PASSWORD 'x'`);
  const url = new URL(server.url);
  url.pathname = `/${NAME}`;
  await withConnection(url.href, {}, (connection) =>
    connection.query(`
      REVOKE EXECUTE ON FUNCTION pg_catalog.pg_control_system() FROM PUBLIC;
      CREATE TABLE public.t (a int); ALTER TABLE public.t OWNER TO ${ROLE}`),
  );
  url.username = ROLE;
  url.password = "x";
  return url.href;
}

test("never share retention", async () => {
  const servers = [await serverFor(), await secondCluster()];
  try {
    const urls: string[] = [];
    for (const server of servers) urls.push(await silentDatabase(server));
    const make = (databaseUrl: string, hour: number) => {
      const now = () => new Date(`2026-11-20T0${hour}:00:00Z`);
      return backup({ databaseUrl, folder: folder.path, now, env: {}, retention: { keep: 1 } });
    };
    const first = await make(urls[0]!, 3);
    const other = await make(urls[1]!, 4);
    expect(other.removed).toEqual([]);
    const again = await make(urls[0]!, 5);
    expect(again.removed).toEqual([first.path.split("/").at(-1)]);
    const { ledger } = await readLedger(folder.path);
    const identities = Object.values(ledger.backups).map(({ database }) => database);
    expect(new Set(identities).size).toBe(2);
    // What was copied here without its list may be of both.
    const now = new Date("2026-11-20T06:00:00Z");
    await writeLedger(folder.path, { ...ledger, backups: {} });
    const pruned = await prune(folder.path, { retention: { keep: 1 }, adopt: true, now });
    expect(pruned.removed).toEqual([]);
    expect(pruned.decisions[0]?.reason).toMatch(/server is not known/);
  } finally {
    for (const server of servers) {
      await server.admin(`DROP DATABASE IF EXISTS ${NAME} WITH (FORCE)`);
      await server.admin(`DROP ROLE IF EXISTS ${ROLE}`);
    }
  }
});
