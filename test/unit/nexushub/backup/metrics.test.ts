import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type BackupMetrics,
  parseMetrics,
  readMetrics,
  renderMetrics,
  writeMetrics,
} from "../../../../src/nexushub/backup/metrics.ts";

const metrics: BackupMetrics = {
  at: new Date("2026-11-24T03:10:00Z"),
  ok: false,
  success: {
    at: new Date("2026-11-23T03:00:30.500Z"),
    elapsedMs: 12250,
    archiveBytes: 1048576,
    rows: 210000,
    keyFits: false,
  },
  failures: 3,
  archives: 14,
};

describe("metrics", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "metrics-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  test("says when, how long, how much, how old and how often not", () => {
    const text = renderMetrics(metrics);
    const samples = Object.fromEntries(
      text
        .split("\n")
        .filter((line) => /^[a-z]/.test(line))
        .map((line) => line.split(" ")),
    );
    expect(samples).toEqual({
      nexushub_backup_last_run_timestamp_seconds: "1795489800",
      nexushub_backup_last_run_success: "0",
      nexushub_backup_last_success_timestamp_seconds: "1795402830.5",
      nexushub_backup_age_seconds: "86969.5",
      nexushub_backup_duration_seconds: "12.25",
      nexushub_backup_bytes: "1048576",
      nexushub_backup_rows: "210000",
      nexushub_backup_key_fits: "0",
      nexushub_backup_archives: "14",
      nexushub_backup_failures_total: "3",
    });
  });

  test("is in the exposition format: HELP, TYPE and one sample for each name, ending in a line feed", () => {
    for (const text of [renderMetrics(metrics), renderMetrics({ ...metrics, success: null })]) {
      expect(text).toMatch(/^(# HELP (\w+) [^\n]+\n# TYPE \2 (gauge|counter)\n\2 \d[\d.e+]*\n)+$/);
    }
  });

  test("never had a success: an alert on its age must fire", () => {
    expect(renderMetrics({ ...metrics, success: null })).toContain(
      "nexushub_backup_last_success_timestamp_seconds 0\n",
    );
  });

  test("does not grow younger than new when the clock went back", () => {
    expect(renderMetrics({ ...metrics, at: new Date("2020-01-01T00:00:00Z") })).toContain(
      "nexushub_backup_age_seconds 0\n",
    );
  });

  test("has no sample for a key that was not tested", () => {
    const success = { ...metrics.success!, keyFits: null };
    expect(renderMetrics({ ...metrics, success })).not.toContain("key_fits");
  });

  test("is read back: what outlives a run, and nothing from any other text", async () => {
    const { success, failures } = metrics;
    expect(parseMetrics(renderMetrics(metrics))).toEqual({ success, failures });
    const never = { ...metrics, success: null };
    expect(parseMetrics(renderMetrics(never))).toEqual({ success: null, failures });
    const untested = { ...success!, keyFits: null };
    expect(parseMetrics(renderMetrics({ ...metrics, success: untested }))?.success).toEqual(
      untested,
    );
    for (const text of ["", "nexushub_backup_failures_total x", "other 1\n"])
      expect(parseMetrics(text)).toBeNull();
    expect(await readMetrics(join(folder, "none.prom"))).toBeNull();
  });

  test("replaces the file as a whole, readable by the exporter, and leaves nothing else", async () => {
    const path = join(folder, "nexushub.prom");
    writeFileSync(path, "old");
    const before = statSync(path).ino;
    await writeMetrics(path, metrics);
    expect(readFileSync(path, "utf8")).toBe(renderMetrics(metrics));
    expect(statSync(path).ino).not.toBe(before);
    expect(statSync(path).mode & 0o777).toBe(0o644);
    expect(readdirSync(folder)).toEqual(["nexushub.prom"]);
    await expect(writeMetrics(join(folder, "no", "such.prom"), metrics)).rejects.toMatchObject({
      code: "OUTPUT",
      cause: { code: "ENOENT" },
    });
  });
});
