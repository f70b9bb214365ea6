/** A folder that is taken for a folder of backups: what it is, and what to do. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { chooseBackup } from "../../../../src/nexushub/drill/nexushub-drill.ts";
import { verifyFolder } from "../../../../src/nexushub/verify-folder/verify-folder.ts";

test.each([
  ["toc.dat", "use pg_restore"],
  ["manifest.json", "unpack"],
  ["notes.txt", "nexushub-<time>.tar.gz"],
])("one that holds %s", async (file, hint) => {
  const folder = await mkdtemp(join(tmpdir(), "nexushub-dump-choose-"));
  try {
    await writeFile(join(folder, file), "x");
    for (const taken of [chooseBackup(folder), verifyFolder(folder)])
      await expect(taken).rejects.toMatchObject({
        code: "USAGE",
        message: "the folder contains no backup",
        hint: expect.stringContaining(hint),
      });
  } finally {
    await rm(folder, { recursive: true });
  }
});
