/**
 * The ledger of a backup folder: which files nexushub-dump wrote and verified, of which database each one is, and how
 * the last runs ended. Retention removes only files that it lists. When the ledger is lost or damaged, no file is listed,
 * so none is removed.
 */
import { z } from "zod";
import { openFolder } from "../../store/open-folder.ts";

/** The ledger's name in the folder. */
export const LEDGER_NAME = ".nexushub-dump.json";

const count = z.number().int().nonnegative();
const time = z.iso.datetime();

const backupSchema = z.object({
  archiveBytes: count,
  /** When the file was last read back and verified; null if never. */
  verifiedAt: time.nullable(),
  /** The identity of its database (database-identity.ts); null when that is not known. */
  database: z.string().nullable(),
  /** The digest by which differential backups refer to it; null when that is not known. */
  sha256: z.string().nullable().default(null),
  /** The digest of the full backup that it needs; null when it needs none, or that is not known. */
  base: z.string().nullable().default(null),
});

const successSchema = z.object({
  at: time,
  elapsedMs: count,
  archiveBytes: count,
  rows: count,
  /** Whether the sealing key opened the sampled values; null when it was not tested. */
  keyFits: z.boolean().nullable(),
});

const ledgerSchema = z.object({
  version: z.literal(2),
  backups: z.record(z.string(), backupSchema),
  /** The last successful run for each database, by its identity. */
  successes: z.record(z.string(), successSchema),
  /** Failed runs since the ledger was created, of all databases. */
  failures: count,
});

export type Ledger = z.infer<typeof ledgerSchema>;
export type LedgerEntry = z.infer<typeof backupSchema>;

export const EMPTY_LEDGER: Ledger = { version: 2, backups: {}, successes: {}, failures: 0 };

/** Version 1 did not record databases. */
const version1Schema = z
  .object({
    version: z.literal(1),
    backups: z.record(z.string(), z.object({ bytes: count, verifiedAt: time.nullable() })),
    failures: count,
  })
  .transform(({ backups, failures }): Ledger => {
    const entries = Object.entries(backups).map(([name, { bytes, verifiedAt }]) => [
      name,
      { archiveBytes: bytes, verifiedAt, database: null, sha256: null, base: null },
    ]);
    return {
      version: 2,
      backups: Object.fromEntries(entries) as Ledger["backups"],
      successes: {},
      failures,
    };
  });

const anyVersionSchema = z.union([ledgerSchema, version1Schema]);

/** Reads a folder's ledger: an empty one when there is none, and when it cannot be read, with the reason in `problem`. */
export async function readLedger(
  address: string,
): Promise<{ ledger: Ledger; problem: string | null }> {
  const folder = await openFolder(address);
  try {
    const text = await folder.readText(LEDGER_NAME);
    if (text === null) return { ledger: EMPTY_LEDGER, problem: null };
    return { ledger: anyVersionSchema.parse(JSON.parse(text)), problem: null };
  } catch {
    return {
      ledger: EMPTY_LEDGER,
      problem: `${folder.addressOf(LEDGER_NAME)} cannot be read, so no existing backup will be removed`,
    };
  }
}

/** Replaces the ledger, durably. Throws what the folder throws. */
export async function writeLedger(address: string, ledger: Ledger): Promise<void> {
  const folder = await openFolder(address);
  await folder.writeText(LEDGER_NAME, `${JSON.stringify(ledger, null, 2)}\n`);
}

/** Returns the ledger without some backups. */
export function withoutBackups(ledger: Ledger, names: readonly string[]): Ledger {
  const removed = new Set(names);
  const remaining = Object.entries(ledger.backups).filter(([name]) => !removed.has(name));
  return { ...ledger, backups: Object.fromEntries(remaining) };
}
