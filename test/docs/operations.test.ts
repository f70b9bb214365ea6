/**
 * docs/operations.md, pasted from its first command to its last on a host with a bare-metal layout: from nothing to a
 * green drill. test/docker pastes it on a compose stack.
 */
import { spawnSync } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { loadNexusHubDemoData, TEST_KEY } from "../../src/nexushub/demo-data/index.ts";
import { type Host, NO_HOST, openHost } from "../support/host.ts";
import { operationsBlocks } from "../support/operations.ts";
import { freshDatabase, type TestDatabase } from "../support/postgres.ts";

vi.setConfig({ testTimeout: 180_000 });
const HAS_AGE = spawnSync("age-keygen", ["--version"]).error === undefined;
const skipped = [
  ...(NO_HOST === null ? [] : [`docs/operations.md is not pasted: ${NO_HOST}`]),
  ...(HAS_AGE ? [] : ["its commands for encryption are not pasted: age is not installed"]),
];
for (const line of skipped) process.stderr.write(`SKIPPED: ${line}\n`);

const blocks = operationsBlocks().filter(
  ({ note }) => ["", "bare metal"].includes(note) || (note === "needs age" && HAS_AGE),
);

test("but for one block all of the document is pasted, here or by test/docker", () => {
  const pasted = new Set(["", "bare metal", "compose", "needs age"]);
  const left = operationsBlocks().filter(({ note }) => !pasted.has(note));
  expect(left.map(({ section, note }) => [section, note])).toEqual([
    ["Install", "not pasted"],
    ["Monitoring", "not pasted"],
  ]);
});

test("no command chooses a backup by its name: names differ by encryption, compression and base", () => {
  const chosen = operationsBlocks().filter(({ text }) => /\bls\b|\*\.tar/.test(text));
  expect(chosen.map(({ text }) => text)).toEqual([]);
});

describe.skipIf(NO_HOST !== null)(
  "docs/operations.md on bare metal (skipped where no mount namespace can be made)",
  () => {
    let host: Host;
    let database: TestDatabase;
    beforeAll(async () => {
      database = await freshDatabase();
      await loadNexusHubDemoData(database.url, { auditRows: 1000, now: new Date() });
      host = await openHost();
      await mkdir(host.outside("/etc/nexushub"), { recursive: true });
      await writeFile(
        host.outside("/etc/nexushub/env"),
        `# NexusHub\nDATABASE_URL='${database.url}'\nPEER_KEY_ENCRYPTION_KEY=${TEST_KEY.toString("base64")}\nWG_ENDPOINT=vpn.example:51820\n`,
        { mode: 0o600 },
      );
    });
    afterAll(async () => {
      await host.close();
      await database.drop();
    });

    test("nothing is installed unless somebody agrees", async () => {
      for (const kind of ["cron", "systemd"]) {
        const { code, stderr } = await host.paste(`nexushub-dump schedule ${kind} --install`);
        expect(code).toBe(3);
        expect(stderr).toContain("not confirmed: nothing was installed");
      }
      expect(await readdir(host.outside("/etc/cron.d"))).not.toContain("nexushub-backup");
      const units = await readdir(host.outside("/etc/systemd/system")).catch(() => []);
      expect(units.filter((name) => name.startsWith("nexushub"))).toEqual([]);
      expect(await host.systemctl()).toEqual([]);
    });

    const drills: string[] = [];
    test.each(blocks.map((block, i) => [i + 1, block.section, block] as const))(
      "block %i, %s",
      async (_number, _section, { text }) => {
        const { code, stdout, stderr } = await host.paste(text);
        expect(code, `${text}\n${stdout}\n${stderr}`).toBe(0);
        drills.push(...(/^the drill (?:passed|failed).*$/gim.exec(stdout) ?? []));
      },
    );

    test("every drill on the way was green, with every probe", () => {
      expect(drills.length).toBeGreaterThan(1);
      expect(new Set(drills)).toEqual(new Set(["The drill passed: 11 probes."]));
    });

    test("the report's page is there, and the metrics, and the dump of what was replaced", async () => {
      expect(await readFile(host.outside("/var/backups/nexushub-drill.html"), "utf8")).toContain(
        "The drill passed: 11 probes.",
      );
      expect(
        await readFile(host.outside("/var/lib/prometheus/node-exporter/nexushub.prom"), "utf8"),
      ).toContain("nexushub_backup_last_run_success 1");
      const names = await readdir(host.outside("/var/backups/nexushub"));
      expect(names.filter((name) => name.startsWith("before-restore-"))).toHaveLength(1);
    });

    test("the doctor finds cron's line where systemd does not run", async () => {
      const { stdout } = await host.paste("nexushub-dump doctor /var/backups/nexushub");
      expect(stdout).toContain("ok      Timer: cron starts it: /etc/cron.d/nexushub-backup\n");
    });

    test("the API was stopped and started, and the timer enabled", async () => {
      const asked = await host.systemctl();
      expect(asked).toContain("enable --now nexushub-backup.timer");
      expect(asked.indexOf("stop nexushub-api")).toBeGreaterThan(0);
      expect(asked.indexOf("start nexushub-api")).toBeGreaterThan(
        asked.indexOf("stop nexushub-api"),
      );
    });

    /** As a service manager starts it: without a shell's variables. */
    const startBare = (command: string) =>
      host.paste(command, { cwd: "/", env: { PATH: "/usr/bin:/bin" } });

    test("what the unit runs makes a backup, with nothing of a shell's environment", async () => {
      const { code, stdout, stderr } = await startBare(confined(await readUnit()));
      expect(code, stderr).toBe(0);
      expect(stdout).toMatch(/^backup done: \/var\/backups\/nexushub\/nexushub-.*verified/);
    });

    const readUnit = () =>
      readFile(host.outside("/etc/systemd/system/nexushub-backup.service"), "utf8");

    test("what cron runs makes a backup and prints nothing, and the drill's line is whole", async () => {
      const commandIn = async (name: string) => {
        const text = await readFile(host.outside(`/etc/cron.d/${name}`), "utf8");
        return /^(?:\S+ ){5}root (.*)$/m.exec(text)![1]!;
      };
      expect(await startBare(await commandIn("nexushub-backup"))).toEqual({
        code: 0,
        stdout: "",
        stderr: "",
      });
      expect(await readFile(host.outside("/var/log/nexushub-backup.log"), "utf8")).toContain(
        "backup done:",
      );
      expect(await commandIn("nexushub-drill")).toMatch(
        /^\/\S+ -- \/\S+\/dist\/cli\/main\.js drill \/var\/backups\/nexushub --config \/etc\/nexushub\/dump\.toml >>\/var\/log\/nexushub-backup\.log 2>&1 \|\| tail -n 3 \/var\/log\/nexushub-backup\.log$/,
      );
    });
  },
);

/**
 * A unit's command under those of its limits that can be had without systemd: its capabilities, its umask, no new
 * privileges, and a file system where only its folders can be written to.
 */
function confined(unit: string): string {
  const setting = (name: string): string[] =>
    Array.from(unit.matchAll(new RegExp(`^${name}=(.*)$`, "gm")), ([, value]) => value!);
  const capabilities = setting("CapabilityBoundingSet")[0]!.toLowerCase().replaceAll("cap_", "+");
  return `unshare --mount sh -euc '
    for folder in / /etc /var/backups /var/lib /var/log; do mount -o remount,bind,ro $folder; done
    for folder in ${setting("ReadWritePaths").join(" ")}; do
      mount --bind $folder $folder
      mount -o remount,bind,rw $folder
    done
    if touch /etc/forbidden 2>/dev/null; then echo "it may write anywhere"; exit 1; fi
    umask ${setting("UMask")[0]}
    exec setpriv --no-new-privs --inh-caps=-all --bounding-set=-all,${capabilities.replaceAll(" ", ",")} \\
      ${setting("ExecStart")[0]}'`;
}
