import { expect, test } from "vitest";
import { judgeStore } from "../../../src/nexushub/doctor/store-finding.ts";
import { lockOf, type StoreFacts } from "../../../src/store/s3/store-facts.ts";
import { parseXml } from "../../../src/store/s3/xml.ts";
import { RateLimit } from "../../../src/store/rate-limit.ts";

const FACTS: StoreFacts = {
  address: "s3://b/hub",
  skewMs: 0,
  expiresObjects: false,
  abortsAfterDays: 7,
  isVersioned: true,
  lock: { isEnabled: true, byDefault: null },
  wantsLock: null,
  honoursConditions: true,
  hidden: [],
};
const NO_LOCK = { isEnabled: false, byDefault: null };
const LOCK_OF_30 = { days: 30, mode: "compliance" } as const;

test.each<[Partial<StoreFacts>, string, RegExp]>([
  [
    {},
    "ok",
    /object lock, and nothing is locked: .*conditions are honoured; unfinished uploads are aborted after 7 d/,
  ],
  [{ honoursConditions: false }, "ok", /conditions are not honoured/],
  [{ abortsAfterDays: 1 }, "warning", /after 1 d: a dump that takes longer is lost/],
  [{ lock: NO_LOCK, wantsLock: LOCK_OF_30 }, "failed", /no object lock/],
  [{ wantsLock: LOCK_OF_30 }, "ok", /nobody can remove or replace .* for 30 d, not even the owner/],
  [
    { lock: { isEnabled: true, byDefault: { days: 7, mode: "governance" } } },
    "ok",
    /only who may bypass governance can .* for 7 d/,
  ],
  [{ lock: NO_LOCK }, "ok", /; versions;/],
  [{ lock: NO_LOCK, isVersioned: false }, "ok", /; no versions;/],
  [{ abortsAfterDays: null }, "warning", /no lifecycle rule/],
  [
    {
      abortsAfterDays: null,
      lock: NO_LOCK,
      isVersioned: false,
      hidden: ["s3:GetBucketVersioning"],
    },
    "warning",
    /may not read the bucket's settings \(s3:GetBucketVersioning\); versions are not known/,
  ],
  [{ skewMs: -300_000 }, "warning", /clocks/],
  [{ expiresObjects: true, skewMs: 300_000 }, "failed", /removes objects .*; the clocks .* differ/],
])("a bucket with %j is judged %s", (facts, status, message) => {
  const finding = judgeStore({ ...FACTS, ...facts });
  expect(finding.status).toBe(status);
  expect(finding.message).toMatch(message);
});

test("a bucket's default retention is read in days and in years", () => {
  const read = (period: string) =>
    lockOf(
      parseXml(
        `<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>COMPLIANCE</Mode>${period}</DefaultRetention></Rule></ObjectLockConfiguration>`,
      ),
    );
  const byDefault = (days: number) => ({
    isEnabled: true,
    byDefault: { days, mode: "compliance" },
  });
  expect(read("<Days>30</Days>")).toEqual(byDefault(30));
  expect(read("<Years>2</Years>")).toEqual(byDefault(730));
  expect(lockOf(null)).toEqual(NO_LOCK);
});

test("a rate limit holds all transfers together", async () => {
  const limit = new RateLimit(1_000_000);
  const started = performance.now();
  const send = async (): Promise<number> => {
    let bytes = 0;
    for await (const chunk of limit.chunks(Buffer.alloc(150_000))) bytes += chunk.length;
    return bytes;
  };
  expect(await Promise.all([send(), send()])).toEqual([150_000, 150_000]);
  expect(performance.now() - started).toBeGreaterThan(200);
});
