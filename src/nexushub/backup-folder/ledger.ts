/**
 * What we know of a backup folder beyond its names: which files we wrote, which were read back and found whole, how the
 * last runs went. Retention removes only what is written down here. Lost or damaged, it only makes us more careful:
 * nothing is known to be ours then, so nothing is removed.
 */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type BackupName, parseBackupName } from "./backup-name.ts";
import { replaceFile } from "../../util/atomic-file.ts";

/** The ledger's name in the folder. */
export const LEDGER_NAME = ".nexushub-dump.json";

const count = z.number().nonnegative();
const ledgerSchema = z.object({
  version: z.literal(1),
  backups: z.record(
    z.string(),
    z.object({
      bytes: count,
      /** When it was last read back and found whole; null: not yet. */
      verifiedAt: z.iso.datetime().nullable(),
    }),
  ),
  lastSuccess: z
    .object({ at: z.iso.datetime(), seconds: count, bytes: count, rows: count })
    .nullable(),
  /** Of all runs since the ledger began. */
  failures: count,
});

export type Ledger = z.infer<typeof ledgerSchema>;
export type LedgerEntry = Ledger["backups"][string];

export const EMPTY_LEDGER: Ledger = { version: 1, backups: {}, lastSuccess: null, failures: 0 };

/** Reads a folder's ledger; one that is not there or cannot be read is an empty one, the latter with a `problem`. */
export async function readLedger(
  folder: string,
): Promise<{ ledger: Ledger; problem: string | null }> {
  const path = join(folder, LEDGER_NAME);
  try {
    return { ledger: ledgerSchema.parse(JSON.parse(await readFile(path, "utf8"))), problem: null };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT")
      return { ledger: EMPTY_LEDGER, problem: null };
    return {
      ledger: EMPTY_LEDGER,
      problem: `${path} cannot be read, so no older backup is known to be ours: none will be removed`,
    };
  }
}

export async function writeLedger(folder: string, ledger: Ledger): Promise<void> {
  await replaceFile(join(folder, LEDGER_NAME), `${JSON.stringify(ledger, null, 2)}\n`, 0o600);
}

/** A backup as it lies in its folder. */
export interface BackupFile extends BackupName {
  readonly path: string;
  readonly bytes: number;
  /** What the ledger says of exactly this file; null when it is not in it, or its size is another now. */
  readonly entry: LedgerEntry | null;
}

/** The backups of a folder, newest first; everything that is not a plain file of our name is left out. */
export async function listBackups(folder: string, ledger: Ledger): Promise<BackupFile[]> {
  const found: BackupFile[] = [];
  for (const item of await readdir(folder, { withFileTypes: true })) {
    const name = item.isFile() ? parseBackupName(item.name) : null;
    if (name === null) continue;
    const path = join(folder, item.name);
    // Gone since it was listed: someone else tidies up here.
    const bytes = await stat(path).then(
      ({ size }) => size,
      () => null,
    );
    if (bytes === null) continue;
    const entry = ledger.backups[item.name];
    found.push({ ...name, path, bytes, entry: entry?.bytes === bytes ? entry : null });
  }
  return found.toSorted((a, b) => b.at.getTime() - a.at.getTime() || (a.name < b.name ? 1 : -1));
}
