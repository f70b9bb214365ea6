/** Copies between folders of this machine. On a real object store: test/s3/copy.test.ts. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdir, mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { afterAll, beforeEach, expect, test } from "vitest";
import { encryptArchive } from "../../../../src/archive/encryption/age.ts";
import { backupName } from "../../../../src/nexushub/backup-folder/backup-name.ts";
import { readLedger } from "../../../../src/nexushub/backup-folder/ledger.ts";
import { copyArchive } from "../../../../src/nexushub/copy/copy-archive.ts";
import { copyBackups } from "../../../../src/nexushub/copy/copy-backups.ts";
import { hold } from "../../../../src/nexushub/hold/hold.ts";
import { listFolder } from "../../../../src/nexushub/list/list.ts";
import { prune } from "../../../../src/nexushub/retention/prune.ts";
import { openFolder } from "../../../../src/store/open-folder.ts";
import { temporaryName } from "../../../../src/util/temp-file.ts";
import { MemoryStore } from "../../../support/archives.ts";
import { forge } from "../../../support/forge.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

const all = temporaryFolder();
afterAll(() => all.remove());
const dayName = (day: number, extension: "tar.gz" | "tar.gz.age" = "tar.gz"): string =>
  backupName(new Date(Date.UTC(2026, 10, day)), extension);
const archive = await forge();
let from: string;
let to: string;
beforeEach(async () => {
  const folder = await mkdtemp(join(all.path, "copy-"));
  from = join(folder, "from");
  to = join(folder, "off site", "to");
  await mkdir(from);
});

/** Backups that the ledger lists. */
async function makeBackups(...days: number[]): Promise<void> {
  for (const day of days) writeFileSync(join(from, dayName(day)), archive);
  await prune(from, { adopt: true });
}

const backupsIn = (folder: string): string[] =>
  existsSync(folder) ? readdirSync(folder).filter((name) => !name.startsWith(".")) : [];
const hiddenIn = (folder: string): string[] =>
  readdirSync(folder).filter((name) => name.startsWith("."));
const contentsOf = (name: string): Buffer => readFileSync(join(to, name));

test("what is missing is copied byte for byte, listed, and not copied again", async () => {
  await makeBackups(1, 2, 3);
  await hold(join(from, dayName(1)));
  const first = await copyBackups(from, to, { newest: 1 });
  expect(first).toMatchObject({
    copied: 1,
    present: 0,
    failed: 0,
    archiveBytes: archive.length,
    to,
  });
  expect(backupsIn(to)).toEqual([dayName(3)]);
  const events: string[] = [];
  const second = await copyBackups(from, to, { onProgress: ({ type }) => void events.push(type) });
  expect(second.archives.map(({ name, state, verified }) => [name, state, verified])).toEqual([
    [dayName(2), "copied", "contents"],
    [dayName(1), "copied", "contents"],
  ]);
  expect(second).toMatchObject({ present: 1, warnings: [] });
  expect(events).toContain("transfer");
  for (const day of [1, 2, 3]) expect(contentsOf(dayName(day)).equals(archive)).toBe(true);
  expect(hiddenIn(to)).toEqual([".nexushub-dump.json"]);
  expect(await copyBackups(from, to)).toMatchObject({ copied: 0, present: 3, archives: [] });

  const { backups } = await listFolder(to);
  expect(backups.every(({ verifiedAt }) => verifiedAt !== null)).toBe(true);
  const { removed } = await prune(to, { retention: { keep: 1 } });
  // The hold came along.
  expect(removed).toEqual([dayName(2)]);
});

test("a single backup keeps its name, and needs no list beside it", async () => {
  writeFileSync(join(from, dayName(1)), archive);
  await expect(copyArchive(join(from, dayName(1)), join(to, dayName(2)))).rejects.toMatchObject({
    code: "USAGE",
  });
  expect(await copyArchive(join(from, dayName(1)), `${to}/`)).toMatchObject({ copied: 1 });
  expect((await readLedger(to)).ledger.backups[dayName(1)]).toMatchObject({
    archiveBytes: archive.length,
    sha256: expect.any(String),
  });
  expect(await copyArchive(join(from, dayName(1)), to)).toMatchObject({ copied: 0, present: 1 });
  await expect(copyArchive(join(from, dayName(9)), to)).rejects.toMatchObject({ code: "USAGE" });
});

test("any archive is copied under any name but that of a backup, and replaces nothing", async () => {
  const path = join(from, "shop.tar.gz");
  writeFileSync(path, archive);
  await mkdir(to, { recursive: true });
  await copyArchive(path, join(to, "monday.tar.gz"));
  await copyArchive(path, to);
  expect(backupsIn(to)).toEqual(["monday.tar.gz", "shop.tar.gz"]);
  expect(hiddenIn(to)).toEqual([]);
  writeFileSync(join(to, "tuesday.tar.gz"), "of somebody else");
  await expect(copyArchive(path, join(to, "tuesday.tar.gz"))).rejects.toMatchObject({
    code: "OUTPUT",
    message: expect.stringMatching(/there is a file of this name already/),
  });
  expect(contentsOf("tuesday.tar.gz").toString()).toBe("of somebody else");
  await expect(copyArchive(path, join(to, dayName(1)))).rejects.toMatchObject({ code: "USAGE" });
});

test("a damaged backup is not copied, and the others are", async () => {
  await makeBackups(1, 2, 3);
  const damaged = Buffer.from(archive);
  damaged[700]! ^= 1;
  writeFileSync(join(from, dayName(2)), damaged);
  const result = await copyBackups(from, to);
  expect(result).toMatchObject({ copied: 2, failed: 1 });
  expect(result.archives[1]).toMatchObject({ state: "failed", code: "ARCHIVE_DAMAGED" });
  expect(backupsIn(to)).toEqual([dayName(1), dayName(3)]);
  await expect(copyArchive(join(from, dayName(2)), to)).rejects.toMatchObject({
    code: "ARCHIVE_DAMAGED",
  });
  expect(hiddenIn(to)).toEqual([".nexushub-dump.json"]);
});

test("another archive under a backup's name is not what the list says", async () => {
  await makeBackups(1);
  const another = await forge({
    manifest: (honest) => ({ ...honest, createdAt: "2026-11-01T00:00:00Z" }),
  });
  writeFileSync(join(from, dayName(1)), another);
  const { ledger } = await readLedger(from);
  const entry = { ...ledger.backups[dayName(1)]!, archiveBytes: another.length };
  const changed = { ...ledger, backups: { [dayName(1)]: entry } };
  writeFileSync(join(from, ".nexushub-dump.json"), JSON.stringify(changed));
  expect((await copyBackups(from, to)).archives[0]).toMatchObject({
    state: "failed",
    code: "MISMATCH",
  });
  expect(backupsIn(to)).toEqual([]);
});

test("what a killed run left is removed, or verified and listed", async () => {
  await makeBackups(1, 2);
  await mkdir(to, { recursive: true });
  const dead = temporaryName(dayName(3), 4_199_999);
  writeFileSync(join(to, dead), archive.subarray(0, 100));
  writeFileSync(join(to, dayName(1)), archive);
  writeFileSync(join(to, dayName(2)), Buffer.from(archive).fill(0, 200, 300));
  const result = await copyBackups(from, to);
  expect(result.archives.map(({ state, code }) => [state, code])).toEqual([
    ["failed", "MISMATCH"],
    ["listed", null],
  ]);
  expect(readdirSync(to)).not.toContain(dead);
  expect(Object.keys((await readLedger(to)).ledger.backups)).toEqual([dayName(1)]);
});

test("encrypted backups are compared byte for byte, or opened", async () => {
  const identity = await generateX25519Identity();
  const recipients = [await identityToRecipient(identity)];
  const memory = new MemoryStore();
  const sink = await encryptArchive(memory, { recipients }).create();
  await sink.write(archive);
  await sink.commit();
  const name = dayName(1, "tar.gz.age");
  writeFileSync(join(from, name), memory.bytes);
  const unlisted = await copyBackups(from, to);
  expect(unlisted.archives[0]).toMatchObject({ state: "copied", verified: "bytes" });
  expect(unlisted.warnings.map(({ code }) => code)).toEqual(["backup-state"]);
  expect((await readLedger(to)).ledger.backups).toEqual({});
  const identities = { identities: [identity] };
  expect((await copyBackups(from, to, { identities })).archives[0]).toMatchObject({
    state: "listed",
    verified: "contents",
  });
  expect((await readLedger(to)).ledger.backups[name]).toMatchObject({
    sha256: expect.any(String),
  });
});

test("one run at a time writes into a folder", async () => {
  await makeBackups(1);
  await mkdir(to, { recursive: true });
  const lock = await (await openFolder(to)).takeLock();
  await expect(copyBackups(from, to)).rejects.toMatchObject({ code: "BUSY" });
  await lock.release();
  expect(await copyBackups(from, to)).toMatchObject({ copied: 1 });
});

test("a folder is not copied into itself, and a missing one not at all", async () => {
  await makeBackups(1);
  await expect(copyBackups(from, join(from, "..", "from"))).rejects.toMatchObject({
    code: "USAGE",
  });
  await expect(copyBackups(join(from, "none"), to)).rejects.toMatchObject({ code: "USAGE" });
});

test("a signal stops between two backups, and leaves whole ones", async () => {
  await makeBackups(1, 2);
  const controller = new AbortController();
  const onArchive = (name: string): void => {
    if (name === dayName(1)) controller.abort();
  };
  await expect(
    copyBackups(from, to, { signal: controller.signal, onArchive }),
  ).rejects.toMatchObject({ code: "ABORTED" });
  expect(backupsIn(to)).toEqual([dayName(2)]);
  expect(hiddenIn(to)).toEqual([".nexushub-dump.json"]);
});
