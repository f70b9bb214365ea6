/** Object lock: for some days nobody can remove or replace what was written, and in compliance mode nobody at all. */
import type { ObjectHeaders } from "./bucket.ts";
import type { S3Location } from "./connection.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** What locks an object when it is written. */
export function lockHeaders({ address: { options }, bucket }: S3Location): ObjectHeaders {
  const { lockDays, lockMode = "governance" } = options;
  if (lockDays === undefined) return {};
  const until = new Date(bucket.client.now().getTime() + lockDays * DAY_MS);
  return {
    "x-amz-object-lock-mode": lockMode.toUpperCase(),
    "x-amz-object-lock-retain-until-date": until.toISOString(),
  };
}
