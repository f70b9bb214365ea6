/**
 * The drills of a backup folder, in its ledger: a chain in which each record holds the digest of the one before, and its
 * signature where a key was at hand. So a record can neither be changed nor taken out of the middle unnoticed, and with a key
 * nobody else can add one. Pure.
 */
import { createHash, sign, verify } from "node:crypto";
import { z } from "zod";
import type { SignKey, VerifyKey } from "../../archive/signing/ed25519-key.ts";

const time = z.iso.datetime();

/** What a drill came to. */
const drillFactsSchema = z.object({
  /** When it began. */
  at: time,
  /** Name of the backup in the folder. */
  archive: z.string().max(200),
  /** The digest of the archive; null when it could not be read. */
  sha256: z.string().nullable(),
  /** The identity of its database; null when that is not known. */
  database: z.string().nullable(),
  ok: z.boolean(),
  /** Where it was restored; null when it was not. */
  target: z.string().nullable(),
  /** Whether a role without superuser restored it. */
  plainRole: z.boolean(),
  restoreMs: z.number().nonnegative().nullable(),
  recoveryPoint: time.nullable(),
  probes: z.array(z.object({ id: z.string(), status: z.enum(["passed", "failed", "not-run"]) })),
});

/** The schema of a record in the ledger. */
export const drillRecordSchema = drillFactsSchema.extend({
  /** The digest of the record before it; null for the first one. */
  previous: z.string().nullable(),
  /** The id of the key that signed it; null when none did. */
  keyId: z.string().nullable(),
  /** Base64; null without a key. */
  signature: z.string().nullable(),
});

export type DrillFacts = z.infer<typeof drillFactsSchema>;
/** A drill as the ledger records it, chained to the one before it. */
export type DrillRecord = z.infer<typeof drillRecordSchema>;

/** A year of daily drills. */
const MOST_RECORDS = 400;

/** Adds a drill to the chain; the oldest record goes when there are too many. */
export function withDrill(
  drills: readonly DrillRecord[],
  facts: DrillFacts,
  signKey: SignKey | undefined,
): DrillRecord[] {
  const last = drills.at(-1);
  const unsigned = {
    ...facts,
    previous: last === undefined ? null : digestOf(last),
    keyId: signKey?.id ?? null,
    signature: null,
  };
  const signature =
    signKey === undefined
      ? null
      : sign(null, signedBytes(unsigned), signKey.privateKey).toString("base64");
  return [...drills, { ...unsigned, signature }].slice(-MOST_RECORDS);
}

/**
 * Checks the chain, and the signatures where keys are given.
 * @returns the first problem in words; null when there is none.
 */
export function drillHistoryProblem(
  drills: readonly DrillRecord[],
  verifyKeys?: readonly VerifyKey[],
): string | null {
  for (const [index, record] of drills.entries()) {
    const before = drills[index - 1];
    if (before !== undefined && record.previous !== digestOf(before))
      return `the record of the drill of ${record.at} does not follow the one before it: the history was changed`;
    if (verifyKeys !== undefined && !isSignedBy(record, verifyKeys))
      return `none of the keys signed the record of the drill of ${record.at}`;
  }
  return null;
}

function isSignedBy(record: DrillRecord, keys: readonly VerifyKey[]): boolean {
  if (record.signature === null) return false;
  const [bytes, signature] = [signedBytes(record), Buffer.from(record.signature, "base64")];
  return keys.some(({ key }) => verify(null, bytes, key, signature));
}

function digestOf(record: DrillRecord): string {
  return createHash("sha256").update(textOf(record)).digest("hex");
}

function signedBytes(record: DrillRecord): Buffer {
  return Buffer.from(`nexushub-dump drill\n${textOf({ ...record, signature: null })}`);
}

/** The same text for the same record, whatever the order of its fields. */
function textOf(record: DrillRecord): string {
  const probes = record.probes.map(({ id, status }) => [id, status]);
  return JSON.stringify(Object.entries({ ...record, probes }).toSorted(byName));
}

const byName = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : 1);

/** The last drill of a backup: by its digest, or by its name where one of the two has none. */
export function lastDrillOf(
  drills: readonly DrillRecord[],
  { name, sha256 }: { readonly name: string; readonly sha256: string | null },
): DrillRecord | null {
  const isOf = (drill: DrillRecord): boolean =>
    sha256 === null || drill.sha256 === null ? drill.archive === name : drill.sha256 === sha256;
  return drills.findLast(isOf) ?? null;
}
