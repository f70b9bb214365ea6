/**
 * No secret leaves where it belongs: each command that an operator runs is run, and everything that it wrote, said and
 * was started with is searched for the key, the password, the age identity, and every private key in the clear.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadNexusHubDemoData, TEST_KEY } from "../../src/nexushub/demo-data/index.ts";
import { type EmbeddedServer, startEmbedded } from "../../src/embedded/index.ts";
import { open, SEALED_COLUMNS } from "../../src/nexushub/keys/sealed-value.ts";
import { startCli } from "../support/cli.ts";
import { argumentsBelow } from "../support/processes.ts";
import { freshDatabase, type TestDatabase } from "../support/postgres.ts";

let database: TestDatabase;
let target: TestDatabase;
/** It asks for a password. */
let strict: EmbeddedServer;
let folder: string;
let identity: string;
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nexushub-secrets-"));
  database = await freshDatabase();
  target = await freshDatabase();
  strict = await startEmbedded({ tcp: true });
  await loadNexusHubDemoData(database.url, { auditRows: 200, now: new Date() });
  identity = await generateX25519Identity();
  const key = TEST_KEY.toString("base64");
  const env = (url: string): string => `DATABASE_URL='${url}'\nPEER_KEY_ENCRYPTION_KEY=${key}\n`;
  const files = {
    env: env(database.url),
    "env-target": env(target.url),
    // Nobody listens there: what is said of a failed connection is searched as well.
    "env-nowhere": env(
      `postgresql://nexushub:${encodeURIComponent(OTHER_PASSWORD)}@127.0.0.1:1/nexushub`,
    ),
    "env-refused": env(Object.assign(new URL(strict.url), { password: OTHER_PASSWORD }).href),
    "identity.txt": `${identity}\n`,
  };
  for (const [name, text] of Object.entries(files))
    await writeFile(at(name), text, { mode: 0o600 });
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await database.drop();
  await target.drop();
  await strict.stop();
});

const OTHER_PASSWORD = "an0ther/passw0rd@";

/** Every secret, in each form in which it could be written. */
async function secrets(): Promise<Map<string, string>> {
  const found = new Map<string, string>([
    ["the other password", OTHER_PASSWORD],
    ["the other password in a URL", encodeURIComponent(OTHER_PASSWORD)],
    // An unencoded password can be taken apart, and its parts taken for something else.
    ["the other password's first part", "an0ther"],
    ["the other password's second part", "passw0rd"],
    ["the age identity", identity],
  ]);
  const { password } = new URL(database.url);
  if (password !== "") found.set("the password", password);
  const add = (name: string, bytes: Buffer): void => {
    for (const form of ["base64", "base64url", "hex"] as const)
      found.set(`${name} as ${form}`, bytes.toString(form));
  };
  add("the key", TEST_KEY);
  for (const { name } of SEALED_COLUMNS) {
    const [table, column] = name.split(".") as [string, string];
    const rows = await database.query<{ sealed: Buffer }>(
      `SELECT ${column} AS sealed FROM public.${table} WHERE ${column} IS NOT NULL`,
    );
    for (const [i, { sealed }] of rows.entries()) {
      const plain = open(name, TEST_KEY, sealed);
      add(`${name} ${i}`, plain);
      if (column === "totp_secret") found.set(`${name} ${i}`, plain.toString());
    }
  }
  return found;
}

/** Runs the program; gives what it said and what could be seen of it in a list of processes. */
async function traces(
  args: readonly string[],
  code = 0,
  variables: Record<string, string> = {},
): Promise<Map<string, string>> {
  const { process: child, finished } = startCli(args, variables);
  let seen = "";
  while (child.exitCode === null && child.signalCode === null) {
    seen += await argumentsBelow(child.pid!);
    await sleep(20);
  }
  const result = await finished;
  expect([result.code, args], result.stderr).toEqual([code, args]);
  const name = [...Object.keys(variables), ...args].join(" ");
  return new Map([
    [`the result of ${name}`, result.stdout],
    [`the log of ${name}`, result.stderr],
    [`the processes of ${name}`, seen],
  ]);
}

test("a secret is written, said or passed on by no command", async () => {
  const backups = at("backups");
  const recipient = await identityToRecipient(identity);
  const env = ["--env-file", at("env")];
  const texts = new Map<string, string>();
  const run = async (...given: Parameters<typeof traces>): Promise<void> => {
    for (const [name, text] of await traces(...given)) texts.set(name, text);
  };
  await run(["backup", backups, ...env, "--metrics-file", at("nexushub.prom"), "--json"]);
  await run(["backup", backups, ...env, "--log-format", "json"]);
  const [plain] = (await readdir(backups)).filter((name) => name.endsWith(".tar.gz"));
  const archive = join(backups, plain!);
  const variables = {
    PGHOST: strict.host,
    PGPORT: String(strict.port),
    PGUSER: "postgres",
    PGPASSWORD: OTHER_PASSWORD,
  };
  const unencoded = `postgresql://nexushub:${OTHER_PASSWORD}@127.0.0.1/nexushub`;
  await Promise.all([
    run(["backup", at("none"), "--env-file", at("env-nowhere"), "--debug"], 1),
    run(["backup", at("no"), "--env-file", at("env-refused"), "--debug", "--json"], 1),
    run(["doctor", backups, "--env-file", at("env-refused"), "--json"], 1),
    run(["dump", "-o", at("x.tar.gz"), "--debug", "--log-format", "json"], 1, variables),
    run(["restore", archive, "--debug", "--json"], 2, { DATABASE_URL: unencoded }),
    run(["doctor", backups, ...env]),
    run(["drill", archive, ...env, "--html", at("drill.html"), "--junit", at("drill.xml")]),
    run(["restore", archive, "--env-file", at("env-target"), "--debug"]),
    run(["inspect", archive, "--json"]),
    run(["schedule", "systemd", ...env, "--folder", backups]),
    run(["backup", backups, ...env, "--encrypt-to", recipient]),
  ]);
  const [encrypted] = (await readdir(backups)).filter((name) => name.endsWith(".age"));
  await run(["verify", join(backups, encrypted!), "--identity", at("identity.txt")]);

  for (const name of ["nexushub.prom", "drill.html", "drill.xml"])
    texts.set(name, await readFile(at(name), "utf8"));
  for (const name of await readdir(backups)) {
    const bytes = await readFile(join(backups, name));
    // The whole archive: rows, SQL and manifest.
    texts.set(name, (name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("latin1"));
  }
  expect([...texts.keys()].filter((name) => name.startsWith("nexushub-"))).toHaveLength(3);
  // What is searched is really there.
  const logs = [...texts].filter(([place]) =>
    /^the log of .*(?:env-refused --debug|x\.tar)/.test(place),
  );
  expect(logs).toHaveLength(2);
  for (const [, log] of logs) expect(log).toContain("password authentication failed");
  expect(texts.get(plain!)).toContain('"fingerprint"');
  const [, processes] = [...texts].find(([name]) => name.startsWith("the processes of drill"))!;
  if (process.platform === "linux") expect(processes).toContain("postgres");

  const searched = await secrets();
  expect(searched.size).toBeGreaterThan(50);
  for (const [secret, form] of searched)
    for (const [place, text] of texts)
      expect(text.includes(form), `${secret} is in ${place}`).toBe(false);
}, 180_000);
