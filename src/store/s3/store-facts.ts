/** What is known of a bucket, from its settings. Pure. */
import { elementsOf, textOf, type XmlElement } from "./xml.ts";

export interface StoreFacts {
  readonly address: string;
  /** By how much this machine's clock is behind the store's, in milliseconds. */
  readonly skewMs: number;
  /** Whether an enabled lifecycle rule removes current objects of the folder. */
  readonly expiresObjects: boolean;
  /** After how many days unfinished uploads are aborted; null when never, or the rules cannot be read. */
  readonly abortsAfterDays: number | null;
  readonly isVersioned: boolean;
  readonly lock: BucketLock;
  /** The lock that the address asks for. */
  readonly wantsLock: LockPeriod | null;
  /** Whether the store refuses to write over an object where a condition says so. */
  readonly honoursConditions: boolean;
  /** Rights that the keys lack to read settings of the bucket. */
  readonly hidden: readonly string[];
}

export interface LockPeriod {
  readonly days: number;
  readonly mode: "governance" | "compliance";
}

export interface BucketLock {
  readonly isEnabled: boolean;
  /** The lock of objects that are written without one. */
  readonly byDefault: LockPeriod | null;
}

/** The right to see whether a bucket has object lock. */
export const LOCK_RIGHT = "s3:GetBucketObjectLockConfiguration";

const DAYS_A_YEAR = 365;

/** @param xml the answer about object lock; null when there is none. */
export function lockOf(xml: XmlElement | null): BucketLock {
  const rule = elementsOf(elementsOf(xml, "Rule")[0] ?? null, "DefaultRetention")[0] ?? null;
  const [days, years] = [textOf(rule, "Days"), textOf(rule, "Years")];
  const byDefault = {
    days: days === null ? Number(years) * DAYS_A_YEAR : Number(days),
    mode: textOf(rule, "Mode") === "COMPLIANCE" ? "compliance" : "governance",
  } as const;
  return {
    isEnabled: textOf(xml, "ObjectLockEnabled") === "Enabled",
    byDefault: byDefault.days > 0 ? byDefault : null,
  };
}

/** Whether an enabled rule is for objects of a folder. */
export function applies(rule: XmlElement, prefix: string): boolean {
  if (textOf(rule, "Status") !== "Enabled") return false;
  const filter = elementsOf(rule, "Filter")[0] ?? null;
  const both = elementsOf(filter, "And")[0] ?? null;
  const ofRule = textOf(rule, "Prefix") ?? textOf(filter, "Prefix") ?? textOf(both, "Prefix") ?? "";
  return prefix.startsWith(ofRule) || ofRule.startsWith(prefix);
}

export function isExpiring(rule: XmlElement): boolean {
  const expiration = elementsOf(rule, "Expiration")[0] ?? null;
  return textOf(expiration, "Days") !== null || textOf(expiration, "Date") !== null;
}

/** After how many days the first of the rules aborts uploads; null when none does. */
export function abortDays(rules: readonly XmlElement[]): number | null {
  const days = rules.flatMap((rule) => {
    const abort = elementsOf(rule, "AbortIncompleteMultipartUpload")[0] ?? null;
    const text = textOf(abort, "DaysAfterInitiation");
    return text === null ? [] : [Number(text)];
  });
  return days.length === 0 ? null : Math.min(...days);
}
