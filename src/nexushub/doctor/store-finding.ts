/** The doctor's check of a backup folder in an object store: rights, clock, and rules of the bucket that would eat backups. */
import { formatDuration } from "../../util/format.ts";
import type { StoreFacts } from "../../store/s3/check-store.ts";
import { failure, type Finding, ok, warning } from "./finding.ts";

/** Stores refuse requests from clocks that differ by more than 15 minutes. */
const SKEW_MS = 2 * 60 * 1000;
/** A rule of a day may come when the day has hardly begun. */
const MIN_ABORT_DAYS = 2;

export async function storeFinding(folder: string): Promise<Finding> {
  const { checkStore } = await import("../../store/s3/check-store.ts");
  return judgeStore(await checkStore(folder));
}

/** Pure. */
export function judgeStore(facts: StoreFacts): Finding {
  const { address, skewMs, abortsAfterDays, expiresObjects, isVersioned, hasLock } = facts;
  if (facts.wantsLock && !hasLock)
    return failure(
      `${address} is to be locked, and the bucket has no object lock, as far as the keys may see`,
      "create a bucket with object lock, or leave --lock-days out",
    );
  if (expiresObjects)
    return failure(
      `a lifecycle rule of the bucket removes objects in ${address}`,
      "remove the rule, or limit it to noncurrent versions: retention is nexushub-dump's",
    );
  if (Math.abs(skewMs) > SKEW_MS)
    return warning(
      `the clocks of this host and of the store differ by ${formatDuration(Math.abs(skewMs))}`,
      "set this host's clock, with NTP for instance",
    );
  if (abortsAfterDays === null)
    return warning(
      `${address} can be written and read; no lifecycle rule aborts unfinished uploads, as far as the keys may see`,
      "add one, of 7 days for instance: the next run removes what a killed one left, and such a rule removes the rest",
    );
  if (abortsAfterDays < MIN_ABORT_DAYS)
    return warning(
      `a lifecycle rule aborts the uploads of ${address} after ${abortsAfterDays} d: a dump that takes longer is lost`,
      "give it 7 days, for instance",
    );
  const conditions = facts.honoursConditions
    ? "conditions are honoured"
    : "conditions are not honoured, and claims do without";
  const protection = hasLock ? "object lock" : isVersioned ? "versions" : "no versions";
  return ok(
    `${address}, ${protection}, ${conditions}, unfinished uploads are aborted after ${abortsAfterDays} d`,
  );
}
