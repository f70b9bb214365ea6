/** A backup reuses the newest verified one of the same database in its folder, and is complete all the same. */
import { generateKeyPairSync } from "node:crypto";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { expect, test } from "vitest";
import { readSignKey } from "../../src/archive/signing/ed25519-key.ts";
import { openArchive } from "../../src/archive/reader.ts";
import { backupRuns } from "../support/backup-runs.ts";

const on = backupRuns();
const { run, expectComplete, change } = on;

test("rows that did not change are copied from the newest backup", async () => {
  const first = await run();
  expect(first).toMatchObject({ reuse: null, reuseSkipped: "no-backup" });
  await change();
  const second = await run();
  expect(second).toMatchObject({ reuseSkipped: null, reuse: { refused: null } });
  expect(second.reuse!.archive).toBe(
    (await readdir(on.folder)).toSorted().find((name) => first.path.endsWith(name)),
  );
  expect(second.reuse!.reusedRows).toBeGreaterThan(5000);
  expect(second.reuse!.readRows).toBeGreaterThan(1000);
  await rm(first.path);
  await expectComplete(second.path);
  expect(await run({ reuse: false })).toMatchObject({ reuse: null, reuseSkipped: "not-requested" });
});

test("what is damaged in the earlier backup is read from the server", async () => {
  const first = await run();
  const bytes = await readFile(first.path);
  const reader = await openArchive(first.path);
  const log = reader.manifest.relations.find(({ name }) => name === "audit_log")!;
  await reader.close();
  bytes[reader.manifest.entries[log.parts[0]!.entry]!.offset + 100]! ^= 1;
  await writeFile(first.path, bytes);
  const second = await run();
  expect(second.warnings.map(({ code }) => code)).toEqual(["earlier-archive-damaged"]);
  expect(second.reuse!.reusedRows).toBeGreaterThan(5000);
  await expectComplete(second.path);
  // A manifest that cannot be read.
  const damaged = await readFile(second.path);
  damaged[damaged.length - 200]! ^= 1;
  await writeFile(second.path, damaged);
  const third = await run();
  expect(third).toMatchObject({ reuse: null, reuseSkipped: "unreadable" });
  await expectComplete(third.path);
});

test("an encrypted backup is reused with its identity", async () => {
  const identity = await generateX25519Identity();
  const encryptTo = { recipients: [await identityToRecipient(identity)] };
  const identities = { identities: [identity] };
  await run({ encryptTo });
  expect(await run({ encryptTo })).toMatchObject({ reuse: null, reuseSkipped: "encrypted" });
  const third = await run({ encryptTo, identities });
  expect(third).toMatchObject({
    reuseSkipped: null,
    reuse: { refused: null, readRows: expect.any(Number) },
  });
  expect(third.reuse!.reusedRows).toBeGreaterThan(5000);
});

test("only what the same keys authenticated is reused", async () => {
  await run({ env: {} });
  expect(await run()).toMatchObject({ reuse: null, reuseSkipped: "other-key" });
  const { privateKey } = generateKeyPairSync("ed25519");
  const signKey = readSignKey(privateKey.export({ type: "pkcs8", format: "pem" }).toString());
  expect(await run({ signKey })).toMatchObject({
    reuse: { refused: "other-signature", reusedRows: 0 },
  });
  const signed = await run({ signKey });
  expect(signed.reuse).toMatchObject({ refused: null });
  expect(signed.reuse!.reusedRows).toBeGreaterThan(5000);
});
