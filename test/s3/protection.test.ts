/** What the rights in docs/object-stores.md suffice for, and what nobody can do to locked backups who has the host's keys. */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { loadNexusHubDemoData, TEST_KEY } from "../../src/nexushub/demo-data/index.ts";
import { openS3Object } from "../../src/store/s3/s3-object.ts";
import { md5Header } from "../../src/store/s3/md5.ts";
import { elementsOf, parseXml, textOf } from "../../src/store/s3/xml.ts";
import { runCli } from "../support/cli.ts";
import { freshDatabase, type TestDatabase } from "../support/postgres.ts";
import { createBucket, gateway, type TestBucket, useKeys } from "../support/s3/bucket.ts";
import { createUser, processLifecycle } from "../support/s3/gateway.ts";

vi.setConfig({ testTimeout: 240_000 });
const DAY_MS = 86_400_000;
const DOCUMENT = new URL("../../docs/object-stores.md", import.meta.url);

describe.skipIf(gateway === null)("backups in a bucket", () => {
  const facts = gateway!;
  let database: TestDatabase;
  let env: Record<string, string>;
  beforeAll(async () => {
    database = await freshDatabase();
    await loadNexusHubDemoData(database.url, { auditRows: 100, now: new Date() });
    env = {
      ...useKeys(facts),
      DATABASE_URL: database.url,
      PEER_KEY_ENCRYPTION_KEY: TEST_KEY.toString("base64"),
    };
  });
  afterAll(async () => database?.drop());

  /** A bucket whose owner is somebody else than the host, who has the rights of the policy in the document. */
  async function withRightsOfDocument(locked: boolean) {
    const bucket = await createBucket(facts, { locked });
    const host = createUser(facts);
    const [, policy] = /^```json\n([^]*?)^```$/m.exec(readFileSync(DOCUMENT, "utf8"))!;
    const document = JSON.parse(policy!.replaceAll(":::backups", `:::${bucket.name}`)) as {
      Statement: object[];
    };
    const principal = { AWS: [`arn:aws:iam:::user/${host.name}`] };
    for (const statement of document.Statement) Object.assign(statement, { Principal: principal });
    const body = Buffer.from(JSON.stringify(document));
    await bucket.bucket.client.send({
      method: "PUT",
      query: { policy: "" },
      headers: md5Header(body),
      body,
      action: "write",
    });
    const keys = {
      AWS_ACCESS_KEY_ID: host.accessKeyId,
      AWS_SECRET_ACCESS_KEY: host.secretAccessKey,
    };
    return { bucket, keys: { ...env, ...keys } };
  }

  test("the rights in the document suffice for everything, and doctor says so", async () => {
    const { bucket, keys } = await withRightsOfDocument(true);
    const hub = bucket.at("nexushub");
    const lock = ["--lock-days", "1"];
    for (const args of [
      ["backup", hub],
      ["backup", hub, "--keep", "1", "--no-reuse"],
      ["verify", hub],
      ["list", hub],
      ["copy", hub, bucket.at("nexushub/copies"), ...lock],
      ["prune", hub, "--keep", "1"],
    ]) {
      const finished = await runCli(args, keys);
      expect(finished, `${args.join(" ")}\n${finished.stderr}`).toMatchObject({ code: 0 });
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
    expect((await bucket.keys("nexushub/")).length).toBe(2);
    const { stdout } = await runCli(["doctor", hub], keys);
    const [line] = stdout.split("\n").filter((each) => each.includes(`s3://${bucket.name}`));
    expect(line).toMatch(/no lifecycle rule aborts.*object lock/);
    expect(line).not.toMatch(/may not/);
    // Outside the prefix, nothing.
    const outside = await runCli(["dump", "-o", bucket.at("else/x.tar.gz")], keys);
    expect(outside).toMatchObject({ code: 1 });
    expect(outside.stderr).toMatch(/may not do this/);
  });

  /** All versions of a key, delete markers too. */
  async function versionsOf({ bucket }: TestBucket, key: string) {
    const query = { versions: "", prefix: key };
    const { body } = await bucket.client.send({ method: "GET", query, action: "list" });
    const xml = parseXml(body.toString("utf8"));
    const ids = (name: string): string[] =>
      elementsOf(xml, name).map((each) => textOf(each, "VersionId")!);
    return { versions: ids("Version"), markers: ids("DeleteMarker") };
  }

  test("with compliance lock stay, whatever somebody does who has all keys of the host", async () => {
    const bucket = await createBucket(facts, { locked: true });
    const locked = "&lock-days=2&lock-mode=compliance";
    // One that is a single request, and one in parts.
    const contents = new Map([
      ["hub/small.tar.gz", randomBytes(1_000_000)],
      ["hub/large.tar.gz", randomBytes(9 * 1024 * 1024)],
    ]);
    for (const [key, bytes] of contents) {
      const sink = await (await openS3Object(bucket.at(key, locked))).create();
      await sink.write(bytes);
      await sink.commit();
    }
    await bucket.bucket.put("hub/bait", Buffer.from("not locked"));
    const { client } = bucket.bucket;
    const refused = async (request: Parameters<typeof client.send>[0]): Promise<void> => {
      await expect(client.send(request), JSON.stringify(request.query)).rejects.toMatchObject({
        code: "STORE",
      });
    };
    const bypass = { "x-amz-bypass-governance-retention": "true" };
    for (const [key, bytes] of contents) {
      const [versionId] = (await versionsOf(bucket, key)).versions;
      const version = { versionId: versionId! };
      const remove = { method: "DELETE", key, query: version, action: "remove" } as const;
      await refused(remove);
      await refused({ ...remove, headers: bypass });
      for (const [mode, days] of [
        ["COMPLIANCE", 1],
        ["GOVERNANCE", 2],
      ] as const) {
        const until = new Date(Date.now() + days * DAY_MS - 3_600_000).toISOString();
        const body = Buffer.from(
          `<Retention><Mode>${mode}</Mode><RetainUntilDate>${until}</RetainUntilDate></Retention>`,
        );
        const query = { ...version, retention: "" };
        const headers = { ...md5Header(body), ...bypass };
        await refused({ method: "PUT", key, query, headers, body, action: "lock" });
      }
      // These hide it, and it stays below.
      await client.send({ method: "DELETE", key, action: "remove" });
      await bucket.bucket.put(key, Buffer.from("of the attacker"));
      const kept = await client.send({ method: "GET", key, query: version, action: "read" });
      expect(kept.body.equals(bytes)).toBe(true);
    }
    const put = async (name: string, text: string): Promise<unknown> => {
      const body = Buffer.from(text);
      const request = { method: "PUT", query: { [name]: "" }, body, action: "write" } as const;
      return client.send({ ...request, headers: md5Header(body) }).catch((error: unknown) => error);
    };
    expect(
      await put(
        "versioning",
        "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>",
      ),
    ).toMatchObject({ code: "STORE" });
    await put(
      "lifecycle",
      "<LifecycleConfiguration><Rule><ID>r</ID><Prefix></Prefix><Status>Enabled</Status><Expiration><Days>1</Days></Expiration><NoncurrentVersionExpiration><NoncurrentDays>1</NoncurrentDays></NoncurrentVersionExpiration></Rule></LifecycleConfiguration>",
    );
    // A day is a second there.
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    processLifecycle(facts);
    await vi.waitFor(
      async () => {
        processLifecycle(facts);
        expect(await bucket.bucket.head("hub/bait")).toBeNull();
      },
      { timeout: 60_000, interval: 2_000 },
    );
    await refused({ method: "DELETE", action: "remove" });
    for (const [key, bytes] of contents) {
      const { versions, markers } = await versionsOf(bucket, key);
      const first = versions.at(-1)!;
      const kept = await client.send({
        method: "GET",
        key,
        query: { versionId: first },
        action: "read",
      });
      expect(kept.body.equals(bytes)).toBe(true);
      // As the document says: without what lies above, it is there again.
      for (const versionId of [...versions.slice(0, -1), ...markers])
        await client.send({ method: "DELETE", key, query: { versionId }, action: "remove" });
      expect((await bucket.bucket.get(key))?.equals(bytes)).toBe(true);
    }
  });

  test("with compliance lock are kept by ours, which says until when and by whom", async () => {
    const bucket = await createBucket(facts, { locked: true });
    const hub = bucket.at("hub");
    const lock = ["--lock-days", "2", "--lock-mode", "compliance"];
    for (let i = 0; i < 2; i++) {
      const finished = await runCli(["backup", hub, "--keep", "1", ...lock], env);
      expect(finished, finished.stderr).toMatchObject({ code: 0 });
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
    const pruned = await runCli(["prune", hub, "--keep", "1"], env);
    expect(pruned).toMatchObject({ code: 0 });
    expect(pruned.stdout + pruned.stderr).toMatch(/it is locked until \d{4}-/);
    expect((await bucket.keys("hub/")).filter((key) => key.endsWith(".tar.gz"))).toHaveLength(2);
    const asked = `${hub}&lock-days=2&lock-mode=compliance`;
    const { stdout } = await runCli(["doctor", asked], env);
    expect(stdout).toMatch(
      /object lock: nobody can remove or replace what is written, for 2 d, not even the owner/,
    );
  });
});
