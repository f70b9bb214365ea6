/**
 * The ledger of a backup folder: which files nexushub-dump wrote and verified, of which database each one is, and how
 * the last runs ended. Retention removes only files that it lists. When the ledger is lost or damaged, no file is listed,
 * so none is removed.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { isNexushubDumpError, OutputError } from "../../errors.ts";
import type { Lock } from "../../store/folder.ts";
import { outputError } from "../../util/output-error.ts";
import { drillRecordSchema } from "./drill-history.ts";
import { openFolder } from "../../store/open-folder.ts";

/** The ledger's name in the folder. */
export const LEDGER_NAME = ".nexushub-dump.json";

const count = z.number().int().nonnegative();
const time = z.iso.datetime();

/** What is shown of a backup without opening it, which may need a key that is not there. */
const factsSchema = z.object({
  /** The machine that made it. */
  host: z.string().nullable(),
  /** Name of the database. */
  name: z.string().nullable(),
  rows: count,
  /** COPY text. */
  bytes: count,
  /** Whether objects, rows or values of the database are missing. */
  partial: z.boolean(),
  /** The largest tables. */
  tables: z.array(z.object({ name: z.string(), rows: count, bytes: count })),
});

/** Keeps a backup, whatever the rules of retention say. */
const holdSchema = z.object({
  /** Null: until it is released. */
  until: time.nullable(),
});

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
  /** When a verification last met damage; absent when it is not known to be damaged. */
  damagedAt: time.optional(),
  facts: factsSchema.optional(),
  hold: holdSchema.optional(),
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
  /** Oldest first. */
  drills: z.array(drillRecordSchema).optional(),
});

export type Ledger = z.infer<typeof ledgerSchema>;
/** What the ledger records of a backup beyond what its name says. */
export type BackupFacts = z.infer<typeof factsSchema>;
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

/** How long another run may hold the folder before a change of the ledger gives up. */
const PATIENCE_MS = 30_000;
const PAUSE_MS = 250;

/**
 * Changes the ledger under the folder's lock; waits some time for a backup that runs.
 * @throws NexushubDumpError (BUSY) when another run holds the lock for long; OutputError when the folder cannot be written to.
 */
export async function updateLedger(
  address: string,
  update: (ledger: Ledger) => Ledger,
): Promise<Ledger> {
  const lock = await lockPatiently(address);
  try {
    const { ledger, problem } = await readLedger(address);
    if (problem !== null) throw new OutputError(problem, { object: address });
    const updated = update(ledger);
    await writeLedger(address, updated);
    return updated;
  } catch (error) {
    throw outputError(error, address);
  } finally {
    await lock.release();
  }
}

async function lockPatiently(address: string): Promise<Lock> {
  const folder = await openFolder(address);
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await folder.takeLock();
    } catch (error) {
      const isBusy = isNexushubDumpError(error) && error.code === "BUSY";
      if (!isBusy || performance.now() >= deadline) throw outputError(error, address);
      await sleep(PAUSE_MS);
    }
  }
}
