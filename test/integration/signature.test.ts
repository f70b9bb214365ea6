/** Signatures end to end: what a host that only stores archives could try, through the library and the commands. */
import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  dump,
  inspect,
  readSignKey,
  readVerifyKeys,
  requireSigned,
  restore,
  verify,
} from "../../src/index.ts";
import { MemoryStore } from "../support/archives.ts";
import { runCli } from "../support/cli.ts";
import { freshDatabase, type TestDatabase } from "../support/postgres.ts";

function newKeys(): { secret: string; open: string } {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return {
    secret: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    open: publicKey.export({ type: "spki", format: "pem" }) as string,
  };
}

const ours = newKeys();
const theirs = newKeys();
let source: TestDatabase;
let folder: string;

beforeAll(async () => {
  source = await freshDatabase();
  await source.query("CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2)");
  folder = await mkdtemp(join(tmpdir(), "signature-"));
  await writeFile(join(folder, "key"), ours.secret);
  await writeFile(join(folder, "key.pub"), ours.open);
  await writeFile(join(folder, "other.pub"), theirs.open);
});

afterAll(async () => {
  await source.drop();
  await rm(folder, { recursive: true });
});

test("every operation refuses an archive that the required key did not sign", async () => {
  const signed = new MemoryStore();
  const unsigned = new MemoryStore();
  await dump(source.url, signed, { signKey: readSignKey(ours.secret) });
  await dump(source.url, unsigned);
  const keys = readVerifyKeys(ours.open);
  await expect(verify(requireSigned(signed, keys))).resolves.toMatchObject({ rows: 2 });

  const target = await freshDatabase();
  try {
    for (const archive of [
      requireSigned(unsigned, keys),
      requireSigned(signed, readVerifyKeys(theirs.open)),
    ]) {
      const refusal = { code: "SIGNATURE" };
      await expect(verify(archive)).rejects.toMatchObject(refusal);
      await expect(inspect(archive)).rejects.toMatchObject(refusal);
      await expect(restore(archive, target.url)).rejects.toMatchObject(refusal);
    }
    expect((await restore(requireSigned(signed, keys), target.url)).warnings).toEqual([]);
    expect(await target.query("SELECT a FROM t ORDER BY 1")).toEqual([{ a: 1 }, { a: 2 }]);
    // As a superuser, nobody having checked the signature.
    const { warnings } = await restore(signed, target.url, { force: true, dryRun: true });
    expect(warnings.map(({ code }) => code)).toEqual(["unsigned-archive"]);
  } finally {
    await target.drop();
  }
});

test("the commands sign with --sign-key and refuse with --verify-key", async () => {
  const archive = join(folder, "one.tar.gz");
  const key = join(folder, "key");
  const made = await runCli(["dump", "-d", source.url, "-o", archive, "--sign-key", key]);
  expect(made).toMatchObject({ code: 0 });
  const check = (name: string) => runCli(["verify", archive, "--verify-key", join(folder, name)]);
  expect(await check("key.pub")).toMatchObject({ code: 0 });
  expect(await check("other.pub")).toMatchObject({
    code: 3,
    stderr: expect.stringContaining("signed with another key"),
  });
  const wrong = await check("key");
  expect(wrong).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("not an Ed25519 public"),
  });
  expect(wrong.stderr).not.toContain("BEGIN");
});
