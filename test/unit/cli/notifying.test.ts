/** Which runs of a drill the metrics tell of. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, expect, test } from "vitest";
import { Console } from "../../../src/cli/console.ts";
import { startNotifying } from "../../../src/cli/notifying.ts";
import { EMPTY_LEDGER, writeLedger } from "../../../src/nexushub/backup-folder/ledger.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const base = temporaryFolder();
afterAll(() => base.remove());
const folder = join(base.path, "backups");
const listed = join(folder, "nexushub-20261125T030000Z.tar.gz");
const copied = join(base.path, "old.sql.gz");

/** @returns the metrics of a drill that ended, or null; and what was said. */
async function metricsAfter(operand: string | undefined, exitCode: number) {
  const metricsFile = join(base.path, `${Math.random()}.prom`);
  const stream = () => new PassThrough({ encoding: "utf8" });
  const io = { stdin: new PassThrough(), stdout: stream(), stderr: stream(), env: {} };
  const notifying = await startNotifying("drill", new Console(io, {}), { metricsFile }, operand);
  await notifying.end(exitCode);
  const text = existsSync(metricsFile) ? readFileSync(metricsFile, "utf8") : null;
  const [, success] = /^nexushub_drill_last_run_success (.)$/m.exec(text ?? "") ?? [];
  return { success: success ?? null, said: io.stderr.read() as string | null };
}

test("a drill of a backup is in the metrics, and one of any other file is not", async () => {
  mkdirSync(folder);
  writeFileSync(listed, "x");
  writeFileSync(copied, "x");
  const entry = { archiveBytes: 1, verifiedAt: null, database: null, sha256: null, base: null };
  await writeLedger(folder, { ...EMPTY_LEDGER, backups: { [basename(listed)]: entry } });
  for (const operand of [undefined, "latest", folder, listed])
    expect(await metricsAfter(operand, 0)).toEqual({ success: "1", said: null });
  expect(await metricsAfter(copied, 0)).toEqual({
    success: null,
    said: "no metrics are written: no folder lists the file as a backup\n",
  });
  // A scheduled drill whose file is gone.
  expect(await metricsAfter(join(folder, "gone.tar.gz"), 1)).toMatchObject({ success: "0" });
});
