/** From where the keys and the way to an object store come, on the command line; and that keys go to the store alone. */
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { authority } from "../support/certificates.ts";
import { runCli } from "../support/cli.ts";
import { forge } from "../support/forge.ts";
import {
  type ConnectProxy,
  type FakeStore,
  startConnectProxy,
  startFakeStore,
} from "../support/s3/fake-store.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import packageFacts from "../../package.json" with { type: "json" };

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SECRETS = ["secret-of-the-keys", "token-of-the-session"];

describe("an object store", () => {
  const folder = temporaryFolder();
  const local = (name: string): string => join(folder.path, name);
  const open: { close(): Promise<void> }[] = [];
  let archive: Buffer;
  let store: FakeStore;
  let address: string;
  beforeAll(async () => {
    archive = await forge();
    store = await startFakeStore(archive);
    address = `s3://bucket/x.tar.gz?endpoint=http://127.0.0.1:${store.port}`;
    writeFileSync(local("ca.pem"), authority);
    writeFileSync(
      local("credentials"),
      `[other]\naws_access_key_id = OTHER\naws_secret_access_key = ${SECRETS[0]}\naws_session_token = ${SECRETS[1]}\n`,
    );
  });
  afterEach(async () => {
    store.requests.length = 0;
    for (const each of open.splice(0)) await each.close();
  });
  afterAll(async () => {
    await store?.close();
    folder.remove();
  });

  const KEYS = {
    AWS_ACCESS_KEY_ID: "ENVKEY",
    AWS_SECRET_ACCESS_KEY: SECRETS[0]!,
    AWS_SESSION_TOKEN: SECRETS[1]!,
  };
  const NO_KEYS = {
    AWS_ACCESS_KEY_ID: "",
    AWS_SECRET_ACCESS_KEY: "",
    AWS_SESSION_TOKEN: "",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  };

  /** Reads the archive, with everything that a log can say. @returns the end of the run. */
  async function inspect(from: string, env: Record<string, string>) {
    const all = { ...NO_KEYS, ...env };
    const finished = await runCli(["inspect", from, "--debug", "--log-format", "json"], all);
    for (const secret of SECRETS) expect(finished.stdout + finished.stderr).not.toContain(secret);
    return finished;
  }

  const signedBy = (key: string, region = "us-east-1") =>
    new RegExp(`Credential=${key}/\\d{8}/${region}/s3/aws4_request`);

  test("gets temporary keys of the environment, and their token is signed", async () => {
    expect(await inspect(address, KEYS)).toMatchObject({ code: 0 });
    const [{ headers }] = store.requests as [FakeStore["requests"][0]];
    expect(headers["x-amz-security-token"]).toBe(SECRETS[1]);
    expect(headers.authorization).toMatch(signedBy("ENVKEY"));
    expect(headers.authorization).toMatch(/SignedHeaders=[^,]*x-amz-security-token/);
  });

  test.each([
    ["AWS_PROFILE", "", { AWS_PROFILE: "other" }],
    ["the address, whatever the environment has", "&profile=other", KEYS],
  ])("gets temporary keys of the profile in %s", async (_name, query, env) => {
    const files = { AWS_SHARED_CREDENTIALS_FILE: local("credentials") };
    expect(await inspect(address + query, { ...env, ...files })).toMatchObject({ code: 0 });
    const [{ headers }] = store.requests as [FakeStore["requests"][0]];
    expect(headers["x-amz-security-token"]).toBe(SECRETS[1]);
    expect(headers.authorization).toMatch(signedBy("OTHER"));
  });

  test("is trusted by the authorities of AWS_CA_BUNDLE alone", async () => {
    const secure = await startFakeStore(archive, { isTls: true });
    open.push(secure);
    const there = `s3://bucket/x.tar.gz?endpoint=https://localhost:${secure.port}`;
    const refused = await inspect(there, KEYS);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/its authority is not known: name it with AWS_CA_BUNDLE/);
    expect(secure.requests).toEqual([]);
    const env = { ...KEYS, AWS_CA_BUNDLE: local("ca.pem") };
    expect(await inspect(there, env)).toMatchObject({ code: 0 });
  });

  test("is reached through a proxy, with TLS from end to end, and not where NO_PROXY names it", async () => {
    const secure = await startFakeStore(archive, { isTls: true });
    const proxy: ConnectProxy = await startConnectProxy(secure.port);
    open.push(secure, proxy);
    const there = "s3://bucket/x.tar.gz?endpoint=https://db.test";
    const env = { ...KEYS, AWS_CA_BUNDLE: local("ca.pem"), HTTPS_PROXY: proxy.url };
    expect(await inspect(there, env)).toMatchObject({ code: 0 });
    expect(proxy.asked).toContain("db.test:443");
    const asked = proxy.asked.length;
    expect(await inspect(there, { ...env, NO_PROXY: "db.test" })).toMatchObject({ code: 1 });
    expect(proxy.asked).toHaveLength(asked);
  });

  test("gets the bucket in the host's name, and the region in the signature, where they are so", async () => {
    const proxy = await startConnectProxy(store.port);
    open.push(proxy);
    const query = "?endpoint=http://db.test:8000&style=host&region=eu-north-9";
    const env = { ...KEYS, http_proxy: proxy.url };
    expect(await inspect(`s3://bucket/a/x.tar.gz${query}`, env)).toMatchObject({ code: 0 });
    expect(proxy.asked).toContain("bucket.db.test:8000");
    const [{ headers, url }] = store.requests as [FakeStore["requests"][0]];
    expect([headers.host, url]).toEqual(["bucket.db.test:8000", "/a/x.tar.gz"]);
    expect(headers.authorization).toMatch(signedBy("ENVKEY", "eu-north-9"));
  });

  describe("asks AWS's own package where it is installed", () => {
    /** The program as npm installs it, with a package beside it. @param source of the package. */
    function install(name: string, source: string): string {
      const modules = join(local(name), "node_modules");
      const ours = join(modules, "nexushub-dump");
      cpSync(inject("built"), join(ours, "dist"), { recursive: true });
      cpSync(join(ROOT, "package.json"), join(ours, "package.json"));
      for (const dependency of Object.keys(packageFacts.dependencies)) {
        mkdirSync(dirname(join(modules, dependency)), { recursive: true });
        symlinkSync(join(ROOT, "node_modules", dependency), join(modules, dependency));
      }
      const sdk = join(modules, "@aws-sdk", "credential-providers");
      mkdirSync(sdk, { recursive: true });
      writeFileSync(join(sdk, "package.json"), '{ "main": "index.js" }');
      writeFileSync(join(sdk, "index.js"), source);
      return join(ours, "dist", "cli", "main.js");
    }

    function run(program: string, from: string, more: Record<string, string>) {
      const env = { ...process.env, ...NO_KEYS, ...more };
      return new Promise<{ code: number; output: string }>((resolve) => {
        execFile(
          process.execPath,
          [program, "inspect", from, "--debug"],
          { env },
          (error, stdout, stderr) =>
            resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr }),
        );
      });
    }

    test("which knows instances, web identity and SSO; keys that end soon are asked for again", async () => {
      // As an instance's metadata service, which counts how often it is asked.
      let asked = 0;
      const service = createServer((_request, answer) => {
        asked++;
        const Expiration = new Date(Date.now() + 60_000).toISOString();
        const keys = { AccessKeyId: "INSTANCE", SecretAccessKey: SECRETS[0], Token: SECRETS[1] };
        answer.end(JSON.stringify({ ...keys, Expiration }));
      });
      service.listen(0, "127.0.0.1");
      await once(service, "listening");
      open.push({ close: async () => void service.close() });
      const program = install(
        "instance",
        `exports.fromNodeProviderChain = ({ profile = "none" }) => async () => {
           const keys = await (await fetch(process.env.METADATA)).json();
           return { accessKeyId: keys.AccessKeyId + "-" + profile, secretAccessKey: keys.SecretAccessKey,
             sessionToken: keys.Token, expiration: new Date(keys.Expiration) };
         };`,
      );
      const METADATA = `http://127.0.0.1:${(service.address() as AddressInfo).port}/`;
      const plain = await run(program, address, { METADATA });
      expect(plain, plain.output).toMatchObject({ code: 0 });
      const [{ headers }] = store.requests as [FakeStore["requests"][0]];
      expect(headers.authorization).toMatch(signedBy("INSTANCE-none"));
      expect(headers["x-amz-security-token"]).toBe(SECRETS[1]);
      expect(asked).toBe(store.requests.length);
      // A profile without keys, such as one of SSO, is left to the package.
      store.requests.length = 0;
      writeFileSync(local("config"), "[profile sso]\nsso_session = x\n");
      const files = { METADATA, AWS_CONFIG_FILE: local("config") };
      const ofProfile = await run(program, `${address}&profile=sso`, files);
      expect(ofProfile, ofProfile.output).toMatchObject({ code: 0 });
      expect(store.requests[0]?.headers.authorization).toMatch(signedBy("INSTANCE-sso"));
      for (const secret of SECRETS) expect(plain.output + ofProfile.output).not.toContain(secret);
    });

    test("and says nothing of what that says when it has none", async () => {
      const program = install(
        "none",
        `exports.fromNodeProviderChain = () => async () => {
           throw Object.assign(new Error("${SECRETS[0]}"), { name: "CredentialsProviderError" });
         };`,
      );
      const { code, output } = await run(program, address, {});
      expect(code).toBe(2);
      expect(output).toMatch(/AWS's package has no keys.*/);
      expect(output).toContain("CredentialsProviderError");
      expect(output).not.toContain(SECRETS[0]);
    });

    test("and names it where it is not", async () => {
      const { code, stderr } = await inspect(address, {});
      expect(code).toBe(2);
      expect(stderr).toContain("@aws-sdk/credential-providers");
    });
  });
});
