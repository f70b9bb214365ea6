import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { UsageError } from "../../../../src/errors.ts";
import { resolveConnection } from "../../../../src/pg/libpq/resolve.ts";

let folder: string;
let env: Record<string, string>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "nexushub-dump-libpq-"));
  writeFileSync(
    join(folder, ".pg_service.conf"),
    "[shop]\nhost=service-host\nport=1111\ndbname=service-db\n",
  );
  writeFileSync(
    join(folder, ".pgpass"),
    "service-host:*:*:*:from-passfile\nlocalhost:*:*:*:socket\n",
  );
  chmodSync(join(folder, ".pgpass"), 0o600);
  env = { HOME: folder };
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("resolveConnection", () => {
  test("prefers the string, then the service, then the environment", () => {
    const settings = resolveConnection(
      { dbname: "given", service: "shop" },
      { ...env, PGPORT: "2222", PGUSER: "env-user", PGDATABASE: "env-db" },
    );
    expect(settings).toMatchObject({
      database: "given",
      user: "env-user",
      endpoints: [{ host: "service-host", port: 1111 }],
    });
    expect(settings.password(settings.endpoints[0]!)).toBe("from-passfile");
  });

  test("takes everything from the environment", () => {
    const settings = resolveConnection(
      {},
      {
        ...env,
        PGHOST: "/run/x,b",
        PGPORT: "1,2",
        PGUSER: "u",
        PGPASSWORD: "secret",
      },
    );
    expect(settings.endpoints).toEqual([
      { host: "/run/x", address: undefined, port: 1 },
      { host: "b", address: undefined, port: 2 },
    ]);
    expect(settings.database).toBe("u");
    expect(settings.password(settings.endpoints[1]!)).toBe("secret");
  });

  test("ignores a passfile that others can read", () => {
    chmodSync(join(folder, ".pgpass"), 0o644);
    const settings = resolveConnection({ host: "service-host" }, env);
    expect(settings.password(settings.endpoints[0]!)).toBeUndefined();
    chmodSync(join(folder, ".pgpass"), 0o600);
  });

  test("looks a default socket up in the passfile as localhost", () => {
    const settings = resolveConnection({ host: "/tmp" }, env);
    expect(settings.password(settings.endpoints[0]!)).toBe("socket");
  });

  test.each([
    [{ hots: "x" }, {}],
    [{ requirepeer: "postgres" }, {}],
    [{}, { PGREQUIREPEER: "postgres" }],
    [{ sslsni: "0" }, {}],
    [{ sslcertmode: "require" }, {}],
    [{ min_protocol_version: "3.2" }, {}],
    [{ load_balance_hosts: "robin" }, {}],
    [{ constructor: "x" }, {}],
    [{ ssl_mode: "require" }, {}],
    [{ gssencmode: "require" }, {}],
    [{ port: "0" }, {}],
    [{ port: "5432x" }, {}],
    [{ host: "a,b", port: "1,2,3" }, {}],
    [{ host: "a,b", hostaddr: "1.2.3.4" }, {}],
    [{ service: "missing" }, {}],
  ])("refuses %j %j", (params, extra) => {
    expect(() => resolveConnection(params, { ...env, ...extra })).toThrow(UsageError);
  });

  test("takes what asks for nothing that it cannot do", () => {
    const params = {
      gssencmode: "prefer",
      replication: "false",
      tcp_user_timeout: "0",
      sslsni: "1",
    };
    expect(resolveConnection({ ...params, requirepeer: "" }, env).params).toMatchObject(params);
  });

  test("leaves out an application's own words, and hands settings to the server", () => {
    const { params, serverSettings } = resolveConnection(
      {
        dbname: "d",
        pool_max_conns: "5",
        schema: "public",
        pgbouncer: "true",
        "x-migrations-table": "t",
        // Symfony's default address, and one of Rails.
        serverVersion: "16",
        charset: "utf8",
        encoding: "unicode",
        pool: "5",
        timeout: "5000",
        binary_parameters: "yes",
        currentSchema: "app",
        ApplicationName: "hub",
        statement_timeout: "5s",
        "app.tenant": "a b\\",
        ssl: "false",
      },
      env,
    );
    expect(params).toEqual({ dbname: "d", sslmode: "disable" });
    expect(serverSettings).toEqual(["-c statement_timeout=5s", String.raw`-c app.tenant=a\ b\\`]);
  });

  test("refuses Prisma's client certificate, and names what stands for it", () => {
    expect(() => resolveConnection({ dbname: "d", sslidentity: "client.p12" }, env)).toThrow(
      expect.objectContaining({ code: "USAGE", hint: expect.stringContaining("sslcert") }),
    );
  });

  test("tries hosts in any order when the load is to be balanced", () => {
    const hosts = ["a", "b", "c", "d", "e"];
    const orders = Array.from({ length: 50 }, () =>
      resolveConnection({ host: hosts.join(","), load_balance_hosts: "random" }, env)
        .endpoints.map(({ host }) => host)
        .join(""),
    );
    expect(new Set(orders).size).toBeGreaterThan(1);
    for (const order of orders) expect([...order].sort().join("")).toBe("abcde");
  });
});
