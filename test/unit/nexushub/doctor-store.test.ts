import { expect, test } from "vitest";
import { judgeStore } from "../../../src/nexushub/doctor/store-finding.ts";
import { RateLimit } from "../../../src/store/rate-limit.ts";

const FACTS = {
  address: "s3://b/hub",
  skewMs: 0,
  expiresObjects: false,
  abortsAfterDays: 7,
  isVersioned: true,
  hasLock: true,
  wantsLock: false,
  honoursConditions: true,
};

test.each([
  [{}, "ok", /object lock, conditions are honoured, unfinished uploads are aborted after 7 d/],
  [{ honoursConditions: false }, "ok", /conditions are not honoured/],
  [{ abortsAfterDays: 1 }, "warning", /after 1 d: a dump that takes longer is lost/],
  [{ hasLock: false, wantsLock: true }, "failed", /no object lock/],
  [{ wantsLock: true }, "ok", /object lock/],
  [{ hasLock: false }, "ok", /versions/],
  [{ abortsAfterDays: null }, "warning", /no lifecycle rule/],
  [{ skewMs: -300_000 }, "warning", /clocks/],
  [{ expiresObjects: true, skewMs: 300_000 }, "failed", /removes objects/],
] as const)("a bucket with %j is judged %s", (facts, status, message) => {
  const finding = judgeStore({ ...FACTS, ...facts });
  expect(finding.status).toBe(status);
  expect(finding.message).toMatch(message);
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
