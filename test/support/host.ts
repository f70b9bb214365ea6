/**
 * A NexusHub host to paste commands on: this machine, with folders of its own in place of those that the commands write
 * to. It is a mount namespace, so whatever is written to /etc there is written to a temporary folder.
 */
import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** `pretest` has built it. */
const PROGRAM = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

/** What commands may write to. The first is a copy of this machine's, the others begin empty. */
const FOLDERS = ["/etc", "/var/backups", "/var/lib", "/var/log"] as const;

/** Null where such a host can be made; else why not. */
export const NO_HOST: string | null =
  process.platform !== "linux" || process.getuid?.() !== 0
    ? "that takes root on Linux"
    : spawnSync("unshare", ["--mount", "true"]).status !== 0
      ? "mount namespaces cannot be made here"
      : null;

export interface Pasted {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Host {
  /** Where the host's `/etc/x` is seen from outside. */
  outside(path: string): string;
  /** What `systemctl` was asked, a line each. */
  systemctl(): Promise<string[]>;
  /** Runs commands in a shell of the host as somebody would who pastes them; stops at the first that fails. */
  paste(commands: string, options?: { cwd?: string; env?: NodeJS.ProcessEnv }): Promise<Pasted>;
  close(): Promise<void>;
}

export async function openHost(): Promise<Host> {
  const root = await mkdtemp(join(tmpdir(), "nhd-host-"));
  const outside = (path: string): string => join(root, path);
  for (const folder of FOLDERS.slice(1)) await mkdir(outside(folder), { recursive: true });
  await cp("/etc", outside("/etc"), { recursive: true, verbatimSymlinks: true });
  const bin = join(root, "bin");
  await mkdir(bin);
  // As npm installs it.
  await chmod(PROGRAM, 0o755);
  await symlink(PROGRAM, join(bin, "nexushub-dump"));
  // No test starts a unit of the machine that it runs on; what the units hold is run by the tests themselves.
  const systemctl = join(bin, "systemctl");
  await writeFile(systemctl, `#!/bin/sh\necho "$*" >>'${join(root, "systemctl")}'\n`, {
    mode: 0o755,
  });

  // Cron is never started either, but the doctor looks for a process of that name: the one that holds the namespace.
  const cron = join(bin, "cron");
  await writeFile(cron, "#!/bin/sh\nread -r _\n", { mode: 0o755 });

  const binds = FOLDERS.map((folder) => `mount --bind '${outside(folder)}' ${folder}`);
  const holder = spawn(
    "unshare",
    [
      "--mount",
      "--propagation",
      "private",
      "sh",
      "-c",
      `set -e\n${binds.join("\n")}\necho ready\nexec '${cron}'`,
    ],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  await once(holder.stdout, "data");
  const env = { ...withoutDatabase(process.env), PATH: `${bin}:${process.env["PATH"]}` };
  return {
    outside,
    systemctl: async () =>
      (await readFile(join(root, "systemctl"), "utf8").catch(() => "")).split("\n").filter(Boolean),
    paste: (commands, options = {}) =>
      new Promise((resolve) => {
        const words = ["--target", String(holder.pid), "--mount", `--wd=${options.cwd ?? root}`];
        execFile(
          "nsenter",
          [...words, "bash", "--norc", "-euo", "pipefail", "-c", commands],
          { env: options.env ?? env },
          (error, stdout, stderr) =>
            resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }),
        );
      }),
    async close() {
      await ended(holder);
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** Without the variables that would choose a database behind a test's back. */
function withoutDatabase(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(PG|DATABASE_URL$|NODE_OPTIONS$)/.test(name)),
  );
}

async function ended(child: ChildProcess): Promise<void> {
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
}
