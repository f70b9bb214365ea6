import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { backoffMs, type StoreState } from "../../../../src/store/s3/backoff.ts";
import {
  credentialProvider,
  type S3Credentials,
  staticCredentials,
} from "../../../../src/store/s3/credentials.ts";
import { MAX_PARTS, maxUploadBytes, partBytes } from "../../../../src/store/s3/part-sizes.ts";
import { readRefusal, refusalError } from "../../../../src/store/s3/s3-error.ts";
import { proxyFor, resolveLocation } from "../../../../src/store/s3/settings.ts";
import { parseSharedFile, readProfile } from "../../../../src/store/s3/shared-files.ts";
import { elementsOf, escapeXml, parseXml, textOf } from "../../../../src/store/s3/xml.ts";

const GIB = 1024 ** 3;

test("parts grow with the archive, and their number stays within what a store takes", () => {
  expect(partBytes(1, false)).toBe(8 * 1024 * 1024);
  expect(partBytes(MAX_PARTS, false)).toBe(128 * 1024 * 1024);
  expect(partBytes(MAX_PARTS + 1, false)).toBeNull();
  let total = 0;
  for (let number = 1; partBytes(number, false) !== null; number++)
    total += partBytes(number, false)!;
  expect(maxUploadBytes(false)).toBe(total);
  expect(total).toBeGreaterThan(700 * GIB);
  const equal = new Set(
    Array.from({ length: MAX_PARTS }, (_, index) => partBytes(index + 1, true)),
  );
  expect(equal.size).toBe(1);
  expect(maxUploadBytes(true)).toBeGreaterThan(300 * GIB);
});

describe("XML of a store", () => {
  test("is read with its entities", () => {
    const xml = parseXml(
      '<?xml version="1.0"?>\n<R xmlns="x"><K>a&amp;b&#x41;&#66;&lt;</K><K/><D><E>1</E></D></R>\n',
    );
    expect(elementsOf(xml, "K").map(({ text }) => text)).toEqual(["a&bAB<", ""]);
    expect(textOf(elementsOf(xml, "D")[0]!, "E")).toBe("1");
    expect(textOf(xml, "missing")).toBeNull();
    expect(parseXml(`<a>${escapeXml("<&>")}</a>`)!.text).toBe("<&>");
  });

  test.each([
    "",
    "text",
    "<a>",
    "<a></b>",
    "</a>",
    "<a/><b/>",
    "<a/>text",
    '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
    "<a>".repeat(40) + "</a>".repeat(40),
    "<a><![CDATA[x]]></a>",
  ])("%j is refused", (text) => {
    expect(parseXml(text)).toBeNull();
  });
});

describe("the shared files", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "nhd-aws-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test("have sections of settings, and nested ones are left out", () => {
    const sections = parseSharedFile(
      "# comment\n[default]\naws_access_key_id = A ; comment\n\n[profile other]\nregion=eu-1\ns3 =\n  max = 1\n",
    );
    expect(Object.fromEntries(sections)).toEqual({
      default: { aws_access_key_id: "A" },
      other: { region: "eu-1", s3: "" },
    });
  });

  test("are read together, and a profile that is missing is an error", async () => {
    const [config, keys] = [join(folder, "config"), join(folder, "credentials")];
    writeFileSync(config, "[profile x]\nregion = eu-1\naws_access_key_id = old\n");
    writeFileSync(keys, "[x]\naws_access_key_id = new\naws_secret_access_key = s=s/+\n");
    const env = { AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: keys };
    const profile = await readProfile("x", env);
    expect(profile).toMatchObject({ region: "eu-1", aws_access_key_id: "new" });
    expect(staticCredentials({ profileName: "x", profile, env })?.secretAccessKey).toBe("s=s/+");
    await expect(readProfile("y", env)).rejects.toThrow(/there is no profile y/);
    expect(await readProfile(undefined, env)).toEqual({});
  });
});

describe("keys", () => {
  const profile = { aws_access_key_id: "P", aws_secret_access_key: "p" };
  const env = { AWS_ACCESS_KEY_ID: "E", AWS_SECRET_ACCESS_KEY: "e", AWS_SESSION_TOKEN: "t" };

  test.each([
    ["the environment counts more than the default profile", undefined, env, "E"],
    ["a profile that was named counts more than the environment", "x", env, "P"],
    ["a profile serves where the environment has nothing", undefined, {}, "P"],
    ["half a pair is none", undefined, { AWS_ACCESS_KEY_ID: "E" }, "P"],
  ])("%s", (_name, profileName, environment, id) => {
    expect(staticCredentials({ profileName, profile, env: environment })?.accessKeyId).toBe(id);
  });

  test("without any, the error says what to do", async () => {
    const provider = credentialProvider({ profileName: undefined, profile: {}, env: {} });
    await expect(provider()).rejects.toMatchObject({
      code: "USAGE",
      hint: expect.stringContaining("@aws-sdk/credential-providers"),
    });
  });

  test("temporary ones are renewed before they end, others are asked for once", async () => {
    let count = 0;
    const give = (minutes: number) => async (): Promise<S3Credentials> => ({
      accessKeyId: `A${++count}`,
      secretAccessKey: "s",
      expiration: new Date(Date.now() + minutes * 60_000),
    });
    const sources = { profileName: undefined, profile: {}, env: {} };
    const short = credentialProvider({ ...sources, credentials: give(4) });
    expect([(await short()).accessKeyId, (await short()).accessKeyId]).toEqual(["A1", "A2"]);
    const long = credentialProvider({ ...sources, credentials: give(60) });
    expect([(await long()).accessKeyId, (await long()).accessKeyId]).toEqual(["A3", "A3"]);
  });
});

test.each([
  [{}, {}, {}, "https://s3.us-east-1.amazonaws.com/", "us-east-1", false],
  [
    { region: "eu-central-1" },
    {},
    {},
    "https://s3.eu-central-1.amazonaws.com/",
    "eu-central-1",
    false,
  ],
  [
    {},
    { region: "cn-north-1" },
    {},
    "https://s3.cn-north-1.amazonaws.com.cn/",
    "cn-north-1",
    false,
  ],
  [
    {},
    {},
    { AWS_ENDPOINT_URL: "http://x:1", AWS_ENDPOINT_URL_S3: "http://y:2" },
    "http://y:2/",
    "us-east-1",
    true,
  ],
  [
    { endpoint: "https://a.r2.cloudflarestorage.com" },
    {},
    {},
    "https://a.r2.cloudflarestorage.com/",
    "auto",
    true,
  ],
  [
    { endpoint: "https://s3.us-west-004.backblazeb2.com", style: "host" as const },
    {},
    {},
    "https://s3.us-west-004.backblazeb2.com/",
    "us-west-004",
    false,
  ],
])("%j is reached there", (options, profile, env, endpoint, region, isPathStyle) => {
  const location = resolveLocation("bucket", options, profile, env);
  expect(location.endpoint.href).toBe(endpoint);
  expect(location).toMatchObject({ region, isPathStyle });
});

test("a bucket with dots is in the path: no certificate covers its host", () => {
  expect(resolveLocation("my.bucket", {}, {}, {}).isPathStyle).toBe(true);
});

test.each([
  ["https://s3.example.com", { https_proxy: "http://p:1" }, "http://p:1"],
  ["https://s3.example.com", { HTTPS_PROXY: "http://p:1" }, "http://p:1"],
  ["https://s3.example.com", { https_proxy: "http://p:1", no_proxy: "x,.example.com" }, undefined],
  ["https://s3.example.com", { https_proxy: "http://p:1", no_proxy: "ample.com" }, "http://p:1"],
  ["https://s3.example.com", { https_proxy: "http://p:1", NO_PROXY: "*" }, undefined],
  ["http://127.0.0.1:7480", { http_proxy: "http://p:1" }, undefined],
  ["http://s3.example.com", { https_proxy: "http://p:1" }, undefined],
])("the proxy of %s with %j", (url, env, proxy) => {
  expect(proxyFor(new URL(url), env)).toBe(proxy);
});

test("tries go on for half a minute, and for a moment where nobody ever answered, or nobody does any more", () => {
  const waits = (state: StoreState): number[] => {
    const all: number[] = [];
    for (;;) {
      const wait = backoffMs(all.length, state, () => 1);
      if (wait === null) return all;
      all.push(wait);
    }
  };
  const total = (all: readonly number[]): number => all.reduce((sum, each) => sum + each, 0);
  expect(total(waits("answers"))).toBeGreaterThan(30_000);
  expect(total(waits("unknown"))).toBeLessThan(3_000);
  expect(total(waits("given-up"))).toBeLessThan(300);
  expect(backoffMs(0, "answers", () => 0)).toBe(100);
});

describe("a refusal", () => {
  const read = (status: number, code: string, headers = {}) =>
    readRefusal(status, headers, Buffer.from(`<Error><Code>${code}</Code></Error>`));

  test.each([
    [403, "SignatureDoesNotMatch", /does not accept the keys/],
    [404, "NoSuchBucket", /no such bucket/],
    [403, "RequestTimeTooSkewed", /clock/],
    [403, "AccessDenied", /may not do this/],
    [418, "Odd", /answered 418 Odd/],
  ])("%i %s is explained", (status, code, message) => {
    const error = refusalError(read(status, code), "write", "s3://b/k");
    expect(error.message).toMatch(message);
    expect(error).toMatchObject({ code: "STORE", object: "s3://b/k", status, storeCode: code });
  });

  test("of a bucket in another region names the region", () => {
    const refusal = read(301, "PermanentRedirect", { "x-amz-bucket-region": "eu-west-1" });
    expect(refusalError(refusal, "read", "s3://b/k").hint).toContain("AWS_REGION=eu-west-1");
  });

  test("keeps nothing of what the store wrote but a code", () => {
    const refusal = readRefusal(
      403,
      {},
      Buffer.from("<Error><Code>a b</Code><Key>geheim</Key></Error>"),
    );
    expect(refusal.code).toBeNull();
    expect(JSON.stringify(refusalError(refusal, "read", "s3://b/k"))).not.toContain("geheim");
  });
});
