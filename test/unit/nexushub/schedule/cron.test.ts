import { describe, expect, test } from "vitest";
import { crontabLine } from "../../../../src/nexushub/schedule/cron.ts";

describe("crontabLine", () => {
  test("runs at three, with a log", () => {
    expect(crontabLine(["/usr/bin/nexushub-dump", "backup"])).toBe(
      "0 3 * * * /usr/bin/nexushub-dump backup >>/var/log/nexushub-backup.log 2>&1 || tail -n 3 /var/log/nexushub-backup.log",
    );
  });

  test("refuses what a crontab line cannot hold", () => {
    expect(() => crontabLine(["/bin/true", "a\nb"])).toThrow(/control/);
  });
});
