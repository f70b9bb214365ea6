/** Files that are not archives of ours: a clear error, with what to do where it is known. */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { openArchive } from "../../src/archive/reader.ts";
import { MemoryStore, smallArchive } from "../support/archives.ts";
import { forge, tarEntry } from "../support/forge.ts";

async function refused(bytes: Buffer, facts: { message: string; hint?: string }): Promise<void> {
  const opened = openArchive(new MemoryStore(bytes));
  await expect(opened).rejects.toMatchObject({
    code: "ARCHIVE_DAMAGED",
    message: expect.stringContaining(facts.message),
    ...(facts.hint === undefined ? {} : { hint: expect.stringContaining(facts.hint) }),
  });
}

const NOT_OURS = "not a nexushub-dump archive";

test.each<[string, Buffer, string | undefined]>([
  ["random bytes", randomBytes(5000), undefined],
  ["zeros", Buffer.alloc(5000), undefined],
  ["one byte", Buffer.from("x"), undefined],
  ["half a gzip header", Buffer.from([0x1f, 0x8b, 8]), undefined],
  ["a gzip of nothing", gzipSync(""), undefined],
  ["a gzip that inflates to much", gzipSync(Buffer.alloc(1_000_000)), undefined],
  [
    "pg_dump's custom format",
    Buffer.concat([Buffer.from("PGDMP\x01\x0f"), randomBytes(2000)]),
    "pg_restore",
  ],
  ["pg_dump's tar format", Buffer.from(`toc.dat${"\0".repeat(505)}PGDMP`), "pg_restore"],
  ["a gzip in a gzip", gzipSync(gzipSync("--\n")), "twice"],
  ["a zip", Buffer.concat([Buffer.from("PK\x03\x04"), randomBytes(200)]), "zip"],
  ["a bzip2", Buffer.concat([Buffer.from("BZh91AY&SY"), randomBytes(200)]), "bzip2"],
  ["an xz", Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4]), "xz"],
  ["an lz4", Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x64, 0x40]), "lz4"],
  [
    "a dump in UTF-16",
    Buffer.from("\ufeff--\r\n-- PostgreSQL database dump\r\n", "utf16le"),
    "UTF-8",
  ],
  [
    "a pointer of Git LFS",
    Buffer.from("version https://git-lfs.github.com/spec/v1\n"),
    "git lfs pull",
  ],
  ["an answer of an object store", Buffer.from('<?xml version="1.0"?><Error/>'), "download"],
  [
    "a dump behind a warning",
    Buffer.from("pg_dump: warning: x\r\n--\r\n-- PostgreSQL database dump\r\n--\r\n"),
    "before its heading",
  ],
  [
    "a dump behind a setting",
    Buffer.from("SET session_replication_role = replica;\n\n--\n-- PostgreSQL database dump\n--\n"),
    "before its heading",
  ],
  ["a dump as SQL", Buffer.from("--\n-- PostgreSQL database dump\n--\n"), "psql"],
  ["today's script's backup", gzipSync("--\n-- PostgreSQL database dump\n--\n"), "psql"],
  ["a file of age as text", Buffer.from("-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n"), "age"],
  ["a file of OpenSSL", Buffer.from(`Salted__${"x".repeat(40)}`), "openssl"],
  ["a file of OpenPGP as text", Buffer.from("-----BEGIN PGP MESSAGE-----\n\nhQIM\n"), "gpg"],
  ["a file of OpenPGP", Buffer.from([0x85, 2, 0x0c, 3, 1, 2, 3, 4, 5, 6, 7, 8]), "gpg"],
  ["a file of OpenPGP with a password", Buffer.from([0x8c, 0x0d, 4, 9, 3, 2, 1]), "gpg"],
  [
    "a 7-Zip",
    Buffer.concat([Buffer.from("7z\xbc\xaf\x27\x1c", "latin1"), randomBytes(90)]),
    "7-Zip",
  ],
  ["base64", Buffer.from(`${randomBytes(57).toString("base64")}\n`), "base64"],
  ["a gzip in base64", Buffer.from(gzipSync("x").toString("base64")), "base64"],
  ["an encrypted file", Buffer.from("age-encryption.org/v1\n-> X25519 abc\n"), "age"],
])("%s", async (_what, bytes, hint) => {
  await refused(bytes, { message: NOT_OURS, ...(hint === undefined ? {} : { hint }) });
});

test("nothing", async () => refused(Buffer.alloc(0), { message: "empty" }));

test("another tar, compressed or not", async () => {
  const folder = mkdtempSync(join(tmpdir(), "nhd-foreign-"));
  try {
    writeFileSync(join(folder, "manifest.json"), "{}");
    for (const flags of ["-cf", "-czf"]) {
      execFileSync("tar", [flags, join(folder, "out"), "-C", folder, "manifest.json"]);
      const opened = openArchive(join(folder, "out"));
      await expect(opened).rejects.toMatchObject({
        message: expect.stringContaining(NOT_OURS),
        hint: expect.stringContaining("unpack it"),
      });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("one of ours, packed again by another tool", async () => {
  const { gunzipSync } = await import("node:zlib");
  const bytes = await smallArchive();
  const again = gzipSync(gunzipSync(bytes));
  const opened = openArchive(new MemoryStore(again));
  await expect(opened).rejects.toMatchObject({ code: "ARCHIVE_DAMAGED", object: "trailer" });
});

test("one of a newer format that has no trailer as we know it", async () => {
  const first = await tarEntry({ name: "nexushub-dump.json", body: '{"format":7}\n' });
  for (const bytes of [first, gzipSync(first)]) {
    const whole = Buffer.concat([bytes, (await forge()).subarray(100, -1)]);
    await expect(openArchive(new MemoryStore(whole))).rejects.toMatchObject({
      code: "ARCHIVE_UNSUPPORTED",
      message: expect.stringContaining("version 7"),
    });
  }
});
