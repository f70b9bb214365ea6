/** Ways to a server: TLS, sockets, services, several hosts, poolers, standbys; and cancelling over each. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Client } from "pg";
import { describe, expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { NexushubDumpError } from "../../src/errors.ts";
import { connect } from "../../src/pg/connect.ts";
import { parseConnectionString } from "../../src/sql/conninfo/parse.ts";
import { checkServer } from "../../src/pg/server.ts";
import { MemoryStore } from "../support/archives.ts";
import { PGBOUNCER, startPgbouncer } from "../support/pgbouncer.ts";
import { type TestDatabase, withDatabase } from "../support/postgres.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { authority, certificate } from "../support/certificates.ts";
import { type Address, asksForPassword, forward, pooler, type Proxy } from "../support/proxies.ts";

const CHECK = { purpose: "dump" } as const;

async function withFolder<T>(body: (path: string) => Promise<T>): Promise<T> {
  const folder = temporaryFolder();
  try {
    return await body(folder.path);
  } finally {
    folder.remove();
  }
}

async function withProxy<T>(proxy: Promise<Proxy>, body: (proxy: Proxy) => Promise<T>): Promise<T> {
  const opened = await proxy;
  try {
    return await body(opened);
  } finally {
    opened.close();
  }
}

/** The parts of a test database's address. */
function parts({
  url,
}: TestDatabase): Address & { user: string; password: string; dbname: string } {
  const {
    host = "localhost",
    port = "5432",
    user = "",
    password = "",
    dbname = "",
  } = parseConnectionString(url);
  return { host, port: Number(port), user, password, dbname };
}

async function session(
  source: string,
  env: Record<string, string>,
): Promise<{ database: string; name: string }> {
  const { connection } = await connect(source, { env });
  try {
    const [row] = await connection.query<{ database: string; name: string }>(
      "SELECT pg_catalog.current_database() AS database, pg_catalog.current_setting('application_name') AS name",
    );
    return row!;
  } finally {
    await connection.close();
  }
}

describe("TLS", () => {
  test.each([
    ["prefer", "localhost", false, true],
    ["require", "localhost", false, true],
    ["verify-full", "localhost", true, true],
    ["verify-ca", "127.0.0.1", true, true],
    ["verify-full", "127.0.0.1", true, false],
    ["verify-full", "localhost", "wrong", false],
    ["disable", "localhost", false, false],
  ])("%s to %s with root certificate %s: %s", async (sslmode, host, root, works) => {
    await withDatabase(async (database) => {
      const { user, password, dbname, ...server } = parts(database);
      await withFolder(async (home) => {
        await withProxy(forward(server, true), async ({ port }) => {
          const file = join(home, "root.crt");
          writeFileSync(file, root === "wrong" ? certificate : authority);
          const given = root === false ? "" : ` sslrootcert=${file}`;
          const work = session(
            `host=${host} port=${port} user=${user} dbname=${dbname} sslmode=${sslmode}${given}`,
            { HOME: home, PGPASSWORD: password },
          );
          if (works) expect((await work).database).toBe(dbname);
          else await expect(work).rejects.toMatchObject({ code: "CONNECTION" });
        });
      });
    });
  });

  test("is used for cancel requests too", async () => {
    await withDatabase(async (database) => {
      const { user, password, dbname, ...server } = parts(database);
      await withFolder((home) =>
        withProxy(forward(server, true), async ({ port, connections }) => {
          const abort = new AbortController();
          const { connection } = await connect(
            `host=localhost port=${port} user=${user} dbname=${dbname} sslmode=require`,
            { env: { HOME: home, PGPASSWORD: password }, signal: abort.signal },
          );
          const work = connection.query("SELECT pg_catalog.pg_sleep(600)");
          await expect
            .poll(
              async () =>
                (
                  await database.query(
                    "SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()",
                  )
                ).length,
            )
            .toBe(1);
          abort.abort();
          await expect(work).rejects.toMatchObject({ code: "ABORTED" });
          expect(connections()).toBe(2);
          await connection.close();
        }),
      );
    });
  });

  test("goes on without TLS where the server has none and that is allowed", async () => {
    await withDatabase(async (database) => {
      const { user, password, dbname, ...server } = parts(database);
      await withProxy(forward(server, false), async ({ port }) => {
        const source = `host=127.0.0.1 port=${port} user=${user} dbname=${dbname}`;
        const env = { HOME: "/nonexistent", PGPASSWORD: password };
        expect((await session(source, env)).database).toBe(dbname);
        await expect(session(`${source} sslmode=require`, env)).rejects.toMatchObject({
          code: "CONNECTION",
        });
      });
    });
  });
});

describe("libpq's environment", () => {
  test("gives everything: service, passfile, application name", async () => {
    await withDatabase(async (database) => {
      const { user, password, dbname, host, port } = parts(database);
      await withFolder(async (home) => {
        writeFileSync(
          join(home, ".pg_service.conf"),
          `[mine]\nhost=${host}\nport=${port}\ndbname=${dbname}\n`,
        );
        writeFileSync(join(home, ".pgpass"), `${host}:${port}:*:${user}:${password}\n`, {
          mode: 0o600,
        });
        const env = {
          HOME: home,
          PGSERVICE: "mine",
          PGUSER: user,
          PGAPPNAME: "my app",
          PGSSLMODE: "disable",
        };
        expect(await session("", env)).toEqual({ database: dbname, name: "my app" });
        expect(
          await session("service=mine sslmode=disable", { ...env, PGSERVICE: "", PGAPPNAME: "" }),
        ).toEqual({
          database: dbname,
          name: "nexushub-dump",
        });
      });
    });
  });

  test("says that a password is missing", async () => {
    await withProxy(asksForPassword(), async ({ port }) => {
      const work = session(`host=127.0.0.1 port=${port} user=x dbname=x`, { HOME: "/nonexistent" });
      await expect(work).rejects.toMatchObject({ code: "CONNECTION" });
      await expect(work).rejects.toThrow(/asks for a password and none was given/);
    });
  });

  test("tries host after host, and takes the one that can be written to", async () => {
    await withDatabase(async (database) => {
      const { user, password, dbname, host, port } = parts(database);
      const env = { HOME: "/nonexistent", PGPASSWORD: password };
      const source = `host=127.0.0.1,${host} port=1,${port} user=${user} dbname=${dbname}`;
      expect((await session(source, env)).database).toBe(dbname);
      expect((await session(`${source} target_session_attrs=primary`, env)).database).toBe(dbname);
      expect((await session(`${source} target_session_attrs=prefer-standby`, env)).database).toBe(
        dbname,
      );
      const standby = session(`${source} target_session_attrs=standby`, env);
      await expect(standby).rejects.toMatchObject({ code: "CONNECTION" });
    });
  });
});

test("a session outlives timeouts that are meant for applications", async () => {
  await withDatabase(
    async (database) => {
      for (const name of ["idle_session_timeout", "statement_timeout", "transaction_timeout"])
        await database.server.admin(`ALTER DATABASE "${database.name}" SET ${name} = '400ms'`);
      const { connection } = await connect(database.url, { env: {} });
      await setTimeout(800);
      await connection.query("SELECT pg_catalog.pg_sleep(0.8)");
      await connection.close();
    },
    { major: 18 },
  );
});

describe("a pooler", () => {
  test("in transaction mode is a clear error", async () => {
    await withDatabase(async (database) => {
      await withProxy(pooler(database.url, true), async ({ port }) => {
        const { connection, connector } = await connect(
          `host=127.0.0.1 port=${port} user=x dbname=${database.name} sslmode=disable`,
          {
            env: { HOME: "/nonexistent", PGPASSWORD: "x" },
          },
        );
        const error: unknown = await checkServer(connection, connector, CHECK).catch(
          (thrown: unknown) => thrown,
        );
        expect(error).toBeInstanceOf(NexushubDumpError);
        expect(error).toMatchObject({
          code: "UNSUPPORTED_SERVER",
          message: "the connection goes through a pooler in transaction mode",
        });
        await connection.close();
        const application = new Client({ host: "127.0.0.1", port, user: "x" });
        await application.connect();
        const { rows } = await application.query("SELECT current_setting('search_path') AS path");
        // The next user of the session finds it as it was.
        expect(rows).toEqual([{ path: '"$user", public' }]);
        await application.end();
      });
    });
  });

  test("in session mode is as good as the server", async () => {
    await withDatabase(async (database) => {
      await withProxy(pooler(database.url, false), async ({ port, connections }) => {
        const { connection, connector } = await connect(
          `host=127.0.0.1 port=${port} user=x dbname=${database.name} sslmode=disable`,
          {
            env: { HOME: "/nonexistent", PGPASSWORD: "x" },
          },
        );
        expect((await checkServer(connection, connector, CHECK)).major).toBeGreaterThan(12);
        expect(connections()).toBe(2);
        await connection.close();
      });
    });
  });

  test.skipIf(PGBOUNCER === undefined).each([
    ["statement", "", "a pooler in statement mode"],
    ["session", "?options=-c%20statement_timeout%3D0", "ignore_startup_parameters"],
  ])("in %s mode says what to do (%s)", async (mode, parameters, hint) => {
    await withDatabase(async (database) => {
      const bouncer = await startPgbouncer(database.url, [`pool_mode = ${mode}`]);
      try {
        const url = `${bouncer.through(database.url)}${parameters}`;
        await expect(dump(url, new MemoryStore())).rejects.toMatchObject({
          hint: expect.stringContaining(hint) as string,
        });
      } finally {
        await bouncer.stop();
      }
    });
  });
});
