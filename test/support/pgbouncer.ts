/** PgBouncer in front of a server, where the machine has it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { serverAccount } from "../../src/embedded/account.ts";

/** The program; undefined where it is not installed. */
export const PGBOUNCER = ["/usr/sbin", ...(process.env["PATH"] ?? "").split(delimiter)]
  .map((folder) => join(folder, "pgbouncer"))
  .find((path) => existsSync(path));

export interface Pooler {
  /** The URL through the pooler of a URL to the server. */
  through(url: string): string;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

/** Starts it in front of the server of a URL. @param settings lines of its configuration. */
export async function startPgbouncer(
  serverUrl: string,
  settings: readonly string[] = [],
): Promise<Pooler> {
  const { hostname, port: serverPort, username, password } = new URL(serverUrl);
  const account = serverAccount();
  const folder = mkdtempSync(join(tmpdir(), "nexushub-dump-pgbouncer-"));
  const port = await freePort();
  const users = join(folder, "users");
  writeFileSync(users, `"admin" ""\n`);
  const file = join(folder, "pgbouncer.ini");
  writeFileSync(
    file,
    `[databases]
* = host=${hostname} port=${serverPort} user=${username} password='${decodeURIComponent(password)}'
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
auth_file = ${users}
admin_users = admin
ignore_startup_parameters = extra_float_digits
${settings.join("\n")}
`,
  );
  for (const path of [folder, users, file]) {
    if (account !== undefined) chownSync(path, account.uid, account.gid);
  }
  chmodSync(folder, 0o700);
  const child = spawn(PGBOUNCER!, ["-q", file], { ...account, cwd: folder, stdio: "ignore" });
  const url = (database: string): string => `postgresql://admin@127.0.0.1:${port}/${database}`;
  await answers(child, url("pgbouncer"));
  return {
    through: (serverDatabase) => url(new URL(serverDatabase).pathname.slice(1)),
    async stop() {
      const ended = child.exitCode === null ? once(child, "exit") : undefined;
      child.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

/** Waits until its console answers. */
async function answers(child: ChildProcess, consoleUrl: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const client = new Client({ connectionString: consoleUrl });
    try {
      await client.connect();
      return;
    } catch (error) {
      if (attempt === 100 || child.exitCode !== null) throw error;
      await sleep(50);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}
