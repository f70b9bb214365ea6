/** The sample alert rules speak of metrics that there are, and fire when they should. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { renderMetrics } from "../../../src/nexushub/metrics.ts";

const RULES = fileURLToPath(new URL("../../../examples/prometheus-alerts.yml", import.meta.url));
const HAS_PROMTOOL = spawnSync("promtool", ["--version"]).error === undefined;

it("names only metrics that a backup writes", () => {
  const day = new Date("2026-11-25T03:00:00Z");
  const written = renderMetrics({
    at: day,
    ok: true,
    success: { at: day, seconds: 1, bytes: 1, rows: 1 },
    failures: 0,
    archives: 1,
  });
  const named = readFileSync(RULES, "utf8").match(/nexushub_backup_\w+/g) ?? [];
  expect(named.length).toBeGreaterThan(4);
  for (const name of named) expect(written).toMatch(new RegExp(`^${name} `, "m"));
});

/** Prometheus' own test of rules, from a story told hour by hour. */
it.skipIf(!HAS_PROMTOOL)("fires when it should (skipped without promtool)", () => {
  const host = '{instance="vpn"}';
  const folder = mkdtempSync(join(tmpdir(), "alerts-"));
  try {
    const count = (alert: string) =>
      `count(ALERTS{alertname="${alert}",alertstate="firing"}) or vector(0)`;
    const expected: [hour: number, alert: string, firing: number][] = [
      [2, "NexusHubBackupTooOld", 0],
      [25, "NexusHubBackupTooOld", 0],
      [28, "NexusHubBackupTooOld", 1],
      [2, "NexusHubBackupFailed", 0],
      [28, "NexusHubBackupFailed", 1],
      [9, "NexusHubBackupShrank", 0],
      [28, "NexusHubBackupShrank", 1],
      [28, "NexusHubBackupNotMonitored", 0],
      [60, "NexusHubBackupNotMonitored", 1],
    ];
    const story = {
      rule_files: [RULES],
      evaluation_interval: "5m",
      tests: [
        {
          interval: "5m",
          // One backup at the beginning, then failures; the host goes away after 40 hours.
          input_series: [
            { series: `nexushub_backup_last_success_timestamp_seconds${host}`, values: "0x480" },
            { series: `nexushub_backup_last_run_success${host}`, values: "1x287 0x192" },
            { series: `nexushub_backup_rows${host}`, values: "1000x143 499x336" },
          ],
          promql_expr_test: expected.map(([hour, alert, value]) => ({
            expr: count(alert),
            eval_time: `${hour}h`,
            exp_samples: [{ labels: "{}", value }],
          })),
        },
      ],
    };
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
