/** A differential archive holds what changed since one full archive, and is read together with it. */
import { copyFile, mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { withBase } from "../../src/archive/base/with-base.ts";
import { decryptArchive, encryptArchive } from "../../src/archive/encryption/age.ts";
import { openArchive } from "../../src/archive/reader.ts";
import { diff } from "../../src/diff/diff.ts";
import { dump } from "../../src/dump/dump.ts";
import type { EmbeddedServer } from "../../src/embedded/index.ts";
import { merge } from "../../src/merge/merge.ts";
import { pack } from "../../src/pack/pack.ts";
import { restore } from "../../src/restore/restore.ts";
import { startEmbedded } from "../../src/testing/start-embedded.ts";
import { inspect } from "../../src/verify/inspect.ts";
import { findLeaks } from "../../src/verify/leaked-values.ts";
import { verify } from "../../src/verify/verify.ts";
import { MemoryStore } from "../support/archives.ts";
import { contentsOf, take, tableOf, together, withManifest } from "../support/reuse.ts";

/** Of its own: a transaction that another test leaves open is one that an earlier snapshot did not see end. */
let server: EmbeddedServer;
let url: string;
let client: pg.Client;

beforeAll(async () => {
  server = await startEmbedded({
    major: Number(process.env["PGVERSION"] ?? 16),
    settings: { autovacuum: false },
  });
  url = await database("differential");
  client = new pg.Client(url);
  await client.connect();
});
afterAll(async () => {
  await client?.end();
  await server?.stop();
});

async function database(name: string): Promise<string> {
  const admin = new pg.Client(server.url);
  await admin.connect();
  await admin.query(`DROP DATABASE IF EXISTS ${name}`);
  await admin.query(`CREATE DATABASE ${name} TEMPLATE template0`);
  await admin.end();
  return server.urlOf(name);
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nexushub-differential-"));
  await client.query(`
    DROP TABLE IF EXISTS t, other;
    CREATE TABLE t (id int PRIMARY KEY, note text);
    INSERT INTO t SELECT i, repeat(chr(97 + i % 26), 170) FROM generate_series(1, 1500) i;
    CREATE TABLE other (a int);
    INSERT INTO other SELECT generate_series(1, 10)`);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function change(): Promise<void> {
  await client.query("UPDATE t SET note = 'changed' WHERE id = 700");
  await client.query("DELETE FROM t WHERE id = 100");
  await client.query("ALTER TABLE t ADD CHECK (id > 0)");
}

const OPTIONS = { unitBlocks: 1, compression: "gzip:1", jobs: 1 };

/** `full.tar.gz` and, after some changes, `part.tar.gz` beside it. */
async function files(): Promise<{ full: string; part: string }> {
  const [full, part] = [join(folder, "full.tar.gz"), join(folder, "part.tar.gz")];
  await dump(url, full, { ...OPTIONS, units: true });
  await change();
  const result = await dump(url, part, { ...OPTIONS, base: full });
  expect(result.base).toMatchObject({ fileName: "full.tar.gz", size: (await stat(full)).size });
  return { full, part };
}

describe("a differential archive", () => {
  test("has the rows, parts and units of a full one, and holds only what changed", async () => {
    const base = await take(url);
    await change();
    const part = await take(url, { base: base.store });
    expect(part.manifest.base).toMatchObject({ size: base.store.bytes.length, fileName: null });
    const full = await take(url);
    expect(await contentsOf(together(part, base))).toEqual(await contentsOf(full.store));
    const { rows, reusedRows } = tableOf(part, "t");
    expect(rows).toBe(1499);
    expect(rows - reusedRows).toBeGreaterThan(0);
    expect(rows - reusedRows).toBeLessThan(150);
    expect(part.store.bytes.length).toBeLessThan(base.store.bytes.length / 4);
    // Another one of the same base, not of the first.
    await client.query("UPDATE t SET note = 'again' WHERE id = 1200");
    const next = await take(url, { base: base.store, jobs: 2 });
    const nextFull = await take(url);
    expect(await contentsOf(together(next, base))).toEqual(await contentsOf(nextFull.store));
  });

  test("is reused by a dump that makes a full archive", async () => {
    const base = await take(url);
    await change();
    const part = await take(url, { base: base.store });
    await client.query("UPDATE t SET note = 'again' WHERE id = 1200");
    const reused = await take(url, { reuse: together(part, base) });
    expect(reused.manifest.base).toBeNull();
    expect(tableOf(reused, "t").reusedRows).toBeGreaterThan(1300);
    expect(await contentsOf(reused.store)).toEqual(await contentsOf((await take(url)).store));
  });

  test("is full when nothing of the base can be used", async () => {
    const base = await take(url);
    const restarted = await withManifest(base, (manifest) => {
      manifest.server!.startedAt = "2020-01-01T00:00:00.000000Z";
    });
    const taken = await take(url, { base: restarted.store });
    expect(taken.result).toMatchObject({ base: null, reuse: { refused: "server-restarted" } });
    expect(await contentsOf(taken.store)).toEqual(await contentsOf(base.store));
  });

  test("cannot be the base of another one", async () => {
    const { part } = await files();
    await expect(dump(url, join(folder, "third.tar.gz"), { base: part })).rejects.toMatchObject({
      code: "USAGE",
      object: "part.tar.gz",
      hint: expect.stringContaining("full.tar.gz"),
    });
    await expect(dump(url, new MemoryStore(), { base: part, reuse: part })).rejects.toMatchObject({
      code: "USAGE",
    });
  });

  test("reads from the server what is damaged in the base", async () => {
    const base = await take(url);
    const relation = base.manifest.relations.find(({ name }) => name === "t")!;
    const { offset, length } = base.manifest.entries[relation.parts[3]!.entry]!;
    const bytes = Buffer.from(base.store.bytes);
    bytes[offset + length - 600]! ^= 1;
    const damaged = { ...base, store: new MemoryStore(bytes) };
    const part = await take(url, { base: damaged.store });
    expect(part.result.warnings.map(({ code }) => code)).toEqual(["earlier-archive-damaged"]);
    expect(await contentsOf(together(part, damaged))).toEqual(await contentsOf(base.store));
  });
});

describe("a base beside the archive", () => {
  test("is found by every operation", async () => {
    const { full, part } = await files();
    expect(await diff(part, { database: url })).toMatchObject({ equal: true });
    const intact = await verify(part);
    expect(intact.rows).toBe(1509);
    expect(intact.archiveBytes).toBeLessThan((await stat(full)).size);
    const target = await database("differential_target");
    expect(await restore(part, target)).toMatchObject({ rows: 1509, committed: true });
    expect(await diff({ database: target }, { database: url })).toMatchObject({ equal: true });
    expect(await restore(part, target, { force: true, tables: ["t"] })).toMatchObject({
      rows: 1499,
    });
    expect(await pack(part, join(folder, "packed"))).toMatchObject({ rows: 1509 });
    expect(await findLeaks(part, [{ what: "row", value: "h".repeat(170) }])).toEqual([
      { what: "row", where: "table public.t" },
    ]);
    expect(await diff(full, part)).toMatchObject({
      relations: [{ name: "t", removed: 1, changed: 1 }],
    });
  });

  test("is recognized under any name, and missed by its name", async () => {
    const { full, part } = await files();
    const away = join(await mkdtemp(join(folder, "away-")), "moved.tar.gz");
    await copyFile(full, join(folder, "renamed"));
    await rename(full, away);
    expect((await verify(part)).rows).toBe(1509);
    // Another archive of the same size in its place.
    const bytes = await readFile(join(folder, "renamed"));
    await rm(join(folder, "renamed"));
    bytes[bytes.length - 60]! ^= 1;
    await writeFile(full, bytes);
    const missing = { code: "BASE_MISSING", object: "full.tar.gz" };
    await expect(verify(part)).rejects.toMatchObject(missing);
    const target = await database("differential_target");
    await expect(restore(part, target)).rejects.toMatchObject(missing);
    await expect(diff(part, { database: url })).rejects.toMatchObject(missing);
    await expect(verify(withBase(part, part))).rejects.toMatchObject(missing);
    // Without its rows, it can be read.
    expect(await inspect(part)).toMatchObject({
      base: { fileName: "full.tar.gz" },
      rows: 1509,
      baseRows: expect.any(Number),
    });
    expect(await restore(part, target, { schemaOnly: true })).toMatchObject({ rows: 0 });
    expect((await verify(withBase(part, away))).rows).toBe(1509);
  });

  test("that is damaged is named", async () => {
    const { full, part } = await files();
    const reader = await openArchive(part);
    const relation = reader.manifest.relations.find(({ name }) => name === "t")!;
    const used = relation.parts.find(({ inBase }) => inBase)!;
    const { offset, name } = reader.holderOf(used).manifest.entries[used.entry]!;
    await reader.close();
    const bytes = await readFile(full);
    bytes[offset + 30]! ^= 1;
    await writeFile(full, bytes);
    await expect(verify(part)).rejects.toMatchObject({
      code: "ARCHIVE_DAMAGED",
      object: `${name} of the base`,
    });
    const target = await database("differential_target");
    await expect(restore(part, target)).rejects.toMatchObject({ code: "ARCHIVE_DAMAGED" });
  });

  test("may be encrypted, as the archive may be", async () => {
    const identity = await generateX25519Identity();
    const recipients = { recipients: [await identityToRecipient(identity)] };
    const identities = { identities: [identity] };
    const full = join(folder, "full.tar.gz.age");
    const part = join(folder, "part.tar.gz.age");
    await dump(url, encryptArchive(full, recipients), { ...OPTIONS, units: true });
    await change();
    const opened = decryptArchive(full, identities);
    const result = await dump(url, encryptArchive(part, recipients), { ...OPTIONS, base: opened });
    expect(result.base).toMatchObject({ fileName: "full.tar.gz.age" });
    expect((await verify(decryptArchive(part, identities))).rows).toBe(1509);
    // A plain base of an encrypted archive, and the other way round.
    await dump(url, join(folder, "plain.tar.gz"), { ...OPTIONS, units: true });
    const plain = { ...OPTIONS, base: join(folder, "plain.tar.gz") };
    await dump(url, encryptArchive(join(folder, "mixed.age"), recipients), plain);
    expect((await verify(decryptArchive(join(folder, "mixed.age"), identities))).rows).toBe(1509);
    await dump(url, join(folder, "open.tar.gz"), { ...OPTIONS, base: opened });
    await expect(verify(join(folder, "open.tar.gz"))).rejects.toMatchObject({
      code: "BASE_MISSING",
      hint: expect.stringContaining("encrypted"),
    });
    const open = decryptArchive(join(folder, "open.tar.gz"), { ...identities, allowPlain: true });
    expect((await verify(open)).rows).toBe(1509);
  });
});

describe("merge", () => {
  test("makes the archive that a full dump would have made, part by part", async () => {
    const { full, part } = await files();
    const merged = join(folder, "merged.tar.gz");
    const result = await merge(part, merged);
    expect(result).toMatchObject({ rows: 1509, path: merged, warnings: [] });
    expect(result.baseRows).toBeGreaterThan(1300);
    const reused = join(folder, "reused.tar.gz");
    await dump(url, reused, { ...OPTIONS, reuse: full });
    expect(await storedParts(merged)).toEqual(await storedParts(reused));
    await rm(full);
    expect((await verify(merged)).rows).toBe(1509);
    expect(await diff(merged, { database: url })).toMatchObject({ equal: true });
    // It can be the base of others.
    const next = await dump(url, join(folder, "next.tar.gz"), { ...OPTIONS, base: merged });
    expect(next.base).toMatchObject({ fileName: "merged.tar.gz" });
    expect((await verify(next.path!)).rows).toBe(1509);
  });

  test("refuses a full archive, its own sources as the target, and damage", async () => {
    const { full, part } = await files();
    await expect(merge(full, join(folder, "x"))).rejects.toMatchObject({ code: "USAGE" });
    for (const target of [full, part])
      await expect(merge(part, target)).rejects.toMatchObject({ code: "USAGE", object: target });
    const reader = await openArchive(part);
    const used = reader.manifest.relations
      .flatMap(({ parts }) => parts)
      .find(({ inBase }) => inBase)!;
    const { offset } = reader.holderOf(used).manifest.entries[used.entry]!;
    await reader.close();
    const bytes = await readFile(full);
    bytes[offset + 30]! ^= 1;
    await writeFile(full, bytes);
    const target = join(folder, "merged.tar.gz");
    await expect(merge(part, target)).rejects.toMatchObject({ code: "ARCHIVE_DAMAGED" });
    await expect(stat(target)).rejects.toMatchObject({ code: "ENOENT" });
  });
});

/** The stored members of each relation's parts, by digest. */
async function storedParts(path: string) {
  const reader = await openArchive(path);
  const { manifest } = reader;
  await reader.close();
  return manifest.relations.map(({ name, parts }) => [
    name,
    parts.map(({ entry, ...part }) => ({ ...part, stored: manifest.entries[entry]!.sha256 })),
  ]);
}
