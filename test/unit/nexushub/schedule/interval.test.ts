import { expect, test } from "vitest";
import { frequentOptions, intervalOf } from "../../../../src/nexushub/schedule/interval.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

test.each([
  [MINUTE, "*-*-* *:00/1:00", "* * * * *", 6],
  [10 * MINUTE, "*-*-* *:00/10:00", "*/10 * * * *", 60],
  [HOUR, "*-*-* 00/1:00:00", "0 * * * *", 360],
  [6 * HOUR, "*-*-* 00/6:00:00", "0 */6 * * *", 600],
  [24 * HOUR, "*-*-* 03:00:00", "0 3 * * *", 600],
])("every %d ms", (every, calendar, cron, delaySeconds) => {
  expect(intervalOf(every)).toEqual({ calendar, cron, delaySeconds });
});

test.each([0, 7 * MINUTE, 90 * MINUTE, 5 * HOUR, 48 * HOUR])("not every %d ms", (every) => {
  expect(() => intervalOf(every)).toThrow(expect.objectContaining({ code: "USAGE" }));
});

test("frequent backups are differential, and kept for longer than some hours", () => {
  const plain = { isDifferential: false, hasRetention: false };
  expect(frequentOptions(10 * MINUTE, plain).join(" ")).toBe(
    "--differential --keep 144 --keep-hourly 48 --keep-daily 14",
  );
  expect(frequentOptions(10 * MINUTE, { isDifferential: true, hasRetention: true })).toEqual([]);
  expect(frequentOptions(24 * HOUR, plain)).toEqual([]);
});
