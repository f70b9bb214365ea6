/** A backup succeeds whole or leaves nothing: what is there before stays, whatever goes wrong. */
import { execFile, spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { decryptArchive } from "../../src/archive/encryption/age.ts";
import { openArchive } from "../../src/archive/reader.ts";
import { readSignKey, readVerifyKeys } from "../../src/archive/signing/ed25519-key.ts";
import { backup } from "../../src/nexushub/backup/backup.ts";
import type { BackupOptions, BackupResult } from "../../src/nexushub/backup/options.ts";
import type { ProgressEvent } from "../../src/events.ts";
import { loadNexusHubDemoData, TEST_KEY } from "../../src/nexushub/demo-data/index.ts";
import { checkKey } from "../../src/nexushub/keys/manifest-key.ts";
import { LEDGER_NAME, readLedger } from "../../src/nexushub/backup-folder/ledger.ts";
import { LOCK_NAME } from "../../src/store/lock-record.ts";
import { takeLock } from "../../src/store/local/lock.ts";
import { prune } from "../../src/nexushub/retention/prune.ts";
import { verify } from "../../src/verify/verify.ts";
import { startEmbedded } from "../../src/embedded/index.ts";
import { cliArguments, runCli, startCli } from "../support/cli.ts";
import { freshDatabase, templateDatabase, type TestDatabase } from "../support/postgres.ts";

const KEY = TEST_KEY.toString("base64");
const NIGHT = "2026-11-24T03:00:00Z";
let database: TestDatabase;
let template: string;
let folder: string;
let metricsFile: string;
beforeAll(async () => {
  template = await templateDatabase("nexushub_backup", async (url) => {
    await loadNexusHubDemoData(url, { auditRows: 3000, now: new Date() });
  });
  database = await freshDatabase({ template });
});
afterAll(() => database.drop());
beforeEach(async () => {
  const base = await mkdtemp(join(tmpdir(), "nexushub-backup-"));
  folder = join(base, "backups");
  metricsFile = join(base, "nexushub.prom");
});
afterEach(() => rm(join(folder, ".."), { recursive: true, force: true }));

const at = (iso: string) => () => new Date(iso);
const run = (options: BackupOptions = {}) =>
  backup({
    databaseUrl: database.url,
    folder,
    env: { PEER_KEY_ENCRYPTION_KEY: KEY },
    now: at(NIGHT),
    ...options,
  });
/** What lies in the folder, the ledger left out. */
const files = async () => (await readdir(folder)).filter((name) => name !== LEDGER_NAME).toSorted();
const metric = async (name: string) =>
  Number(
    new RegExp(`^nexushub_backup_${name} (.*)$`, "m").exec(
      await readFile(metricsFile, "utf8"),
    )?.[1],
  );

describe("a backup", () => {
  test("writes one private file under its time, verified, sealed with the key", async () => {
    const result = await run({ metricsFile });
    expect(result).toMatchObject({
      key: "fits",
      fingerprint: true,
      verified: true,
      removed: [],
      archives: 1,
      warnings: [],
    });
    expect(await files()).toEqual(["nexushub-20261124T030000Z.tar.gz"]);
    expect((await stat(result.path)).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await verify(result.path)).rows).toBe(result.rows);
    const reader = await openArchive(result.path);
    expect(checkKey(reader.storedManifest, TEST_KEY)).toBe("match");
    await reader.close();
    expect((await readLedger(folder)).ledger.backups["nexushub-20261124T030000Z.tar.gz"]).toEqual({
      archiveBytes: result.archiveBytes,
      verifiedAt: "2026-11-24T03:00:00.000Z",
      database: expect.stringMatching(/^\d+\/\w+$/),
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      base: null,
      facts: expect.objectContaining({ rows: result.rows, bytes: result.bytes, partial: false }),
    });
    expect(result.bytes).toBeGreaterThan(result.archiveBytes);
    expect(await metric("last_run_success")).toBe(1);
    expect(await metric("key_fits")).toBe(1);
    expect(await metric("rows")).toBe(result.rows);
    expect(await metric("last_success_timestamp_seconds")).toBe(Date.parse(NIGHT) / 1000);
  });

  test("takes the next second for a second one, and keeps what retention wants", async () => {
    for (let night = 0; night < 3; night++) await run({ retention: { keep: 2 } });
    expect(await files()).toEqual([
      "nexushub-20261124T030001Z.tar.gz",
      "nexushub-20261124T030002Z.tar.gz",
    ]);
  });

  test("lets retention count only what a required key signed", async () => {
    const pair = generateKeyPairSync("ed25519");
    const signKey = readSignKey(pair.privateKey.export({ type: "pkcs8", format: "pem" }) as string);
    const verifyKeys = readVerifyKeys(
      pair.publicKey.export({ type: "spki", format: "pem" }) as string,
    );
    const retention = { keep: 1 };
    const first = await run({ signKey, retention });
    const unsigned = await run({ retention: { keep: 5 } });
    expect(unsigned.removed).toEqual([]);
    await expect(run({ verifyKeys, retention })).rejects.toMatchObject({ code: "USAGE" });
    const last = await run({ signKey, verifyKeys, retention });
    expect(last.removed).toEqual([basename(first.path)]);
    expect(last.warnings.map(({ code, object }) => [code, object])).toEqual([
      ["unsigned-archive", basename(unsigned.path)],
    ]);
  });

  test("touches nothing that it did not write", async () => {
    await mkdir(folder);
    const foreign = [
      "nexushub-20200101T000000Z.tar.gz",
      "nexushub-20200101T000000Z.sql.gz",
      "notes.txt",
    ];
    for (const name of foreign) await writeFile(join(folder, name), "mine");
    await run({ retention: { keep: 1 } });
    const result = await run({ retention: { keep: 1 } });
    expect(result.removed).toEqual(["nexushub-20261124T030000Z.tar.gz"]);
    expect(await files()).toEqual([
      "nexushub-20200101T000000Z.sql.gz",
      "nexushub-20200101T000000Z.tar.gz",
      "nexushub-20261124T030001Z.tar.gz",
      "notes.txt",
    ]);
  });

  test("writes and removes nothing in a dry run", async () => {
    const dry = await run({ dryRun: true, metricsFile });
    expect(dry).toMatchObject({
      dryRun: true,
      path: join(folder, "nexushub-20261124T030000Z.tar.gz"),
      key: "fits",
    });
    await expect(stat(folder)).rejects.toMatchObject({ code: "ENOENT" });
    await run({ retention: { keep: 1 } });
    expect((await run({ dryRun: true, retention: { keep: 1 } })).removed).toEqual([
      "nexushub-20261124T030000Z.tar.gz",
    ]);
    expect(await files()).toEqual(["nexushub-20261124T030000Z.tar.gz"]);
  });

  test("is encrypted for those who shall read it, and verified without their key", async () => {
    const identity = await generateX25519Identity();
    const recipient = await identityToRecipient(identity);
    const result = await run({ encryptTo: { recipients: [recipient] } });
    expect(await files()).toEqual(["nexushub-20261124T030000Z.tar.gz.age"]);
    expect(result).toMatchObject({ encrypted: true, verified: true });
    expect((await verify(decryptArchive(result.path, { identities: [identity] }))).rows).toBe(
      result.rows,
    );
    await expect(verify(result.path)).rejects.toMatchObject({
      hint: expect.stringContaining("--identity"),
    });
  });

  test("of a database without rows is made, and reported loudly", async () => {
    const empty = await freshDatabase();
    const backUp = (): Promise<BackupResult> => run({ databaseUrl: empty.url, metricsFile });
    try {
      const warnings = (await run()).warnings.length;
      const none = await backUp();
      expect(none.warnings.map(({ code }) => code)).toContain("empty-backup");
      expect(none.warnings.at(-1)?.message).toMatch(/^THE BACKUP IS EMPTY: .* no tables; /);
      expect(await metric("warnings")).toBe(warnings + 1);
      await empty.query("CREATE TABLE t (a int); CREATE TABLE u (a int)");
      expect((await backUp()).warnings.at(-1)?.message).toContain("no rows in its 2 tables");
      await empty.query("INSERT INTO t VALUES (1)");
      expect((await backUp()).warnings.map(({ code }) => code)).not.toContain("empty-backup");
      await verify(none.path);
    } finally {
      await empty.drop();
    }
  });

  test("shows its progress while it is read back", async () => {
    const events: ProgressEvent[] = [];
    await run({ onProgress: (event) => void events.push(event) });
    const check = events.findLastIndex(
      (event) => event.type === "phase" && event.phase === "check",
    );
    const read = events.slice(check).filter((event) => event.type === "data");
    expect(read.at(-1)).toMatchObject({ rows: expect.any(Number) });
    const last = read.at(-1)!;
    expect(last.bytes).toBe(last.totalBytes);
    expect(last.bytes).toBeGreaterThan(0);
  });

  test("names the compression in the file's name", async () => {
    expect((await run({ compression: "none" })).path).toMatch(/Z\.tar$/);
  });
});

describe("the key", () => {
  test("that does not fit the database is reported loudly, in the metrics too, and its fingerprint is not recorded", async () => {
    const other = Buffer.alloc(32, 7).toString("base64");
    const result = await run({ env: { PEER_KEY_ENCRYPTION_KEY: other }, metricsFile });
    expect(result).toMatchObject({
      key: "does-not-fit",
      fingerprint: false,
      warnings: [{ code: "key-mismatch" }],
    });
    expect(await metric("key_fits")).toBe(0);
    expect(result.warnings.map(({ message }) => message).join()).toContain(
      "THE KEY DOES NOT FIT THE DATABASE",
    );
  });

  test("missing or malformed is a warning, the backup is made", async () => {
    expect(await run({ env: {}, metricsFile })).toMatchObject({
      key: "absent",
      fingerprint: false,
      warnings: [expect.objectContaining({ message: expect.stringContaining("was not found") })],
    });
    expect(await metric("key_fits")).toBeNaN();
    const malformed = await run({ env: { PEER_KEY_ENCRYPTION_KEY: "s3cret-not-base64" } });
    expect(malformed).toMatchObject({
      key: "malformed",
      warnings: [
        expect.objectContaining({ message: expect.stringContaining("not standard base64") }),
      ],
    });
    expect(malformed.warnings.map(({ message }) => message).join()).not.toContain("s3cret");
  });
});

describe("the clock", () => {
  test("going back removes nothing, and the new backup stays", async () => {
    await run({ now: at("2026-11-24T03:00:00Z") });
    await run({ now: at("2026-11-25T03:00:00Z") });
    const result = await run({ now: at("1970-01-01T00:00:10Z"), retention: { keep: 1 } });
    expect(result.removed).toEqual([]);
    expect(await files()).toHaveLength(3);
  });

  test("that was ahead for a while does not push good backups out", async () => {
    for (const day of ["01", "02", "03"]) await run({ now: at(`2040-01-${day}T03:00:00Z`) });
    await run({ now: at("2026-11-24T03:00:00Z"), retention: { keep: 2 } });
    await run({ now: at("2026-11-25T03:00:00Z"), retention: { keep: 2 } });
    expect(await files()).toHaveLength(5);
  });
});

describe("what goes wrong", () => {
  /** Everything in the folder with its bytes: what a failed run must leave as it was. */
  async function before(): Promise<() => Promise<void>> {
    await run({ now: at("2026-11-20T03:00:00Z") });
    const contents = async () =>
      Promise.all(
        (await files()).map(async (name) => [
          name,
          (await readFile(join(folder, name))).toString("base64"),
        ]),
      );
    const were = await contents();
    return async () => expect(await contents()).toEqual(were);
  }

  test("a server that is not there: the old backups stay, the failure is counted", async () => {
    const unchanged = await before();
    const failing = run({ databaseUrl: "postgresql://nobody:s3cret@127.0.0.1:1/x", metricsFile });
    await expect(failing).rejects.toMatchObject({
      code: "CONNECTION",
      message: expect.not.stringContaining("s3cret"),
    });
    await unchanged();
    expect(await metric("last_run_success")).toBe(0);
    expect(await metric("failures_total")).toBe(1);
    expect(await metric("last_success_timestamp_seconds")).toBe(
      Date.parse("2026-11-20T03:00:00Z") / 1000,
    );
    await run({ metricsFile });
    expect(await metric("failures_total")).toBe(1);
    expect(await metric("last_run_success")).toBe(1);
  });

  test("a folder that was made for nothing is removed again, and one that was there stays", async () => {
    const unreachable = { databaseUrl: "postgresql://nobody@127.0.0.1:1/x", metricsFile };
    await expect(run(unreachable)).rejects.toMatchObject({ code: "CONNECTION" });
    await expect(stat(folder)).rejects.toMatchObject({ code: "ENOENT" });
    const deep = join(folder, "a", "b");
    await expect(run({ ...unreachable, folder: deep })).rejects.toMatchObject({
      code: "CONNECTION",
    });
    await expect(stat(folder)).rejects.toMatchObject({ code: "ENOENT" });
    expect(await metric("failures_total")).toBe(2);
    await mkdir(folder);
    await expect(run(unreachable)).rejects.toMatchObject({ code: "CONNECTION" });
    expect(await readdir(folder)).toEqual([]);
    expect(await metric("failures_total")).toBe(3);
    const file = join(folder, "file");
    await writeFile(file, "");
    await expect(run({ folder: file, metricsFile })).rejects.toMatchObject({
      code: "OUTPUT",
      message: `${file} is not a folder`,
    });
    expect(await metric("failures_total")).toBe(4);
  });

  test("another backup into the folder is running: the metrics say so, and its ledger is left alone", async () => {
    const unchanged = await before();
    await run({ metricsFile });
    const lock = await takeLock(folder);
    const { ledger } = await readLedger(folder);
    await expect(run({ metricsFile })).rejects.toMatchObject({
      code: "BUSY",
      message: expect.stringContaining(`process ${process.pid}`),
    });
    expect(await readLedger(folder)).toEqual({ ledger, problem: null });
    await lock.release();
    expect(await metric("last_run_success")).toBe(0);
    expect(await metric("failures_total")).toBe(1);
    expect(await metric("last_success_timestamp_seconds")).toBe(Date.parse(NIGHT) / 1000);
    await rm(join(folder, "nexushub-20261124T030000Z.tar.gz"));
    await unchanged();
  });

  test("two at once: one makes its backup, the other says why not", async () => {
    const results = await Promise.allSettled([run(), run()]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(results.find((result) => result.status === "rejected")).toMatchObject({
      reason: { code: "BUSY" },
    });
    expect(await files()).toHaveLength(1);
  });

  test("what a killed backup left is tidied up by the next", async () => {
    await mkdir(folder);
    const dead = 4194304;
    const own = [
      `.nexushub-20261101T030000Z.tar.gz.${dead}-0123abcd.partial`,
      `..nexushub-20261101T030000Z.tar.gz.${dead}-0123abcd.partial.${dead}-0123abcd.partial`,
    ];
    const other = `.somebody.tar.gz.${dead}-0123abcd.partial`;
    for (const name of [...own, other]) await writeFile(join(folder, name), "half");
    await run();
    expect(await files()).toEqual([other, "nexushub-20261124T030000Z.tar.gz"]);
  });

  test("a list of backups that cannot be written is a warning: the backup is there, and nothing is removed", async () => {
    await run();
    await rm(join(folder, LEDGER_NAME));
    await mkdir(join(folder, LEDGER_NAME));
    const result = await run({ retention: { keep: 1 } });
    expect(result.removed).toEqual([]);
    expect(result.warnings.map(({ message }) => message).join()).toContain(
      "list of backups could not be written",
    );
    expect(await files()).toHaveLength(2);
    await verify(result.path);
  });

  test("rules that would keep nothing, or metrics that nobody reads, are refused before anything is done", async () => {
    await expect(run({ retention: { keep: 0 } })).rejects.toMatchObject({ code: "USAGE" });
    await expect(run({ metricsFile: "/tmp/metrics.txt" })).rejects.toMatchObject({ code: "USAGE" });
    await expect(stat(folder)).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("too little room is found out before it begins", async () => {
    await run();
    const path = join(folder, LEDGER_NAME);
    const { ledger } = await readLedger(folder);
    for (const success of Object.values(ledger.successes)) success.archiveBytes = 2 ** 52;
    await writeFile(path, JSON.stringify(ledger));
    await expect(run()).rejects.toMatchObject({
      code: "OUTPUT",
      message: expect.stringMatching(
        /not enough space for a backup: it needs about .*, and .* are free/,
      ),
    });
    expect(await files()).toHaveLength(1);
  });

  test("the database restarting under it", async () => {
    const server = await startEmbedded({ durable: false });
    try {
      await loadNexusHubDemoData(server.url, { auditRows: 30_000, now: new Date() });
      await run({ databaseUrl: server.url, now: at("2026-11-20T03:00:00Z") });
      const were = await files();
      let stopped: Promise<void> | undefined;
      const failing = run({
        databaseUrl: server.url,
        metricsFile,
        onProgress: (event) => {
          if (event.type === "phase" && event.phase === "data") stopped ??= server.stop();
        },
      });
      await expect(failing).rejects.toMatchObject({
        code: expect.stringMatching(/CONNECTION|SERVER/),
      });
      await stopped;
      expect(await files()).toEqual(were);
      expect(await metric("last_run_success")).toBe(0);
      expect(await metric("failures_total")).toBe(1);
    } finally {
      await server.stop();
    }
  });
});

/** What cron mails last when a backup failed. */
const LAST_WORDS =
  /\nerror: BACKUP FAILED: no new backup was written, existing ones are unchanged\n$/;

const MOUNT =
  process.platform === "linux" &&
  process.getuid?.() === 0 &&
  spawnSync("mount", ["--version"]).status === 0;

describe.skipIf(!MOUNT)(
  "a full disk (skipped where no tmpfs can be mounted: that takes root on Linux)",
  () => {
    let small: TestDatabase;
    beforeAll(async () => {
      small = await freshDatabase();
    });
    afterAll(() => small.drop());
    beforeEach(async () => {
      await mkdir(folder);
      mount("-t", "tmpfs", "-o", "size=1m", "tmpfs", folder);
    });
    afterEach(() => expect(spawnSync("umount", [folder]).status).toBe(0));

    const mount = (...args: string[]) => expect(spawnSync("mount", args).status).toBe(0);
    const smallBackup = (options: BackupOptions = {}) =>
      run({ databaseUrl: small.url, metricsFile, ...options });
    /** Fills the disk to its last byte. */
    async function fill(name = "filler"): Promise<string> {
      const path = join(folder, name);
      await expect(writeFile(path, Buffer.alloc(2 * 1024 * 1024))).rejects.toMatchObject({
        code: "ENOSPC",
      });
      return path;
    }

    test("during the dump gives a plain error, and leaves the old backup and nothing else", async () => {
      await smallBackup();
      // Lets the ledger say that the last backup of the large database was small: the check beforehand cannot know.
      const { ledger } = await readLedger(folder);
      const [[identity, success]] = Object.entries(ledger.successes) as [
        [string, (typeof ledger.successes)[string]],
      ];
      const nameOf = ({ url }: TestDatabase) => new URL(url).pathname.slice(1);
      ledger.successes[identity.replace(nameOf(small), nameOf(database))] = success;
      await writeFile(join(folder, LEDGER_NAME), JSON.stringify(ledger));
      const were = await files();
      const failing = run({ metricsFile, compression: "none" });
      await expect(failing).rejects.toMatchObject({
        code: "OUTPUT",
        message: expect.stringContaining("the disk is full"),
      });
      expect(await files()).toEqual(were);
      expect(were).toHaveLength(1);
      await verify(join(folder, were[0]!));
      expect(await metric("failures_total")).toBe(1);
      const again = ["backup", folder, "-d", database.url, "--compression", "none"];
      const { code, stderr } = await runCli([...again, "--metrics-file", metricsFile]);
      expect(code).toBe(1);
      expect(stderr).toContain("the disk is full");
      expect(stderr).toMatch(LAST_WORDS);
      expect(await files()).toEqual(were);
      expect(await metric("failures_total")).toBe(2);
    });

    test("before the lock gives the same error, in the metrics too, and leaves nothing", async () => {
      await smallBackup();
      const filler = await fill();
      const were = await files();
      for (let failures = 1; failures <= 2; failures++) {
        await expect(smallBackup()).rejects.toMatchObject({
          code: "OUTPUT",
          message: expect.stringContaining("the disk is full"),
        });
        expect(await files()).toEqual(were);
        expect(await metric("last_run_success")).toBe(0);
        expect(await metric("failures_total")).toBe(failures);
        expect(await metric("last_success_timestamp_seconds")).toBe(Date.parse(NIGHT) / 1000);
      }
      await rm(filler);
      await smallBackup();
      expect(await metric("last_run_success")).toBe(1);
      expect(await metric("failures_total")).toBe(2);
    });

    test("does not keep prune from making room", async () => {
      for (const day of ["20", "21", "22"])
        await smallBackup({ now: at(`2026-11-${day}T03:00:00Z`) });
      await fill();
      const result = await prune(folder, { retention: { keep: 1 }, now: new Date(NIGHT) });
      expect(result.removed.toSorted()).toEqual([
        "nexushub-20261120T030000Z.tar.gz",
        "nexushub-20261121T030000Z.tar.gz",
      ]);
      expect(result.decisions.map(({ action }) => action)).toEqual(["keep", "remove", "remove"]);
      expect(await files()).toEqual(["filler", "nexushub-20261122T030000Z.tar.gz"]);
      expect(Object.keys((await readLedger(folder)).ledger.backups)).toEqual([
        "nexushub-20261122T030000Z.tar.gz",
      ]);
    });

    test("that a killed backup filled is freed by the next one", async () => {
      await fill(".nexushub-20261101T030000Z.tar.gz.4194304-0123abcd.partial");
      await smallBackup();
      expect(await files()).toEqual(["nexushub-20261124T030000Z.tar.gz"]);
    });

    test("a folder that is read-only is a plain error, in the metrics too", async () => {
      await smallBackup();
      mount("-o", "remount,ro", folder);
      await expect(smallBackup()).rejects.toMatchObject({
        code: "OUTPUT",
        message: expect.stringContaining("read-only"),
      });
      expect(await metric("last_run_success")).toBe(0);
      expect(await metric("failures_total")).toBe(1);
    });
  },
);

describe("two databases in one folder", () => {
  test("never remove each other's backups, and are known apart without a connection too", async () => {
    const other = await freshDatabase({ template });
    try {
      for (const day of ["20", "21"]) {
        await run({ now: at(`2026-11-${day}T03:00:00Z`), retention: { keep: 1 } });
        await run({
          now: at(`2026-11-${day}T04:00:00Z`),
          retention: { keep: 1 },
          databaseUrl: other.url,
        });
      }
      const newest = ["nexushub-20261121T030000Z.tar.gz", "nexushub-20261121T040000Z.tar.gz"];
      expect(await files()).toEqual(newest);
      const { removed } = await prune(folder, { retention: { keep: 1 }, now: new Date(NIGHT) });
      expect(removed).toEqual([]);
      expect(await files()).toEqual(newest);
    } finally {
      await other.drop();
    }
  });
});

describe("prune", () => {
  test("applies the rules alone, and counts backups from elsewhere once they are verified", async () => {
    for (const day of ["20", "21", "22"]) await run({ now: at(`2026-11-${day}T03:00:00Z`) });
    expect(
      (await prune(folder, { retention: { keep: 1 }, dryRun: true, now: new Date(NIGHT) })).removed,
    ).toHaveLength(2);
    expect(await files()).toHaveLength(3);
    await rm(join(folder, LEDGER_NAME));
    await writeFile(join(folder, "nexushub-20261119T030000Z.tar.gz"), "not an archive");
    expect((await prune(folder, { retention: { keep: 1 }, now: new Date(NIGHT) })).removed).toEqual(
      [],
    );
    const adopted = await prune(folder, {
      retention: { keep: 1 },
      adopt: true,
      now: new Date(NIGHT),
    });
    expect(adopted.removed).toEqual([
      "nexushub-20261121T030000Z.tar.gz",
      "nexushub-20261120T030000Z.tar.gz",
    ]);
    expect(await files()).toEqual([
      "nexushub-20261119T030000Z.tar.gz",
      "nexushub-20261122T030000Z.tar.gz",
    ]);
  });

  test("waits for no backup that runs: it says so", async () => {
    await run();
    const lock = await takeLock(folder);
    await expect(prune(folder)).rejects.toMatchObject({ code: "BUSY" });
    await lock.release();
  });
});

describe("the command line", () => {
  let envFile: string;
  beforeEach(async () => {
    envFile = join(folder, "..", "env");
    await writeFile(envFile, `DATABASE_URL='${database.url}'\nPEER_KEY_ENCRYPTION_KEY=${KEY}\n`, {
      mode: 0o600,
    });
  });

  test("finds the bare-metal deployment, and its last line says how it went", async () => {
    const { code, stdout, stderr } = await runCli(["backup", folder, "--env-file", envFile]);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(
      /^backup done: .*nexushub-\d{8}T\d{6}Z\.tar\.gz, [\d ]+ rows, .* verified, in .*; 1 backup kept, 0 removed\n$/,
    );
    expect(stderr).toContain(`uses DATABASE_URL in ${envFile}`);
  });

  test("an env file that cannot be read is a clear error, and nothing is written", async () => {
    const { code, stderr } = await runCli(["backup", folder, "--env-file", join(folder, "none")]);
    expect(code).toBe(2);
    expect(stderr).toContain("cannot read the env file: does not exist");
    expect(stderr).toMatch(LAST_WORDS);
    await expect(stat(folder)).rejects.toMatchObject({ code: "ENOENT" });
  });

  test.skipIf(process.platform !== "linux")(
    "an env file that this user may not read is reported as such, and nothing is written",
    async () => {
      await chmod(envFile, 0o000);
      // Root reads everything, unless the kernel takes away what lets it.
      const isRoot = process.getuid?.() === 0;
      if (isRoot) await chown(envFile, 65534, 65534);
      const drop = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"];
      const [program, ...args] = [
        ...(isRoot ? drop : []),
        process.execPath,
        ...cliArguments(["backup", folder, "--env-file", envFile]),
      ];
      const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
        execFile(program!, args, (error, _stdout, said) =>
          resolve({ code: error?.code ?? 0, stderr: said }),
        );
      });
      expect(code, stderr).toBe(2);
      expect(stderr).toContain("cannot read the env file: permission denied");
      expect(stderr).toContain("run as root");
      expect(stderr).toMatch(LAST_WORDS);
      await expect(stat(folder)).rejects.toMatchObject({ code: "ENOENT" });
    },
  );

  test("SIGTERM, as systemd sends it, ends it with nothing left and the lock free", async () => {
    await run({ now: at("2026-11-20T03:00:00Z") });
    const were = await files();
    const blocker = await database.client();
    // The dump waits for this lock, so that the signal meets it at work.
    await blocker.query("BEGIN; LOCK TABLE public.users IN ACCESS EXCLUSIVE MODE");
    const args = ["backup", folder, "--env-file", envFile, "--metrics-file", metricsFile];
    const started = startCli(args);
    try {
      for (let waiting = 0; waiting === 0; await sleep(50)) {
        const rows = await database.query(
          "SELECT FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        );
        waiting = rows.length;
      }
      const second = await runCli(args);
      expect(second.code).toBe(1);
      expect(second.stderr).toContain(
        `another backup into this folder is running: process ${started.process.pid}`,
      );
      started.process.kill("SIGTERM");
      const { code, stderr } = await started.finished;
      expect(code, stderr).toBe(130);
      expect(stderr).toMatch(LAST_WORDS);
      expect(await files()).toEqual(were);
      expect(await metric("last_run_success")).toBe(0);
      // The run that found the lock held, and this one.
      expect(await metric("failures_total")).toBe(2);
    } finally {
      await blocker.query("ROLLBACK");
    }
    expect((await runCli(args)).code).toBe(0);
    expect(await metric("last_run_success")).toBe(1);
  });

  test("killed outright it blocks nobody, and its rest is tidied up", async () => {
    const blocker = await database.client();
    await blocker.query("BEGIN; LOCK TABLE public.users IN ACCESS EXCLUSIVE MODE");
    const started = startCli(["backup", folder, "--env-file", envFile]);
    for (let waiting = 0; waiting === 0; await sleep(50))
      waiting = (await database.query("SELECT FROM pg_locks WHERE NOT granted")).length;
    started.process.kill("SIGKILL");
    await started.finished;
    await blocker.query("ROLLBACK");
    expect(await files()).toContain(LOCK_NAME);
    const again = await runCli(["backup", folder, "--env-file", envFile]);
    expect(again.code, again.stderr).toBe(0);
    expect(await files()).toEqual([expect.stringMatching(/^nexushub-\d{8}T\d{6}Z\.tar\.gz$/)]);
  });

  test("refuses to restore under another key, and says how to go on", async () => {
    const { path } = await run();
    const target = await freshDatabase();
    const other = Buffer.alloc(32, 3).toString("base64");
    try {
      const refused = await runCli(["restore", path, "-d", target.url], {
        PEER_KEY_ENCRYPTION_KEY: other,
      });
      expect(refused.code).toBe(3);
      expect(refused.stderr).toContain("is not the key that was in use when the dump was taken");
      expect(refused.stderr).not.toContain(other);
      expect(await target.query("SELECT FROM pg_tables WHERE schemaname = 'public'")).toEqual([]);
      const unknown = await runCli(["restore", path, "-d", target.url]);
      expect(unknown.code, unknown.stderr).toBe(0);
      expect(unknown.stderr).toContain("PEER_KEY_ENCRYPTION_KEY was not found");
      expect(unknown.stderr).toContain("restart the API");
      const forced = await runCli(
        [
          "restore",
          path,
          "-d",
          target.url,
          "--force",
          "--allow-key-mismatch",
          "--backup-first",
          folder,
        ],
        { PEER_KEY_ENCRYPTION_KEY: other },
      );
      expect(forced.code, forced.stderr).toBe(0);
      expect(forced.stderr).toContain("will be overwritten");
      expect((await files()).filter((name) => name.startsWith("before-restore-"))).toHaveLength(1);
    } finally {
      await target.drop();
    }
  });

  test("refuses to restore while others are connected, or waits for their locks with a limit when asked to", async () => {
    const { path } = await run();
    const target = await freshDatabase();
    const restoring = (...more: string[]) =>
      runCli(["restore", path, "-d", target.url, "--force", ...more], {
        PEER_KEY_ENCRYPTION_KEY: KEY,
      });
    try {
      await target.query("CREATE TABLE public.users ()");
      const client = await target.client();
      await client.query("BEGIN; SELECT FROM public.users");
      const busy = await restoring();
      expect(busy.code).toBe(3);
      expect(busy.stderr).toContain("1 other session is connected");
      expect(busy.stderr).toMatch(/hint: stop the API first .*--while-connected/);
      const waited = await restoring("--while-connected", "--lock-timeout", "300");
      expect(waited.code).toBe(1);
      expect(waited.stderr).toMatch(/lock timeout/);
      expect(await target.query("SELECT FROM pg_tables WHERE tablename = 'wg_peers'")).toEqual([]);
      await client.query("COMMIT");
      const shared = await restoring("--while-connected");
      expect(shared.code, shared.stderr).toBe(0);
    } finally {
      await target.drop();
    }
  });
});

describe("a folder that nobody may write to (skipped for root, who may everything)", () => {
  test.skipIf(process.getuid?.() === 0)("is a clear error", async () => {
    await mkdir(folder);
    await chmod(folder, 0o500);
    await expect(run()).rejects.toMatchObject({
      code: "OUTPUT",
      message: expect.stringContaining("permission denied"),
    });
    await chmod(folder, 0o700);
  });
});
