/** Tests a sealing key on some sealed values of a database, so that a wrong key is noticed at the next backup. */
import { isNexushubDumpError, ServerError } from "../../errors.ts";
import type { Connection } from "../../pg/connection.ts";
import { type Warning, type WarningCode, warning } from "../../warnings.ts";
import type { DetectedKey } from "../deployment/deployment.ts";
import { readSealedColumns } from "./sealed-columns.ts";
import { KEY_VARIABLE, parseKey } from "./sealing-key.ts";

/** What is known of the sealing key on this host. */
export type KeyState =
  /** All sampled values open. */
  | "fits"
  /** The database holds no sealed value, or is not NexusHub's: the key cannot be tested. */
  | "untested"
  /** Some of the sampled values open. */
  | "fits-partly"
  | "does-not-fit"
  | "malformed"
  | "absent";

export interface KeyCheck {
  readonly state: KeyState;
  /** The key's bytes; null unless the archive may record it as the database's key. */
  readonly key: Uint8Array | null;
  /** Null when nothing is wrong. Quotes no key. */
  readonly warning: Warning | null;
}

/** Values to open in each column. */
const SAMPLE = 20;
/** SQLSTATEs undefined_table and undefined_column (PostgreSQL docs, appendix A). */
const NOT_NEXUSHUB: ReadonlySet<string | undefined> = new Set(["42P01", "42703"]);

export async function checkKeyFits(
  connection: Connection,
  detected: DetectedKey | null,
): Promise<KeyCheck> {
  if (detected === null) {
    const text = `${KEY_VARIABLE} was not found: it cannot be tested, and the archive will not record its fingerprint`;
    return failed("absent", "key-unavailable", text);
  }
  let key: Uint8Array;
  try {
    key = parseKey(detected.value);
  } catch (error) {
    if (!isNexushubDumpError(error)) throw error;
    return failed("malformed", "key-unavailable", `${detected.from}: ${error.message}`);
  }
  const counts = await countSample(connection, key);
  if (counts.values === 0) return { state: "untested", key, warning: null };
  if (counts.closed === 0) return { state: "fits", key, warning: null };
  const summary = `${counts.closed} of ${counts.values} sampled sealed values do not open with ${detected.from}`;
  if (counts.closed < counts.values) {
    const text = `${summary}: they were sealed with another key, or moved from another column`;
    return { state: "fits-partly", key, warning: warning("key-mismatch", null, text) };
  }
  return failed(
    "does-not-fit",
    "key-mismatch",
    `THE KEY DOES NOT FIT THE DATABASE: ${summary}. A restore would lose every private key. Set ${KEY_VARIABLE} to the right key now; the archive will not record the fingerprint of this one`,
  );
}

function failed(state: KeyState, code: WarningCode, text: string): KeyCheck {
  return { state, key: null, warning: warning(code, null, text) };
}

/** Counts the sampled values and those that do not open; a database that is not NexusHub's has none. */
async function countSample(
  connection: Connection,
  key: Uint8Array,
): Promise<{ values: number; closed: number }> {
  try {
    const columns = await readSealedColumns(connection, key, { sample: SAMPLE });
    return {
      values: columns.reduce((sum, { values }) => sum + values, 0),
      closed: columns.reduce((sum, { closed }) => sum + closed.length, 0),
    };
  } catch (error) {
    if (error instanceof ServerError && NOT_NEXUSHUB.has(error.sqlState))
      return { values: 0, closed: 0 };
    throw error;
  }
}
