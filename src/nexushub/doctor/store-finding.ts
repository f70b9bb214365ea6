/** The doctor's check of a backup folder in an object store: rights, clock, and rules of the bucket that would eat backups. */
import { formatDuration } from "../../util/format.ts";
import {
  type BucketLock,
  LOCK_RIGHT,
  type LockPeriod,
  type StoreFacts,
} from "../../store/s3/store-facts.ts";
import { failure, type Finding, ok, warning } from "./finding.ts";

/** Stores refuse requests from clocks that differ by more than 15 minutes. */
const SKEW_MS = 2 * 60 * 1000;
/** A rule of a day may come when the day has hardly begun. */
const MIN_ABORT_DAYS = 2;

export async function storeFinding(folder: string): Promise<Finding> {
  const { checkStore } = await import("../../store/s3/check-store.ts");
  return judgeStore(await checkStore(folder));
}

/** All that is wrong, and what protects the backups; the worst decides. Pure. */
export function judgeStore(facts: StoreFacts): Finding {
  const findings = [lockProblem, expiryProblem, clockProblem, uploadsProblem]
    .map((judge) => judge(facts))
    .filter((finding) => finding !== null);
  const message = [facts.address, ...findings.map((each) => each.message), ...protectionOf(facts)];
  const text = message.join("; ");
  if (findings.length === 0) return ok(text);
  const hint = findings.map((each) => each.hint).join("; ");
  return findings.some(({ status }) => status === "failed")
    ? failure(text, hint)
    : warning(text, hint);
}

function lockProblem({ wantsLock, lock, hidden }: StoreFacts): Finding | null {
  if (wantsLock === null || lock.isEnabled || hidden.includes(LOCK_RIGHT)) return null;
  return failure(
    "it is to be locked, and the bucket has no object lock",
    "create a bucket with object lock, or leave --lock-days out",
  );
}

function expiryProblem({ expiresObjects }: StoreFacts): Finding | null {
  if (!expiresObjects) return null;
  return failure(
    "a lifecycle rule of the bucket removes objects in it",
    "remove the rule, or limit it to noncurrent versions: retention is nexushub-dump's",
  );
}

function clockProblem({ skewMs }: StoreFacts): Finding | null {
  if (Math.abs(skewMs) <= SKEW_MS) return null;
  return warning(
    `the clocks of this host and of the store differ by ${formatDuration(Math.abs(skewMs))}`,
    "set this host's clock, with NTP for instance",
  );
}

function uploadsProblem({ abortsAfterDays, hidden }: StoreFacts): Finding | null {
  if (hidden.length > 0)
    return warning(
      `the keys may not read the bucket's settings (${hidden.join(", ")})`,
      "allow that, or look yourself whether a rule removes objects and one aborts unfinished uploads after 7 days",
    );
  if (abortsAfterDays === null)
    return warning(
      "no lifecycle rule aborts unfinished uploads",
      "add one, of 7 days for instance: the next run removes what a killed one left, and such a rule removes the rest",
    );
  if (abortsAfterDays >= MIN_ABORT_DAYS) return null;
  return warning(
    `a lifecycle rule aborts unfinished uploads after ${abortsAfterDays} d: a dump that takes longer is lost`,
    "give it 7 days, for instance",
  );
}

function protectionOf(facts: StoreFacts): string[] {
  const { lock, wantsLock, isVersioned, honoursConditions, abortsAfterDays, hidden } = facts;
  const aborts =
    abortsAfterDays !== null && abortsAfterDays >= MIN_ABORT_DAYS
      ? [`unfinished uploads are aborted after ${abortsAfterDays} d`]
      : [];
  return [
    lockText(lock, wantsLock) ??
      (isVersioned ? "versions" : hidden.length === 0 ? "no versions" : "versions are not known"),
    honoursConditions
      ? "conditions are honoured"
      : "conditions are not honoured, and claims do without",
    ...aborts,
  ];
}

/** What nobody can do to a backup, and until when; null where the bucket has no object lock. */
function lockText(lock: BucketLock, ofAddress: LockPeriod | null): string | null {
  if (!lock.isEnabled) return null;
  const period = ofAddress ?? lock.byDefault;
  if (period === null)
    return "object lock, and nothing is locked: --lock-days or a default retention of the bucket would do that";
  const days = `for ${period.days} d`;
  return period.mode === "compliance"
    ? `object lock: nobody can remove or replace what is written, ${days}, not even the owner of the account`
    : `object lock: only who may bypass governance can remove or replace what is written, ${days}`;
}
