/** Probes of the sealing key: is it the archive's, do the sealed values open, do private and public keys match? */
import type { ProbeContext } from "../../drill/probe.ts";
import { failed, notRun, passed, type Verdict } from "../../drill/report.ts";
import { listedLines, plural } from "../../util/format.ts";
import { checkKey, type KeyVerdict } from "../keys/manifest-key.ts";
import type { SealedColumnFacts } from "../keys/sealed-columns.ts";
import { KEY_VARIABLE } from "../keys/sealing-key.ts";

export const NO_KEY = `${KEY_VARIABLE} was not found`;
export const KEY_HINT = `set ${KEY_VARIABLE}, or name the file that holds it with --env-file`;

const KEY_VERDICTS: Readonly<Record<KeyVerdict, Verdict>> = {
  match: passed("the key is the archive's, and the archive was not changed since it was written"),
  "wrong-key": failed("the key is not the one that was in use when the dump was taken", {
    hint: `find the ${KEY_VARIABLE} of that time: without it no private key of this archive can be read`,
  }),
  changed: failed("the archive was changed by someone who does not have the key", {
    hint: "do not restore it: use another backup, and find out who could write to this one",
  }),
  none: notRun(
    "nothing records which key was in use when the dump was taken",
    "the sealed values below show whether the key fits; the backup command records a fingerprint of it",
  ),
  "unknown-scheme": notRun(
    "the archive's key fingerprint has an unknown scheme",
    "update nexushub-dump",
  ),
};

export function probeKey(
  { storedManifest }: Pick<ProbeContext, "storedManifest">,
  key: Uint8Array | undefined,
): Verdict {
  return key === undefined ? notRun(NO_KEY, KEY_HINT) : KEY_VERDICTS[checkKey(storedManifest, key)];
}

export function probeSealedValues(columns: readonly SealedColumnFacts[]): Verdict {
  const values = columns.reduce((sum, column) => sum + column.values, 0);
  const closed = describeRows(columns, "closed", "does not open");
  const malformed = describeRows(columns, "malformed", "opens, but its content is malformed");
  const bad = closed.length + malformed.length;
  if (bad === 0) {
    const counts = columns.map((column) => `${column.column}: ${column.values}`);
    return passed(`all ${plural(values, "value")} open`, counts);
  }
  const hint =
    closed.length === values
      ? `none opens: the key is not the one that sealed them; find the right ${KEY_VARIABLE}`
      : "these values were changed or moved from another column; give the peers concerned new keys";
  return failed(
    `${bad} of ${plural(values, "sealed value")} ${bad === 1 ? "is" : "are"} not good`,
    { details: listedLines([...closed, ...malformed]), hint },
  );
}

export function probeKeyPairs(columns: readonly SealedColumnFacts[]): Verdict {
  const pairs = columns.filter(({ column }) => column.endsWith(".private_key"));
  const mismatched = describeRows(
    pairs,
    "mismatched",
    "belongs to another public key than the row's",
  );
  const compared = pairs.reduce(
    (sum, { values, closed, malformed }) => sum + values - closed.length - malformed.length,
    0,
  );
  if (compared === 0) return notRun("no private key could be opened");
  if (mismatched.length === 0) return passed(`${plural(compared, "private key")} match`);
  return failed(
    `${mismatched.length} of ${plural(compared, "private key")} ${mismatched.length === 1 ? "does" : "do"} not match`,
    {
      details: listedLines(mismatched),
      hint: "a public key or a private key was changed alone: give the peer a new pair",
    },
  );
}

function describeRows(
  columns: readonly SealedColumnFacts[],
  list: "closed" | "malformed" | "mismatched",
  problem: string,
): string[] {
  return columns.flatMap((column) =>
    column[list].map((id) => `${column.column} of id ${id} ${problem}`),
  );
}
