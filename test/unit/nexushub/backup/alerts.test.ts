/** The sample alert rules use existing metrics, and fire when they should. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { renderTaskMetrics } from "../../../../src/nexushub/metrics/task-metrics.ts";
import type { RunReport } from "../../../../src/notify/report.ts";
import { renderMetrics } from "../../../../src/nexushub/backup/metrics.ts";

const RULES = fileURLToPath(new URL("../../../../examples/prometheus-alerts.yml", import.meta.url));
const HAS_PROMTOOL = spawnSync("promtool", ["--version"]).error === undefined;

const DRILL: RunReport = {
  version: 1,
  task: "drill",
  outcome: "success",
  host: "vpn",
  startedAt: "2026-11-25T03:00:00.000Z",
  elapsedMs: 1,
  exitCode: 0,
  message: "",
  error: null,
  warnings: [],
  result: {},
};

test("names only metrics that a backup writes", () => {
  const day = new Date("2026-11-25T03:00:00Z");
  const written = renderMetrics({
    at: day,
    ok: true,
    success: { at: day, elapsedMs: 1000, archiveBytes: 1, rows: 1, keyFits: true },
    failures: 0,
    archives: 1,
    startedAt: day,
  });
  const rules = readFileSync(RULES, "utf8");
  const drill = renderTaskMetrics(DRILL, { lastSuccess: 0, failures: 0 }, day);
  for (const name of rules.match(/nexushub_drill_\w+/g) ?? [])
    expect(drill).toMatch(new RegExp(`^${name} `, "m"));
  const named = rules.match(/nexushub_backup_\w+/g) ?? [];
  expect(named.length).toBeGreaterThan(4);
  for (const name of named) expect(written).toMatch(new RegExp(`^${name} `, "m"));
});

/** Prometheus' own test of rules, with values for each hour. */
test.skipIf(!HAS_PROMTOOL)("fires when it should (skipped without promtool)", () => {
  const firing = (hour: number, alert: string, instance: string, value: number) => ({
    expr: `count(ALERTS{alertname="NexusHubBackup${alert}",instance="${instance}",alertstate="firing"}) or vector(0)`,
    eval_time: `${hour}h`,
    exp_samples: [{ labels: "{}", value }],
  });
  const hours = (count: number) => count * 4 - 1;
  const series = (instance: string, values: Readonly<Record<string, string>>) =>
    Object.entries(values).map(([name, text]) => ({
      series: `nexushub_backup_${name}{instance="${instance}"}`,
      values: text,
    }));
  const story = {
    rule_files: [RULES],
    evaluation_interval: "15m",
    tests: [
      {
        interval: "15m",
        input_series: [
          // One backup at the beginning, then failures; the host goes away after 40 hours.
          ...series("vpn", {
            last_success_timestamp_seconds: `0x${hours(40)}`,
            last_run_success: `1x95 0x${hours(16)}`,
            rows: `1000x47 499x${hours(28)}`,
            key_fits: `1x47 0x${hours(28)}`,
          }),
          // Another, where all is well to the end.
          ...series("office", {
            last_success_timestamp_seconds: `0+900x${hours(300)}`,
            last_run_success: `1x${hours(300)}`,
            rows: `1000x${hours(300)}`,
            key_fits: `1x${hours(300)}`,
          }),
        ],
        promql_expr_test: [
          firing(2, "TooOld", "vpn", 0),
          firing(25, "TooOld", "vpn", 0),
          firing(28, "TooOld", "vpn", 1),
          firing(2, "Failed", "vpn", 0),
          firing(28, "Failed", "vpn", 1),
          firing(9, "Shrank", "vpn", 0),
          firing(28, "Shrank", "vpn", 1),
          firing(9, "KeyDoesNotFit", "vpn", 0),
          firing(28, "KeyDoesNotFit", "vpn", 1),
          firing(28, "NotMonitored", "vpn", 0),
          firing(60, "NotMonitored", "vpn", 1),
          // A host that was taken away on purpose does not fire for ever.
          firing(40 + 7 * 24 + 2, "NotMonitored", "vpn", 0),
          ...["TooOld", "Failed", "Shrank", "KeyDoesNotFit", "NotMonitored"].flatMap((alert) =>
            [28, 60, 290].map((hour) => firing(hour, alert, "office", 0)),
          ),
        ],
      },
      // No host at all, from the beginning; the alert names none.
      { interval: "15m", promql_expr_test: [firing(2, "NotMonitored", "", 1)] },
    ],
  };
  const folder = mkdtempSync(join(tmpdir(), "alerts-"));
  try {
    const file = join(folder, "story.yml");
    // JSON is YAML.
    writeFileSync(file, JSON.stringify(story));
    const { status, stdout, stderr } = spawnSync("promtool", ["test", "rules", file], {
      encoding: "utf8",
    });
    expect(status, stdout + stderr).toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
