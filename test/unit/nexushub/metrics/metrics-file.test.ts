import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { renderMetrics, writeMetrics } from "../../../../src/nexushub/backup/metrics.ts";
import { markStart, replaceMetrics } from "../../../../src/nexushub/metrics/metrics-file.ts";
import { writeTaskMetrics } from "../../../../src/nexushub/metrics/task-metrics.ts";
import type { RunReport } from "../../../../src/notify/report.ts";

const AT = new Date("2026-11-24T05:00:00Z");
const drill: RunReport = {
  version: 1,
  task: "drill",
  outcome: "success",
  host: "vpn",
  startedAt: "2026-11-24T04:59:00.000Z",
  elapsedMs: 60_000,
  exitCode: 0,
  message: "The drill passed: 11 probes.",
  error: null,
  warnings: [],
  result: { restoreMs: 2500, recoveryPoint: "2026-11-24T03:00:00.000Z" },
};
const BACKUP = "nexushub_backup_";
const backup = { at: AT, ok: true, success: null, failures: 0, archives: 0 };

test("one command's metrics leave those of the others", () => {
  const text = "# HELP nexushub_drill_x X.\nnexushub_drill_x 1\nnexushub_backup_y 2\nrubbish\n";
  expect(replaceMetrics(text, "nexushub_backup_", "nexushub_backup_y 3\n")).toBe(
    "# HELP nexushub_drill_x X.\nnexushub_drill_x 1\nnexushub_backup_y 3\n",
  );
});

test("a backup and a drill share a file, and a drill remembers its last success", async () => {
  const folder = mkdtempSync(join(tmpdir(), "metrics-"));
  const file = join(folder, "nexushub.prom");
  const value = (name: string): string | undefined =>
    new RegExp(`^${name} (.*)$`, "m").exec(readFileSync(file, "utf8"))?.[1];
  try {
    await writeMetrics(file, backup);
    await writeTaskMetrics(file, drill, AT);
    expect(value("nexushub_backup_archives")).toBe("0");
    expect(value("nexushub_drill_recovery_seconds")).toBe("2.5");
    expect(value("nexushub_drill_recovery_point_timestamp_seconds")).toBe(
      String(Date.parse("2026-11-24T03:00:00Z") / 1000),
    );
    const later = new Date(AT.getTime() + 1000);
    await writeTaskMetrics(file, { ...drill, outcome: "failure", result: {} }, later);
    expect(value("nexushub_drill_last_run_success")).toBe("0");
    expect(value("nexushub_drill_failures_total")).toBe("1");
    expect(value("nexushub_drill_last_success_timestamp_seconds")).toBe(
      String(AT.getTime() / 1000),
    );
    // A backup that is killed after its start leaves its start later than its end.
    await markStart(file, BACKUP, later);
    expect(value("nexushub_backup_last_start_timestamp_seconds")).toBe(
      String(later.getTime() / 1000),
    );
    expect(value("nexushub_backup_last_run_timestamp_seconds")).toBe(String(AT.getTime() / 1000));
    expect(value("nexushub_drill_failures_total")).toBe("1");
    expect(value("nexushub_backup_failures_total")).toBe("0");
    // The next one replaces the start, and so counts it.
    const next = new Date(later.getTime() + 1000);
    expect(await markStart(file, BACKUP, next)).toEqual(later);
    expect(value("nexushub_backup_failures_total")).toBe("1");
    expect(value("nexushub_backup_archives")).toBe("0");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the first run can be seen when it is killed, and says nothing of success", async () => {
  const folder = mkdtempSync(join(tmpdir(), "metrics-"));
  const file = join(folder, "nexushub.prom");
  try {
    expect(await markStart(file, "nexushub_drill_", AT)).toBeNull();
    const names = Array.from(
      readFileSync(file, "utf8").matchAll(/^(nexushub\w+) (.*)$/gm),
      (match) => match.slice(1),
    );
    expect(Object.fromEntries(names)).toEqual({
      nexushub_drill_last_run_timestamp_seconds: "0",
      nexushub_drill_last_success_timestamp_seconds: "0",
      nexushub_drill_failures_total: "0",
      nexushub_drill_last_start_timestamp_seconds: String(AT.getTime() / 1000),
    });
    expect(await markStart(file, "nexushub_drill_", new Date(AT.getTime() + 5))).toEqual(AT);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a file that cannot be written is an error of ours, whoever writes it", async () => {
  const file = join(tmpdir(), "there-is-no-such-folder", "nexushub.prom");
  const refused = { code: "OUTPUT", object: file, hint: "create it first" };
  await expect(writeTaskMetrics(file, drill, AT)).rejects.toMatchObject(refused);
  await expect(writeMetrics(file, backup)).rejects.toMatchObject(refused);
  await expect(markStart(file, BACKUP, AT)).rejects.toMatchObject(refused);
});

test("what is not known is left out", () => {
  expect(renderMetrics(backup)).not.toContain("free_bytes");
  expect(renderMetrics({ ...backup, freeBytes: 5, warnings: 0 })).toMatch(
    /^nexushub_backup_free_bytes 5$/m,
  );
});
