/** Scratch databases of drills that were killed: the next drill on the server removes them, and leaves those at work alone. */
import { Client } from "pg";
import { expect, test, vi } from "vitest";
import { openThrowaway } from "../../src/drill/throwaway.ts";
import type { ProgressEvent } from "../../src/events.ts";
import { prove } from "../../src/prove/prove.ts";
import { MemoryStore, smallArchive } from "../support/archives.ts";
import { secondCluster } from "../support/postgres.ts";

vi.setConfig({ testTimeout: 120_000 });

const LEFT = "nexushub_drill_0000000000a1";
const HELD = "nexushub_drill_f123456789ab";
const OCCUPIED = "nexushub_drill_0000000000b2";
const SIMILAR = "nexushub_drill_0000000000a1x";
const ROLE = "nexushub_plain_0000000000a1";

async function clientOf(url: string): Promise<Client> {
  const client = new Client(url);
  await client.connect();
  return client;
}

test("the scratch database of a killed drill goes with its role, and one at work stays", async () => {
  const server = await secondCluster();
  const all = [LEFT, HELD, OCCUPIED, SIMILAR];
  for (const name of all) await server.admin(`CREATE DATABASE ${name} TEMPLATE template0`);
  await server.admin(`CREATE ROLE ${ROLE}`);
  await server.admin(`ALTER DATABASE ${LEFT} OWNER TO ${ROLE}`);
  const [holder, guest] = [await clientOf(server.url), await clientOf(server.urlOf(OCCUPIED))];
  const events: ProgressEvent[] = [];
  try {
    await holder.query(`SELECT pg_advisory_lock(${BigInt("0xf123456789ab")})`);
    const throwaway = await openThrowaway({
      into: server.url,
      onProgress: (event) => events.push(event),
    });
    const present = async (): Promise<string[]> => {
      const { rows } = await server.admin(
        "SELECT datname FROM pg_database WHERE datname ~ '^nexushub_drill_' ORDER BY 1",
      );
      return (rows as { datname: string }[]).map(({ datname }) => datname);
    };
    const scratch = /nexushub_drill_\w+/.exec(throwaway.label)![0];
    expect(await present()).toEqual([OCCUPIED, SIMILAR, HELD, scratch].toSorted());
    const roles = await server.admin(`SELECT FROM pg_roles WHERE rolname = '${ROLE}'`);
    expect(roles.rows).toHaveLength(0);
    expect(events).toEqual([
      expect.objectContaining({ code: "drill-leftover", object: `database ${LEFT}` }),
    ]);
    // Its own lock protects it from the next drill, before anybody is connected to it.
    const next = await openThrowaway({ into: server.url });
    expect(await present()).toContain(scratch);
    await next.remove();
    await throwaway.remove();
    expect(await present()).toEqual([OCCUPIED, SIMILAR, HELD].toSorted());
  } finally {
    await holder.end();
    await guest.end();
    for (const name of all) await server.admin(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await server.admin(`DROP ROLE IF EXISTS ${ROLE}`);
  }
});

test("a proof removes it as well, and says so", async () => {
  const server = await secondCluster();
  await server.admin(`CREATE DATABASE ${LEFT} TEMPLATE template0`);
  try {
    const events: ProgressEvent[] = [];
    await prove(new MemoryStore(await smallArchive()), {
      into: server.url,
      onProgress: (event) => events.push(event),
    });
    expect(events.filter(({ type }) => type === "warning")).toContainEqual(
      expect.objectContaining({ code: "drill-leftover", object: `database ${LEFT}` }),
    );
  } finally {
    await server.admin(`DROP DATABASE IF EXISTS ${LEFT} WITH (FORCE)`);
  }
});
