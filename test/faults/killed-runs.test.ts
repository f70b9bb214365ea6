/**
 * Runs of backup, drill and prune are killed at random moments, as a host kills them: by SIGKILL, SIGTERM or SIGINT. Whoever waits is
 * notified every time, by exit code, ping and metrics, and the next run succeeds without anybody's help. What systemd does is done here:
 * it starts the unit of OnFailure= after a run that did not succeed.
 */
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { loadNexusHubDemoData, TEST_KEY } from "../../src/nexushub/demo-data/index.ts";
import { freshDatabase, secondCluster, type TestDatabase } from "../support/postgres.ts";
import { temporaryFolder, type TemporaryFolder } from "../support/temporary-folder.ts";
import { campaign } from "./campaign.ts";
import { start } from "./interrupted-program.ts";

const kills = campaign("killed runs", { gate: 2, full: 60, msPerRun: 180_000 });
const SIGNALS = ["SIGKILL", "SIGTERM", "SIGINT"] as const;
const TASKS = ["backup", "drill", "prune"] as const;
type Task = (typeof TASKS)[number];

let base: TemporaryFolder;
let source: TestDatabase;
let backups: string;
let metrics: string;
const pings: string[] = [];
const pingServer = createServer((request, response) => {
  request.resume();
  request.on("end", () => {
    pings.push(request.url!);
    response.end("OK");
  });
});
let pingUrl: string;

beforeAll(async () => {
  base = temporaryFolder();
  // What a killed drill leaves is removed below: nobody else may drill there.
  source = await freshDatabase({ server: await secondCluster() });
  await loadNexusHubDemoData(source.url, { auditRows: 5000, now: new Date() });
  backups = join(base.path, "backups");
  metrics = join(base.path, "nexushub.prom");
  mkdirSync(backups, { mode: 0o700 });
  await new Promise<void>((resolve) => pingServer.listen(0, "127.0.0.1", resolve));
  pingUrl = `http://127.0.0.1:${(pingServer.address() as AddressInfo).port}/check`;
}, 120_000);

afterAll(async () => {
  base.remove();
  pingServer.close();
  await source.drop();
});

const env = { PEER_KEY_ENCRYPTION_KEY: TEST_KEY.toString("base64") };
const reporting = (): string[] => ["--ping-url", pingUrl, "--metrics-file", metrics];

function argsOf(task: Task): string[] {
  const more = {
    backup: ["-d", source.url, "--keep", "3"],
    drill: ["--into", source.server.url],
    prune: ["--keep", "2"],
  }[task];
  return [task, backups, ...more, ...reporting()];
}

function metric(task: Task, name: string): number {
  const text = readFileSync(metrics, "utf8");
  const [, value = "NaN"] = new RegExp(`^nexushub_${task}_${name} (.*)$`, "m").exec(text) ?? [];
  return Number(value);
}

/** Runs it to its end. @returns how long it took. */
async function runWhole(task: Task): Promise<number> {
  const began = performance.now();
  const { code, stderr } = await start(argsOf(task), base.path, { env }).finished;
  expect(code, `${task}: ${stderr}`).toBe(0);
  expect(metric(task, "last_run_success")).toBe(1);
  return performance.now() - began;
}

/** Runs what the unit of OnFailure= runs, with what systemd.exec(5) says of the environment. */
async function onFailure(task: Task, code: number | null, signal: string): Promise<void> {
  const args = ["notify", "failure", "--task", task, "--folder", backups, ...reporting()];
  const monitor = {
    MONITOR_UNIT: `nexushub-${task}.service`,
    MONITOR_SERVICE_RESULT: code === null ? "signal" : "exit-code",
    MONITOR_EXIT_CODE: code === null ? "killed" : "exited",
    MONITOR_EXIT_STATUS: code === null ? signal.slice(3) : String(code),
  };
  const { code: ended, stderr } = await start(args, base.path, { env: monitor }).finished;
  expect(ended, stderr).toBe(0);
}

interface Counts {
  "reported by itself": number;
  "reported by the unit": number;
  "too late": number;
  "after its success": number;
  "marked in metrics": number;
}

/** Kills one run, and looks who was notified. */
async function strike(run: number, task: Task, typicalMs: number, counts: Counts): Promise<void> {
  const random = kills.random(run);
  const signal = SIGNALS[(run + Math.floor(run / TASKS.length)) % SIGNALS.length]!;
  const failures = metric(task, "failures_total");
  pings.length = 0;
  const { child, finished } = start(argsOf(task), base.path, { env });
  await sleep(random.between(0, Math.round(typicalMs)));
  child.kill(signal);
  const { code, stderr } = await finished;
  if (code === 0) {
    counts["too late"]++;
    expect(pings).toContain("/check");
    return;
  }
  // All was done and said; only the process had not ended yet.
  if (pings.includes("/check")) {
    expect([code, stderr]).toEqual([null, expect.any(String)]);
    counts["after its success"]++;
  }
  const hasBegun = metric(task, "last_start_timestamp_seconds");
  const hasEnded = metric(task, "last_run_timestamp_seconds");
  if (code === null && hasBegun > hasEnded) counts["marked in metrics"]++;
  const saidItself = pings.includes("/check/fail");
  await onFailure(task, code, signal);
  counts[saidItself ? "reported by itself" : "reported by the unit"]++;
  // More than once where an answer came late.
  expect(pings).toContain("/check/fail");
  expect(metric(task, "last_run_success")).toBe(0);
  expect(metric(task, "failures_total")).toBeGreaterThan(failures);
}

test(
  "a killed run is reported every time, and the next one succeeds by itself",
  { timeout: kills.timeoutMs },
  async () => {
    const typicalMs = { backup: 0, drill: 0, prune: 0 };
    for (const task of TASKS) typicalMs[task] = await runWhole(task);
    const counts: Counts = {
      "reported by itself": 0,
      "reported by the unit": 0,
      "too late": 0,
      "after its success": 0,
      "marked in metrics": 0,
    };
    let run = 0;
    const print = (): void => kills.print({ finished: run, ...counts });
    onTestFinished(print);
    for (; run < kills.runs; run++) {
      const task = TASKS[run % TASKS.length]!;
      await strike(run, task, typicalMs[task], counts);
      await runWhole(task);
      const left = readdirSync(backups).filter((name) => /partial|lock/.test(name));
      expect(left).toEqual([]);
      if (run % 10 === 9) print();
    }
    expect(counts["reported by itself"] + counts["reported by the unit"] + counts["too late"]).toBe(
      kills.runs,
    );
    await sweep();
  },
);

/** A killed drill leaves its scratch database behind, which nothing else uses. */
async function sweep(): Promise<void> {
  const { rows } = await source.server.admin(
    "SELECT datname FROM pg_database WHERE datname ~ '^nexushub_drill_[0-9a-f]{12}$'",
  );
  for (const { datname } of rows as { datname: string }[])
    await source.server.admin(`DROP DATABASE IF EXISTS ${datname} WITH (FORCE)`);
}
