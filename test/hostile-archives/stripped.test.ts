/** Archives from which somebody took what would show that they were changed: the record of the key, the encryption. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { decryptArchive, encryptArchive, refusePlain } from "../../src/archive/encryption/age.ts";
import type { Manifest } from "../../src/archive/format/manifest.ts";
import { openArchive } from "../../src/archive/reader.ts";
import { sealManifest } from "../../src/nexushub/keys/manifest-key.ts";
import { guardRestore } from "../../src/nexushub/restore/guard.ts";
import { MemoryStore } from "../support/archives.ts";
import { runCli } from "../support/cli.ts";
import { forge } from "../support/forge.ts";

const KEY = Buffer.alloc(32, 7);
const DETECTED = { value: KEY.toString("base64"), from: "the environment" };

const archive = async (change: (honest: Manifest) => unknown = (honest) => honest) =>
  new MemoryStore(
    await forge({
      manifest: (honest) => {
        honest.relations[0]!.name = "wg_peers";
        return change(honest);
      },
    }),
  );

describe("the record of the key", () => {
  const REFUSAL = { code: "KEY_MISMATCH", object: "manifest" };

  test("that is right passes without a word", async () => {
    const sealed = await archive((honest) => sealManifest(honest, KEY));
    expect(await guardRestore(sealed, DETECTED)).toEqual([]);
  });

  test.each<[string, (honest: Manifest) => unknown]>([
    ["removed", (honest) => honest],
    [
      "of an unknown scheme",
      (honest) => {
        const { key, ...rest } = sealManifest(honest, KEY);
        return { ...rest, key: { ...key!, scheme: "none" } };
      },
    ],
  ])("%s is refused where the key is at hand", async (_what, change) => {
    const stripped = await archive(change);
    await expect(guardRestore(stripped, DETECTED)).rejects.toMatchObject(REFUSAL);
    expect(await guardRestore(stripped, DETECTED, { allowUnkeyed: true })).toMatchObject([
      { code: "key-unavailable" },
    ]);
  });

  test("is not missed without the key, in another database, and in a fixture", async () => {
    expect(await guardRestore(await archive(), null)).toEqual([]);
    expect(await guardRestore(new MemoryStore(await forge()), DETECTED)).toEqual([]);
    const fixture = await archive((honest) => ({ ...honest, purpose: "fixture" }));
    expect(await guardRestore(fixture, DETECTED)).toEqual([]);
  });
});

describe("a plain archive where an encrypted one is expected", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "nhd-plain-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const REFUSAL = { code: "NOT_ENCRYPTED", object: "encryption" };

  test("is refused by the library", async () => {
    const store = new MemoryStore(await forge());
    const passphrase = "secret";
    await expect(openArchive(decryptArchive(store, { passphrase }))).rejects.toMatchObject(REFUSAL);
    const allowed = decryptArchive(store, { passphrase, allowPlain: true });
    expect((await openArchive(allowed)).manifest.relations).toHaveLength(1);
  });

  test("an encrypted one passes the check of its name", async () => {
    const path = join(folder, "a.tar.gz.age");
    const sink = await encryptArchive(path, { passphrase: "secret" }).create();
    await sink.write(await forge());
    await sink.commit();
    const source = await refusePlain(path).open();
    await source.close();
  });

  test("is refused by every command", async () => {
    const plain = join(folder, "a.tar.gz.age");
    const other = join(folder, "b.tar.gz");
    const passphrase = join(folder, "passphrase");
    writeFileSync(plain, await forge());
    writeFileSync(other, await forge());
    writeFileSync(passphrase, "secret\n");
    for (const command of ["inspect", "verify"]) {
      expect(await runCli([command, plain])).toMatchObject({
        code: 3,
        stderr: expect.stringContaining("--allow-plain takes it"),
      });
      expect((await runCli([command, other, "--passphrase-file", passphrase])).code).toBe(3);
      expect((await runCli([command, plain, "--allow-plain"])).code).toBe(0);
    }
    expect((await runCli(["diff", other, plain])).code).toBe(3);
    expect((await runCli(["pack", plain, join(folder, "packed")])).code).toBe(3);
    // A drill reports why it failed.
    const drilled = await runCli(["drill", plain]);
    expect(drilled.code).not.toBe(0);
    expect(drilled.stdout + drilled.stderr).toContain("is not encrypted, and should be");
  });
});
