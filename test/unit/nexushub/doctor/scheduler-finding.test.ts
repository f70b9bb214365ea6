import { describe, expect, test } from "vitest";
import {
  judgeScheduler,
  type SchedulerFacts,
} from "../../../../src/nexushub/doctor/scheduler-finding.ts";

const ACTIVE = { LoadState: "loaded", ActiveState: "active", NextElapseUSecRealtime: "tomorrow" };
const OFF = { LoadState: "loaded", ActiveState: "inactive" };
const MISSING = { LoadState: "not-found", ActiveState: "inactive" };
const CRONTAB = "/etc/cron.d/nexushub-backup";

describe("judgeScheduler", () => {
  test.each<[string, SchedulerFacts, string, RegExp]>([
    ["an active timer", { timer: ACTIVE, crontab: null, cronRuns: null }, "ok", /next at tomorrow/],
    ["a timer that is off", { timer: OFF, crontab: null, cronRuns: true }, "failed", /is inactive/],
    ["no timer", { timer: MISSING, crontab: null, cronRuns: true }, "warning", /there is no/],
    ["cron", { timer: null, crontab: CRONTAB, cronRuns: true }, "ok", /cron starts it: \/etc/],
    ["cron beside systemd", { timer: MISSING, crontab: CRONTAB, cronRuns: true }, "ok", /cron/],
    [
      "cron on a system that does not show its processes",
      { timer: null, crontab: CRONTAB, cronRuns: null },
      "ok",
      /cron starts it/,
    ],
    [
      "a cron file without a cron daemon",
      { timer: MISSING, crontab: CRONTAB, cronRuns: false },
      "failed",
      /no cron daemon is running/,
    ],
    [
      "no scheduler at all",
      { timer: null, crontab: null, cronRuns: false },
      "warning",
      /neither a systemd timer nor a cron job/,
    ],
    [
      "a cron daemon that starts no backup",
      { timer: null, crontab: null, cronRuns: true },
      "warning",
      /neither a systemd timer nor a cron job/,
    ],
  ])("%s", (_name, facts, status, message) => {
    const finding = judgeScheduler(facts);
    expect(finding.status).toBe(status);
    expect(finding.message).toMatch(message);
    expect(finding.hint === null).toBe(status === "ok");
  });
});
