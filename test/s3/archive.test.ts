/** An archive in an object store goes through everything that an archive in a file goes through. */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { inspect } from "../../src/verify/inspect.ts";
import { restore } from "../../src/restore/restore.ts";
import { s3Store } from "../../src/s3.ts";
import { verify } from "../../src/verify/verify.ts";
import { runCli, startCli } from "../support/cli.ts";
import { freshDatabase, type TestDatabase } from "../support/postgres.ts";
import { createBucket, gateway, useKeys } from "../support/s3/bucket.ts";
import { type FaultProxy, startFaultProxy } from "../support/s3/fault-proxy.ts";
import { SAMPLE_DATABASE } from "../support/sample-database.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

describe.skipIf(gateway === null)("an archive in an object store", () => {
  const facts = gateway!;
  const files = temporaryFolder();
  let database: TestDatabase;
  let env: Record<string, string>;
  const proxies: FaultProxy[] = [];
  const databases: TestDatabase[] = [];
  beforeAll(async () => {
    env = useKeys(facts);
    database = await freshDatabase();
    await database.query(SAMPLE_DATABASE);
    // Some parts of an upload: text that does not compress.
    await database.query(
      `CREATE TABLE public.noise (id int PRIMARY KEY, text text);
       INSERT INTO public.noise SELECT i, (SELECT string_agg(md5(i::text || j::text), '')
         FROM generate_series(1, 320) AS j) FROM generate_series(1, 4000) AS i`,
    );
  });
  afterAll(async () => {
    await database?.drop();
    files.remove();
  });
  afterEach(async () => {
    for (const proxy of proxies.splice(0)) await proxy.close();
    for (const each of databases.splice(0)) await each.drop();
  });

  async function emptyDatabase(): Promise<TestDatabase> {
    const empty = await freshDatabase();
    databases.push(empty);
    return empty;
  }

  async function counted(): Promise<FaultProxy> {
    const proxy = await startFaultProxy(facts.endpoint);
    proxies.push(proxy);
    return proxy;
  }

  test("is dumped, inspected, verified, compared and restored on the command line", async () => {
    const bucket = await createBucket(facts);
    const address = bucket.at("of/db.tar.gz");
    const dumped = await runCli(["dump", "--database-url", database.url, "-o", address], env);
    expect(dumped).toMatchObject({ code: 0 });
    for (const command of ["inspect", "verify"])
      expect(await runCli([command, address], env)).toMatchObject({ code: 0 });
    const target = await emptyDatabase();
    const restored = await runCli(["restore", address, "--database-url", target.url], env);
    expect(restored.stderr + restored.stdout).not.toContain(facts.secretAccessKey);
    expect(restored).toMatchObject({ code: 0 });
    expect(await runCli(["diff", address, target.url], env)).toMatchObject({ code: 0 });
    const again = await runCli(["dump", "--database-url", database.url, "-o", address], env);
    expect(again).toMatchObject({ code: 1 });
    expect(again.stderr).toMatch(/there is an object of this name already/);
    expect(await bucket.keys("of/")).toEqual(["of/db.tar.gz"]);
    expect(await bucket.uploads()).toBe(0);
  });

  test("inspect takes three requests at most, and 2 MB; one table takes its own members", async () => {
    const bucket = await createBucket(facts);
    const identity = await generateX25519Identity();
    const recipients = [await identityToRecipient(identity)];
    const { encryptArchive, decryptArchive } = await import("../../src/archive/encryption/age.ts");
    await dump(database.url, bucket.at("plain"));
    await dump(database.url, encryptArchive(bucket.at("sealed"), { recipients }));
    const proxy = await counted();
    const through = (key: string): string =>
      `s3://${bucket.name}/${key}?endpoint=${proxy.endpoint}`;
    const sealed = decryptArchive(through("sealed"), { identities: [identity] });
    const identityFile = join(files.path, "identity.txt");
    await writeFile(identityFile, identity);
    for (const args of [
      ["inspect", through("plain")],
      ["inspect", through("sealed"), "--identity", identityFile],
    ]) {
      Object.assign(proxy.seen, { requests: 0, bytes: 0 });
      expect(await runCli(args, env)).toMatchObject({ code: 0 });
      expect(proxy.seen.requests).toBeLessThanOrEqual(3);
      expect(proxy.seen.bytes).toBeLessThan(2_000_000);
    }
    for (const origin of [through("plain"), sealed]) {
      Object.assign(proxy.seen, { requests: 0, bytes: 0 });
      const { archiveBytes } = await inspect(origin);
      expect(archiveBytes).toBeGreaterThan(10_000_000);
      expect(proxy.seen.requests).toBeLessThanOrEqual(3);
      expect(proxy.seen.bytes).toBeLessThan(2_000_000);
      Object.assign(proxy.seen, { requests: 0, bytes: 0 });
      const target = await emptyDatabase();
      await target.query("CREATE TYPE public.mood AS ENUM ('sad', 'so-so', 'happy')");
      await restore(origin, target.url, { tables: ["public.parent"], trusted: true });
      expect(proxy.seen.bytes).toBeLessThan(6_000_000);
    }
    await verify(sealed);
  });

  test("the library takes keys of its own, and a base beside a differential archive", async () => {
    const bucket = await createBucket(facts);
    const { accessKeyId, secretAccessKey, endpoint } = facts;
    const options = { endpoint, credentials: { accessKeyId, secretAccessKey }, env: {} };
    const at = (name: string) => s3Store(`s3://${bucket.name}/p/${name}`, options);
    await dump(database.url, at("full.tar.gz"), { units: true });
    await dump(database.url, at("next.tar.gz"), { base: at("full.tar.gz") });
    await verify(at("next.tar.gz"));
    await expect(
      dump(
        database.url,
        s3Store(`s3://${bucket.name}/p/x`, {
          ...options,
          credentials: { accessKeyId, secretAccessKey: "wrong" },
        }),
      ),
    ).rejects.toMatchObject({ code: "STORE", storeCode: "SignatureDoesNotMatch" });
    await expect(verify(s3Store(`s3://no-such-bucket/x`, options))).rejects.toMatchObject({
      code: "STORE",
      storeCode: "NoSuchBucket",
    });
    await expect(verify(at("none"))).rejects.toThrow(/there is no such object/);
  });

  test("a clock that is an hour ahead is set by the store's", async () => {
    const bucket = await createBucket(facts);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_600_000 });
    try {
      await dump(database.url, bucket.at("x"), { schemaOnly: true });
      await verify(bucket.at("x"));
    } finally {
      vi.useRealTimers();
    }
    // And when somebody has set it right meanwhile.
    await verify(bucket.at("x"));
  });

  test("a store that goes on failing ends the dump, and leaves nothing", async () => {
    const bucket = await createBucket(facts);
    const proxy = await counted();
    proxy.fault = ({ url }) =>
      url?.includes("partNumber=2") === true ? { status: 403, code: "AccessDenied" } : undefined;
    const address = `s3://${bucket.name}/x?endpoint=${proxy.endpoint}`;
    await expect(dump(database.url, address)).rejects.toMatchObject({ storeCode: "AccessDenied" });
    expect(await bucket.keys()).toEqual([]);
    expect(await bucket.uploads()).toBe(0);
  });

  test("a dump that is killed leaves no object, and the next one removes its upload", async () => {
    const bucket = await createBucket(facts);
    const slow = bucket.at("killed.tar.gz", "&limit-rate=3000000");
    const killed = startCli(["dump", "--database-url", database.url, "-o", slow], env);
    await vi.waitFor(async () => expect(await bucket.uploads()).toBe(1), {
      timeout: 30_000,
      interval: 200,
    });
    killed.process.kill("SIGKILL");
    await killed.finished;
    expect((await bucket.keys()).filter((key) => !key.startsWith("."))).toEqual([]);
    expect(await bucket.uploads()).toBe(1);
    await dump(database.url, bucket.at("another.tar.gz"), { schemaOnly: true });
    expect(await bucket.uploads()).toBe(0);
    expect(await bucket.keys()).toEqual(["another.tar.gz"]);
  });

  test("a profile of the shared files, encryption and a rate limit on the command line", async () => {
    const bucket = await createBucket(facts);
    const folder = temporaryFolder();
    try {
      const file = join(folder.path, "credentials");
      const { accessKeyId, secretAccessKey, endpoint } = facts;
      await writeFile(
        file,
        `[nexus]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\nendpoint_url = ${endpoint}\n`,
      );
      const profile = {
        AWS_SHARED_CREDENTIALS_FILE: file,
        AWS_ACCESS_KEY_ID: "",
        AWS_SECRET_ACCESS_KEY: "",
      };
      const address = `s3://${bucket.name}/x.tar.gz?profile=nexus`;
      const started = performance.now();
      const args = ["dump", "--database-url", database.url, "-o", address];
      const run = await runCli([...args, "--limit-rate", "8M"], profile);
      expect(run).toMatchObject({ code: 0 });
      expect(performance.now() - started).toBeGreaterThan(1_000);
      expect(await runCli(["verify", address], profile)).toMatchObject({ code: 0 });
    } finally {
      await rm(folder.path, { recursive: true });
    }
  });
});
