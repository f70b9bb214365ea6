/** Scheduling as the programs that read it see it: systemd, a shell under cron, and the command line. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { crontabLine } from "../../src/nexushub/schedule/cron.ts";
import { type ScheduleOptions, systemdUnits } from "../../src/nexushub/schedule/systemd.ts";
import { runCli } from "../support/cli.ts";

const options: ScheduleOptions = {
  command: [
    process.execPath,
    "/opt/nexushub-dump/dist/cli/main.js",
    "backup",
    "/var/backups/nexushub",
  ],
  writes: ["/var/backups/nexushub", "/var/lib/prometheus/node-exporter"],
  envFile: "/etc/nexushub/env",
};
const setting = (text: string, name: string) =>
  text
    .split("\n")
    .flatMap((line) => (line.startsWith(`${name}=`) ? [line.slice(name.length + 1)] : []));

const ANALYZE = spawnSync("systemd-analyze", ["--version"]).status === 0;
if (!ANALYZE)
  process.stderr.write(
    "SKIPPED: systemd does not read the units: no systemd-analyze is installed\n",
  );

describe.skipIf(!ANALYZE)("as systemd reads the units (skipped without systemd-analyze)", () => {
  function analyze(
    verb: string[],
    change: Partial<ScheduleOptions> = {},
  ): { status: number | null; text: string } {
    const folder = mkdtempSync(join(tmpdir(), "units-"));
    try {
      const paths = systemdUnits({ ...options, ...change }).map(({ path, text }) => {
        const at = join(folder, basename(path));
        writeFileSync(at, text);
        return at;
      });
      const { status, stdout, stderr } = spawnSync("systemd-analyze", [...verb, ...paths], {
        encoding: "utf8",
      });
      return { status, text: `${stdout}${stderr}` };
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  /** Complaints about our units; the machine's own units may have others. */
  const complaints = (text: string) =>
    text.split("\n").filter((line) => line.includes("nexushub-backup"));

  test("are without a fault", () => {
    expect(complaints(analyze(["verify"]).text)).toEqual([]);
    expect(
      complaints(analyze(["verify"], { docker: true, onCalendar: "Mon..Sat 02:30" }).text),
    ).toEqual([]);
  });

  test("would not be, were they wrong", () => {
    expect(complaints(analyze(["verify"], { command: ["/no/such/program"] }).text)).not.toEqual([]);
    expect(complaints(analyze(["verify"], { onCalendar: "whenever" }).text)).not.toEqual([]);
  });

  test("keep blanks, quotes, dollars and percent signs in paths", () => {
    const command = [process.execPath, "a b", '"c"', "$d", "${e}", "%h", "f\\g", "'h'"];
    const { text } = analyze(["verify"], { command, writes: ["/srv/my backups/100%"] });
    expect(complaints(text)).toEqual([]);
    const written = systemdUnits({ ...options, command, writes: ["/srv/my backups/100%"] })[0]!
      .text;
    expect(setting(written, "ExecStart")[0]).toBe(
      `${process.execPath} "a b" "\\"c\\"" $$d "$\${e}" %%h "f\\\\g" "'h'"`,
    );
    expect(setting(written, "ReadWritePaths")).toEqual(['"/srv/my backups/100%%"']);
  });

  test("are hardened: systemd's own judgment is at most 3 of 10", () => {
    const { text } = analyze(["security", "--offline=yes", "--threshold=30", "--no-pager"]);
    const exposure = /Overall exposure level for nexushub-backup.service: ([\d.]+)/.exec(text)?.[1];
    expect(Number(exposure)).toBeLessThanOrEqual(3);
  });
});

describe("crontabLine", () => {
  test("prints nothing for cron to mail after a success, and the last lines after a failure", () => {
    const folder = mkdtempSync(join(tmpdir(), "cron-"));
    try {
      const mailed = (script: string) => {
        const line = crontabLine(["sh", "-c", script], { log: join(folder, "a log") });
        return spawnSync("sh", ["-c", line.split(" ").slice(5).join(" ")], { encoding: "utf8" });
      };
      expect(mailed("echo backup done").stdout).toBe("");
      const failing = mailed("echo 1; echo reason; echo hint; echo BACKUP FAILED; exit 1");
      expect(failing.stdout).toBe("reason\nhint\nBACKUP FAILED\n");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("gives the shell exactly the words, once cron has taken its percent signs", () => {
    const word = fc.string({ unit: "grapheme-ascii", minLength: 1 });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (words) => {
        const line = crontabLine(["printf", "%s\\0", ...words], { log: "/dev/null" });
        const command = line
          .split(" ")
          .slice(5)
          .join(" ")
          .replaceAll("\\%", "%")
          .replace(/ >>\/dev\/null 2>&1 .*$/, "");
        const { stdout } = spawnSync("sh", ["-c", command], { encoding: "utf8" });
        expect(stdout.split("\0").slice(0, -1)).toEqual(words);
      }),
      { numRuns: 50 },
    );
  });
});

describe("the schedule command", () => {
  test("warns that a timer does not have the environment that names the database", async () => {
    const file = ["--folder", "/srv/backups", "--env-file", "/dev/null"];
    const named = await runCli(["schedule", "cron", "--folder", "/srv/backups"], {
      DATABASE_URL: "postgresql:///x",
    });
    expect(named.code, named.stderr).toBe(0);
    expect(named.stderr).toContain("which a timer does not have");
    const safe = await runCli(["schedule", "cron", ...file], { DATABASE_URL: "postgresql:///x" });
    expect([safe.code, safe.stderr]).toEqual([0, ""]);
    expect(safe.stdout).toContain(" backup /srv/backups --env-file /dev/null ");
  });

  test("lets a backup wait for a server that is not up yet, unless that was said", async () => {
    const scheduled = async (...words: string[]): Promise<string> => {
      const args = ["schedule", "cron", "--folder", "/srv/backups", "--env-file", "/dev/null"];
      return (await runCli([...args, "--", ...words])).stdout;
    };
    expect(await scheduled()).toContain(" --wait 10m ");
    expect(await scheduled("--wait", "1h")).toMatch(/ --wait 1h (?!.*--wait)/);
  });
});
