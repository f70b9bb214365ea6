import { generateKeyPairSync } from "node:crypto";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readSignKey, readVerifyKeys } from "../../../../src/archive/signing/ed25519-key.ts";
import { signManifest } from "../../../../src/archive/signing/signature.ts";
import { backupName } from "../../../../src/nexushub/backup-folder/backup-name.ts";
import { prune } from "../../../../src/nexushub/retention/prune.ts";
import { forge } from "../../../support/forge.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const signKey = readSignKey(privateKey.export({ type: "pkcs8", format: "pem" }) as string);
const verifyKeys = readVerifyKeys(publicKey.export({ type: "spki", format: "pem" }) as string);
const folder = temporaryFolder();

test("backups that no required key signed are kept, and push none out", async () => {
  const names = [1, 2, 3].map((day) => backupName(new Date(Date.UTC(2026, 0, day)), "tar.gz"));
  const [first, second, planted] = names as [string, string, string];
  const signed = await forge({ manifest: (honest) => signManifest(honest, signKey) });
  for (const name of [first, second]) writeFileSync(join(folder.path, name), signed);
  writeFileSync(join(folder.path, planted), await forge());

  const options = { adopt: true, retention: { keep: 1 }, now: new Date("2026-02-01") };
  const plan = await prune(folder.path, { ...options, dryRun: true });
  expect(plan.removed).toEqual([second, first]);

  const { removed, decisions, warnings } = await prune(folder.path, { ...options, verifyKeys });
  expect(removed).toEqual([first]);
  expect(decisions[0]).toMatchObject({
    name: planted,
    action: "keep",
    reason: "no required key signed it",
  });
  expect(warnings.map(({ code, object }) => [code, object])).toEqual([
    ["unsigned-archive", planted],
  ]);
  expect(
    readdirSync(folder.path)
      .filter((name) => name.endsWith(".gz"))
      .toSorted(),
  ).toEqual([second, planted]);
});
