import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decryptArchive, encryptArchive } from "../../src/archive/encryption/age.ts";
import { openArchive } from "../../src/archive/reader.ts";
import { verifyEntries } from "../../src/archive/verify-entries.ts";
import { OutputError } from "../../src/errors.ts";
import { MemoryStore, smallArchive, writeSample } from "../support/archives.ts";

const CHUNK = 64 * 1024;
let folder: string;
let identity: string;
let recipient: string;
let other: { identity: string; recipient: string };
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "age-"));
  identity = await generateX25519Identity();
  recipient = await identityToRecipient(identity);
  const second = await generateX25519Identity();
  other = { identity: second, recipient: await identityToRecipient(second) };
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Encrypts bytes as an archive is: in chunks, whose buffers are used again. */
async function encrypted(plain: Buffer, chunkBytes = 10_000): Promise<MemoryStore> {
  const store = new MemoryStore();
  const sink = await encryptArchive(store, { recipients: [recipient] }).create();
  const buffer = Buffer.alloc(chunkBytes);
  for (let at = 0; at < plain.length; at += chunkBytes) {
    const length = plain.copy(buffer, 0, at, at + chunkBytes);
    await sink.write(buffer.subarray(0, length));
    buffer.fill(0);
  }
  await sink.commit();
  return store;
}
async function readAll(store: MemoryStore, options = { identities: [identity] }): Promise<Buffer> {
  const source = await decryptArchive(store, options).open();
  const bytes = await source.read(0, source.size);
  await source.close();
  return bytes;
}

describe("an encrypted archive", () => {
  test("is verified where it was made without any identity, and read by an identity", async () => {
    const path = join(folder, "sample.tar.gz.age");
    const place = encryptArchive(path, { recipients: [recipient, other.recipient] });
    const text = Array.from(
      { length: 20_000 },
      (_, i) => `${i}\t${randomBytes(8).toString("hex")}\n`,
    ).join("");
    await writeSample(
      await place.create(),
      { tables: [{ name: "t", columns: ["a", "b"], text }] },
      { partBytes: 50_000 },
    );
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(["sample.tar.gz.age"]);
    for (const store of [
      place,
      decryptArchive(path, { identities: [identity] }),
      decryptArchive(path, { identities: [other.identity] }),
    ]) {
      const reader = await openArchive(store);
      expect(await verifyEntries(reader)).toMatchObject({ rows: 20_000, damaged: [] });
      await reader.close();
    }
    const spooled = await openArchive(
      decryptArchive(Readable.from([readFileSync(path)]), { identities: [identity] }),
    );
    expect(spooled.manifest.relations[0]!.rows).toBe(20_000);
    await spooled.close();
    rmSync(path);
  });

  test("gives any range of any contents", async () => {
    const sizes = fc.oneof(
      fc.integer({ min: 0, max: 300 }),
      fc.constantFrom(CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 7),
    );
    await fc.assert(
      fc.asyncProperty(
        sizes,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (size, from, part) => {
          const plain = randomBytes(size);
          const source = await decryptArchive(await encrypted(plain, 7_777), {
            identities: [identity],
          }).open();
          expect(source.size).toBe(size);
          const offset = Math.floor(from * size);
          const length = Math.floor(part * (size - offset));
          expect(await source.read(offset, length)).toEqual(
            plain.subarray(offset, offset + length),
          );
          await source.close();
        },
      ),
      { numRuns: 60 },
    );
  });

  test("is what the library itself writes and reads", async () => {
    const plain = randomBytes(2 * CHUNK + 5);
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    expect(Buffer.from(await decrypter.decrypt((await encrypted(plain)).bytes))).toEqual(plain);
    const encrypter = new Encrypter();
    encrypter.addRecipient(recipient);
    expect(await readAll(new MemoryStore(Buffer.from(await encrypter.encrypt(plain))))).toEqual(
      plain,
    );
  });

  test("is made with a passphrase, and opens with it alone", async () => {
    const store = new MemoryStore();
    const sink = await encryptArchive(store, { passphrase: "correct horse" }).create();
    await sink.write(Buffer.from("hello"));
    await sink.commit();
    const decrypter = new Decrypter();
    decrypter.addPassphrase("correct horse");
    expect(await decrypter.decrypt(store.bytes, "text")).toBe("hello");

    // Deriving a key takes seconds on purpose; an archive from elsewhere may have made it cheaper.
    const encrypter = new Encrypter();
    encrypter.setPassphrase("correct horse");
    encrypter.setScryptWorkFactor(8);
    const cheap = new MemoryStore(Buffer.from(await encrypter.encrypt("hello")));
    const source = await decryptArchive(cheap, { passphrase: "correct horse" }).open();
    expect((await source.read(0, source.size)).toString()).toBe("hello");
    await expect(decryptArchive(cheap, { passphrase: "wrong" }).open()).rejects.toMatchObject({
      code: "KEY_MISMATCH",
      message: "the passphrase given cannot open this archive",
    });
  }, 120_000);

  test("reads an archive that is not encrypted as it is, if that is allowed", async () => {
    const plain = new MemoryStore(await smallArchive());
    await expect(decryptArchive(plain, { identities: [identity] }).open()).rejects.toMatchObject({
      code: "NOT_ENCRYPTED",
    });
    const store = decryptArchive(plain, { identities: [identity], allowPlain: true });
    expect((await openArchive(store)).manifest.relations).toHaveLength(2);
  });

  test("tells a wrong identity from damage", async () => {
    const store = await encrypted(randomBytes(100));
    await expect(
      decryptArchive(store, { identities: [other.identity] }).open(),
    ).rejects.toMatchObject({
      code: "KEY_MISMATCH",
      message: "the identities given cannot open this archive",
    });
  });

  test("cut anywhere is refused before anything is read from it", async () => {
    const { bytes } = await encrypted(randomBytes(2 * CHUNK + 100));
    const payload = bytes.length - 2 * (CHUNK + 16) - 116;
    const cuts = [
      30,
      payload - 20,
      payload,
      payload + 15,
      payload + 16,
      payload + CHUNK,
      payload + CHUNK + 16,
      bytes.length - 1,
      payload + 2 * (CHUNK + 16),
      payload + 2 * (CHUNK + 16) + 5,
    ];
    for (const cut of cuts) {
      const store = decryptArchive(new MemoryStore(bytes.subarray(0, cut)), {
        identities: [identity],
      });
      await expect(store.open(), `cut at ${cut}`).rejects.toMatchObject({
        code: "ARCHIVE_DAMAGED",
      });
    }
  });

  test("changed in any byte is found out, and never gives other contents", async () => {
    const plain = randomBytes(300);
    const { bytes } = await encrypted(plain);
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1;
      const result = await readAll(new MemoryStore(changed)).catch(
        (error: { code: string }) => error.code,
      );
      // Without its first line it is no age file any more.
      const notAge = at < "age-encryption.org/v1\n".length;
      if (notAge) expect(result).toBe("NOT_ENCRYPTED");
      else expect(["ARCHIVE_DAMAGED", "KEY_MISMATCH"], `byte ${at}`).toContain(result);
    }
  });

  test("with exchanged chunks is found out", async () => {
    const { bytes } = await encrypted(randomBytes(3 * CHUNK));
    const sealed = CHUNK + 16;
    const start = bytes.length - 3 * sealed;
    const swapped = Buffer.concat([
      bytes.subarray(0, start),
      bytes.subarray(start + sealed, start + 2 * sealed),
      bytes.subarray(start, start + sealed),
      bytes.subarray(start + 2 * sealed),
    ]);
    const source = await decryptArchive(new MemoryStore(swapped), {
      identities: [identity],
    }).open();
    await expect(source.read(0, 10)).rejects.toMatchObject({
      code: "ARCHIVE_DAMAGED",
      message: expect.stringContaining("64 KiB from byte"),
    });
    expect(await source.read(2 * CHUNK, 10)).toHaveLength(10);
  });

  test("passes on what the place behind it says, and leaves nothing there", async () => {
    const full = new Writable({
      write: (_chunk, _encoding, done) =>
        done(Object.assign(new Error("full"), { code: "ENOSPC" })),
    });
    const sink = await encryptArchive(full, { recipients: [recipient] }).create();
    const writes = (async () => {
      for (let i = 0; i < 100; i++) await sink.write(randomBytes(CHUNK));
      await sink.commit();
    })();
    await expect(writes).rejects.toThrow(OutputError);
    await expect(writes).rejects.toThrow("the disk is full");
    await sink.abort();

    const path = join(folder, "given-up.age");
    const given = await encryptArchive(path, { recipients: [recipient] }).create();
    await given.write(randomBytes(3 * CHUNK));
    await given.abort();
    await given.abort();
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("recipients and identities", () => {
  const sealTo = async (options: Parameters<typeof encryptArchive>[1]) =>
    (await encryptArchive(new MemoryStore(), options).create()).abort();

  test("come from files too, with comments and blank lines", async () => {
    const recipients = join(folder, "recipients.txt");
    const identities = join(folder, "key.txt");
    writeFileSync(recipients, `# the vault\n${other.recipient}\n\r\n  ${recipient}  \r\n`);
    writeFileSync(identities, `# created: 2026-11-24\n# public key: ${recipient}\n${identity}\n`);
    const store = new MemoryStore();
    const sink = await encryptArchive(store, { recipientFiles: [recipients] }).create();
    await sink.write(Buffer.from("x"));
    await sink.commit();
    const source = await decryptArchive(store, { identityFiles: [identities] }).open();
    expect((await source.read(0, 1)).toString()).toBe("x");
    rmSync(recipients);
    rmSync(identities);
  });

  test("are refused in plain words when they are none, and a secret is not repeated", async () => {
    await expect(sealTo({})).rejects.toThrow("no recipient");
    await expect(sealTo({ recipients: ["age1nonsense"] })).rejects.toThrow(
      "not an age recipient age1nonsense",
    );
    await expect(sealTo({ recipients: [recipient], passphrase: "x" })).rejects.toThrow("not both");
    await expect(sealTo({ passphrase: "" })).rejects.toThrow("empty");
    await expect(sealTo({ recipientFiles: [join(folder, "none")] })).rejects.toMatchObject({
      code: "USAGE",
      message: expect.stringContaining("no such file"),
    });
    const leaked = await sealTo({ recipients: [identity] }).catch(
      (error: Error) => `${error.message}${String(error.cause)}`,
    );
    expect(leaked).not.toContain(identity.slice(20));
    const store = await encrypted(randomBytes(10));
    const wrong = await decryptArchive(store, { identities: [`${identity}x`] })
      .open()
      .catch((error: Error) => `${error.message}${String(error.cause)}`);
    expect(wrong).toContain("not an age identity");
    expect(wrong).not.toContain(identity.slice(20));
    await expect(decryptArchive(store, {}).open()).rejects.toThrow("no identity");
  });
});

const AGE = spawnSync("age", ["--version"]).status === 0;

describe.skipIf(!AGE)("as the age program has it (skipped without age)", () => {
  test("age -d opens what is written here, for each recipient", async () => {
    const path = join(folder, "ours.age");
    const plain = randomBytes(5 * CHUNK + 1);
    const sink = await encryptArchive(path, { recipients: [recipient, other.recipient] }).create();
    await sink.write(plain);
    await sink.commit();
    for (const key of [identity, other.identity]) {
      const { status, stdout, stderr } = spawnSync("age", ["-d", "-i", "-", path], {
        input: key,
        maxBuffer: 1 << 24,
      });
      expect(stderr.toString()).toBe("");
      expect(status).toBe(0);
      expect(stdout.equals(plain)).toBe(true);
    }
    rmSync(path);
  });

  test("what age -r writes is read here", async () => {
    const plain = randomBytes(2 * CHUNK);
    const { stdout } = spawnSync("age", ["-r", recipient], { input: plain, maxBuffer: 1 << 24 });
    expect((await readAll(new MemoryStore(stdout))).equals(plain)).toBe(true);
  });
});
