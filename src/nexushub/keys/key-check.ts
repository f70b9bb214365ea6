/** Does the key at hand fit the database? Asked of a few sealed values, at each backup rather than years later. */
import { isNexushubDumpError, ServerError } from "../../errors.ts";
import type { Connection } from "../../pg/connection.ts";
import type { DetectedKey } from "../deployment/deployment.ts";
import { KEY_VARIABLE, parseKey } from "./sealed-value.ts";
import { readSealedColumns } from "./sealed-columns.ts";

export type KeyState =
  /** All sampled values open. */
  | "fits"
  /** The database seals nothing yet, or is not NexusHub's: the key cannot be judged. */
  | "untested"
  /** Some sampled values open and some do not. */
  | "fits-partly"
  | "does-not-fit"
  | "malformed"
  | "absent";

export interface KeyCheck {
  readonly state: KeyState;
  /** The key's bytes, where it may be taken for the database's. */
  readonly key: Uint8Array | null;
  /** What to tell the operator; null when all is well. Quotes no key. */
  readonly warning: string | null;
}

/** Values of each column that are opened. */
const SAMPLE = 20;
/** SQLSTATEs undefined_table and undefined_column (PostgreSQL docs, appendix A). */
const NOT_NEXUSHUB = new Set(["42P01", "42703"]);

export async function checkKeyFits(
  connection: Connection,
  found: DetectedKey | null,
): Promise<KeyCheck> {
  if (found === null) {
    return {
      state: "absent",
      key: null,
      warning: `${KEY_VARIABLE} is not at hand: whether it fits was not checked, and the archive will carry no fingerprint of it`,
    };
  }
  let key: Uint8Array;
  try {
    key = parseKey(found.value);
  } catch (error) {
    if (!isNexushubDumpError(error)) throw error;
    return { state: "malformed", key: null, warning: `${found.from}: ${error.message}` };
  }
  const counts = await sample(connection, key);
  if (counts === null || counts.values === 0) return { state: "untested", key, warning: null };
  if (counts.closed === 0) return { state: "fits", key, warning: null };
  const some = `${counts.closed} of ${counts.values} sealed values that were tried do not open with ${found.from}`;
  if (counts.closed < counts.values) {
    return {
      state: "fits-partly",
      key,
      warning: `${some}: they were sealed with another key, or moved from another column`,
    };
  }
  return {
    state: "does-not-fit",
    key: null,
    warning: `THE KEY DOES NOT FIT THE DATABASE: ${some}. A restore would lose every private key. Find the right ${KEY_VARIABLE} now; the archive will carry no fingerprint of this one`,
  };
}

async function sample(
  connection: Connection,
  key: Uint8Array,
): Promise<{ values: number; closed: number } | null> {
  try {
    const surveys = await readSealedColumns(connection, key, { sample: SAMPLE });
    return {
      values: surveys.reduce((sum, { values }) => sum + values, 0),
      closed: surveys.reduce((sum, { closed }) => sum + closed.length, 0),
    };
  } catch (error) {
    if (error instanceof ServerError && NOT_NEXUSHUB.has(error.sqlState ?? "")) return null;
    throw error;
  }
}
