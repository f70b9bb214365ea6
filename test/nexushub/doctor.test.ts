/** The doctor finds each thing that is amiss, blames nothing else for it, and says what to do. */
import { chmod, cp, mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { connect as connectSocket, createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type EmbeddedServer, startEmbedded } from "../../src/embedded/index.ts";
import { backup } from "../../src/nexushub/backup/backup.ts";
import { doctor, type DoctorOptions, type DoctorReport } from "../../src/nexushub/doctor/doctor.ts";
import { loadNexusHubDemoData, TEST_KEY } from "../../src/nexushub/demo-data/index.ts";
import { LEDGER_NAME, readLedger } from "../../src/nexushub/backup-folder/ledger.ts";
import { openFolder } from "../../src/store/open-folder.ts";
import { openClient } from "../../src/pg/connect.ts";
import { runCli } from "../support/cli.ts";

const KEY = TEST_KEY.toString("base64");
const HOUR_MS = 60 * 60 * 1000;
let server: EmbeddedServer;
let base: string;
/** A folder as a backup leaves it, and a copy of it for one test. */
let sound: string;
let folder: string;
const path = process.env["PATH"];

beforeAll(async () => {
  // With a password, and without TLS: over TCP.
  server = await startEmbedded({ tcp: true, major: 16 });
  await loadNexusHubDemoData(server.url, { auditRows: 50 });
  const client = await openClient(server.url);
  await client.query(`
    CREATE ROLE reader LOGIN PASSWORD 'reader';
    GRANT USAGE ON SCHEMA public TO reader;
    GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader;
    GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO reader;
    REVOKE SELECT ON public.users FROM reader;
    ALTER TABLE public.api_keys ENABLE ROW LEVEL SECURITY`);
  await client.end();
  base = await mkdtemp(join(tmpdir(), "nexushub-doctor-"));
  sound = join(base, "sound");
  await backup({ databaseUrl: server.url, folder: sound, env: { PEER_KEY_ENCRYPTION_KEY: KEY } });
  // Whether this machine runs systemd must not matter: the doctor gets what it would say.
  process.env["PATH"] = `${base}:${path}`;
});
afterAll(async () => {
  process.env["PATH"] = path;
  await server.stop();
  await rm(base, { recursive: true, force: true });
});

const ACTIVE = "LoadState=loaded\nActiveState=active\nNextElapseUSecRealtime=tomorrow";
const systemdSays = (text: string) =>
  writeFile(join(base, "systemctl"), `#!/bin/sh\necho '${text}'\n`, { mode: 0o755 });

beforeEach(async () => {
  folder = await mkdtemp(join(base, "backups-"));
  await cp(sound, folder, { recursive: true });
  await systemdSays(ACTIVE);
});

const look = (changes: Partial<DoctorOptions> = {}): Promise<DoctorReport> =>
  doctor({
    databaseUrl: server.url,
    folder,
    env: { PEER_KEY_ENCRYPTION_KEY: KEY },
    ...changes,
  });
/** What is not well, with its words. */
const amiss = ({ checks }: DoctorReport) =>
  checks
    .filter(({ status }) => status === "failed" || status === "warning")
    .map(({ id, status, message, hint }) => [`${id} ${status}`, `${message}\nto do: ${hint}`]);

/** The connection string with parts changed. */
function urlWith(parts: Partial<Record<"username" | "password" | "port", string>>): string {
  return Object.assign(new URL(server.url), parts).href;
}

/** Passes for the server, but of another version wherever that is named. */
async function withServerOf<T>(num: string, use: (port: string) => Promise<T>): Promise<T> {
  const proxy = createServer((front) => {
    const behind = connectSocket(server.port, server.host);
    const own = Buffer.from("160014");
    for (const one of [front, behind]) one.on("error", () => front.destroy());
    behind.on("data", (data) => {
      const at = data.indexOf(own);
      if (at >= 0) data.write(num, at, "latin1");
      front.write(data);
    });
    front.pipe(behind).on("close", () => front.destroy());
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  try {
    return await use(String((proxy.address() as AddressInfo).port));
  } finally {
    proxy.close();
  }
}

/** Lets the ledger say how large the last backup was. */
async function lastBackupWas(bytes: number): Promise<void> {
  const { ledger } = await readLedger(folder);
  for (const success of Object.values(ledger.successes)) success.archiveBytes = Math.round(bytes);
  await writeFile(join(folder, LEDGER_NAME), JSON.stringify(ledger));
}

describe("the doctor", () => {
  test("finds nothing on a host where all is well", async () => {
    const report = await look();
    expect(report.checks.map(({ id, status }) => `${id} ${status}`)).toEqual(
      ["deployment", "server", "privileges", "key", "space", "folder", "newest", "timer", "drill"]
        .map((id) => `${id} ok`)
        .concat("last-drill not-run"),
    );
    expect(report.ok).toBe(true);
  });

  test.each<[string, () => Promise<DoctorReport>, string, RegExp]>([
    [
      "no server",
      () => look({ databaseUrl: urlWith({ port: "1" }) }),
      "deployment failed",
      /ECONNREFUSED[^]*to do: check that the server runs, and check host and port/,
    ],
    [
      "a wrong password",
      () => look({ databaseUrl: urlWith({ password: "s3cret" }) }),
      "deployment failed",
      /password authentication failed[^]*to do: check user and password/,
    ],
    [
      "no deployment",
      () => look({ databaseUrl: undefined, composeFile: join(base, "compose.yml") }),
      "deployment failed",
      /no NexusHub database was found[^]*to do: checked: .*compose\.yml: does not exist.*--env-file/,
    ],
    [
      "a server that is too old",
      () => withServerOf("120022", (port) => look({ databaseUrl: urlWith({ port }) })),
      "server failed",
      /cannot dump PostgreSQL 12: the oldest supported version is 13\nto do: upgrade the server/,
    ],
    [
      "tables that the login may not read, or not all of",
      () => look({ databaseUrl: urlWith({ username: "reader", password: "reader" }) }),
      "privileges failed",
      /may not read all of public\.api_keys, public\.users\nto do: connect as the owner .*GRANT SELECT/,
    ],
    [
      "no key",
      () => look({ env: {} }),
      "key warning",
      /was not found[^]*to do: set PEER_KEY_ENCRYPTION_KEY/,
    ],
    [
      "a key that is none",
      () => look({ env: { PEER_KEY_ENCRYPTION_KEY: "short" } }),
      "key failed",
      /not standard base64[^]*to do: set PEER_KEY_ENCRYPTION_KEY/,
    ],
    [
      "another key",
      () => look({ env: { PEER_KEY_ENCRYPTION_KEY: Buffer.alloc(32, 9).toString("base64") } }),
      "key failed",
      /THE KEY DOES NOT FIT[^]*to do: set PEER_KEY_ENCRYPTION_KEY to the key that NexusHub runs with/,
    ],
    [
      "a disk that is too full",
      async () => {
        await lastBackupWas((await (await openFolder(folder)).freeBytes())! * 2);
        return look();
      },
      "space failed",
      /free, the next backup takes about[^]*to do: free some space, or back up into another folder/,
    ],
    [
      "a disk that is soon full",
      async () => {
        await lastBackupWas((await (await openFolder(folder)).freeBytes())! / 3);
        return look();
      },
      "space warning",
      /to do: .*free some space soon/,
    ],
    [
      "a folder that others may enter",
      async () => {
        await chmod(folder, 0o755);
        return look();
      },
      "folder warning",
      /open to other users \(mode 755\)\nto do: chmod 0700 /,
    ],
    [
      "a file in the folder's place",
      async () => {
        const file = join(
          folder,
          (await readdir(folder)).find((name) => name.endsWith(".gz"))!,
        );
        // The backups are looked for elsewhere then.
        const report = await look({ folder: file });
        return { ...report, checks: report.checks.filter(({ id }) => id !== "newest") };
      },
      "folder failed",
      /is not a folder\nto do: name another folder/,
    ],
    [
      "no backup",
      () =>
        mkdir(join(folder, "new"), { mode: 0o700 }).then(() =>
          look({ folder: join(folder, "new") }),
        ),
      "newest failed",
      /there is no backup\nto do: make one: nexushub-dump backup/,
    ],
    [
      "backups that stopped",
      () => look({ now: new Date(Date.now() + 30 * HOUR_MS) }),
      "newest failed",
      /30 h 00 min old, verified; 1 in total\nto do: find out why there is no newer one: journalctl -u nexushub-backup/,
    ],
    [
      "a clock that went back",
      () => look({ now: new Date(0) }),
      "newest failed",
      /in the future\nto do: check this host's clock/,
    ],
    [
      "a list of backups that is gone bad",
      async () => {
        await writeFile(join(folder, LEDGER_NAME), "{");
        return look();
      },
      "newest warning",
      /cannot be read[^]*to do: verify and register them: nexushub-dump prune --adopt/,
    ],
    [
      "no timer",
      async () => {
        await systemdSays("LoadState=not-found\nActiveState=inactive");
        return look();
      },
      "timer warning",
      /there is no nexushub-backup\.timer\nto do: nexushub-dump schedule systemd --install/,
    ],
    [
      "a timer that is off",
      async () => {
        await systemdSays("LoadState=loaded\nActiveState=inactive");
        return look();
      },
      "timer failed",
      /is inactive\nto do: systemctl enable --now nexushub-backup\.timer/,
    ],
  ])("finds %s", async (_name, run, check, words) => {
    const report = await run();
    const found = amiss(report);
    expect(found.map(([name]) => name)).toEqual([check]);
    expect(found[0]![1]).toMatch(words);
    expect(report.ok).toBe(check.endsWith("warning"));
    expect(JSON.stringify(report)).not.toContain("s3cret");
  });

  test("warns where nothing starts backups", async () => {
    await rename(join(base, "systemctl"), join(base, "no-systemctl"));
    process.env["PATH"] = base;
    const { checks } = await look();
    process.env["PATH"] = `${base}:${path}`;
    expect(checks.find(({ id }) => id === "timer")).toMatchObject({
      status: "warning",
      message: expect.stringContaining("neither a systemd timer nor a cron job"),
      hint: expect.stringContaining("schedule cron"),
    });
  });

  test("tells it on the command line, with exit code 1 for what must be seen to", async () => {
    const { code, stdout } = await runCli(["doctor", folder, "-d", urlWith({ port: "1" })]);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^FAILED {2}Deployment: .*\n {10}what to do: check that the server runs/,
    );
    expect(stdout).toMatch(/\nnot run Server: no database was reached\n/);
    expect(stdout).toMatch(/\n\nProblems: Deployment\.\n$/);
  });

  test("tells warnings from problems on the command line", async () => {
    const env = { PEER_KEY_ENCRYPTION_KEY: KEY };
    await chmod(folder, 0o755);
    const warned = await runCli(["doctor", folder, "-d", server.url], env);
    expect(warned.code, warned.stdout).toBe(0);
    expect(warned.stdout).toMatch(/\n\nNo problems, but warnings: Backup folder\.\n$/);
    const failed = await runCli(["doctor", folder, "-d", urlWith({ port: "1" })], env);
    expect(failed.code).toBe(1);
    expect(failed.stdout).toMatch(/\n\nProblems: Deployment\. Warnings: Backup folder\.\n$/);
  });
});
