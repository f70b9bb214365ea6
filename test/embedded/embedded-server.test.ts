import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Client } from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  EMBEDDED_MAJORS,
  installedBinaries,
  startEmbedded,
  type EmbeddedServer,
} from "../../src/embedded/index.ts";
import { findTool, runPsql } from "../support/tools.ts";
import { temporaryFolder, type TemporaryFolder } from "../support/temporary-folder.ts";

const MOUNT =
  process.platform === "linux" &&
  process.getuid?.() === 0 &&
  spawnSync("mount", ["--version"]).status === 0;

let base: TemporaryFolder;
let restore: string | undefined;

beforeEach(() => {
  base = temporaryFolder();
  restore = process.env["TMPDIR"];
  process.env["TMPDIR"] = base.path;
});

afterEach(() => {
  if (restore === undefined) delete process.env["TMPDIR"];
  else process.env["TMPDIR"] = restore;
  base.remove();
});

async function show(server: EmbeddedServer, setting: string): Promise<unknown> {
  const client = new Client(server.url);
  await client.connect();
  const { rows } = await client.query({ text: `SHOW ${setting}`, rowMode: "array" });
  await client.end();
  return (rows as unknown[][])[0]?.[0];
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Starts a server for one test body, and stops it. */
async function using<Result>(
  options: Parameters<typeof startEmbedded>[0],
  body: (server: EmbeddedServer) => Promise<Result>,
): Promise<Result> {
  const server = await startEmbedded(options);
  try {
    return await body(server);
  } finally {
    await server.stop();
  }
}

describe("startEmbedded", () => {
  test("shows none of our secrets to the account's other processes, and lets none of them in", async () => {
    process.env["PEER_KEY_ENCRYPTION_KEY"] = "s3cret";
    try {
      await using({}, async (server) => {
        if (process.platform === "linux")
          expect(readFileSync(`/proc/${server.pid}/environ`, "utf8")).not.toContain("s3cret");
        const client = new Client({ ...server.connection(), password: "another" });
        client.on("error", () => undefined);
        await expect(client.connect()).rejects.toMatchObject({ code: "28P01" });
      });
    } finally {
      delete process.env["PEER_KEY_ENCRYPTION_KEY"];
    }
  });

  for (const major of EMBEDDED_MAJORS) {
    test.skipIf(installedBinaries(major).length === 0)(
      `starts, answers and leaves nothing: ${major}`,
      async () => {
        const gone = await using({ major }, async (server) => {
          expect(await show(server, "server_version")).toBe(server.version);
          expect(Number.parseInt(server.version, 10)).toBe(major);
          return server;
        });
        expect(isRunning(gone.pid)).toBe(false);
        expect(readdirSync(base.path)).toEqual([]);
        await gone.stop(); // a second time is no harm
      },
    );
  }

  test("takes settings, a superuser's name, an encoding and a locale", async () => {
    const options = {
      settings: { work_mem: "7MB", cluster_name: "it's \\ here" },
      superuser: "boss",
      encoding: "LATIN1",
      durable: true,
    };
    await using(options, async (server) => {
      expect(await show(server, "work_mem")).toBe("7MB");
      expect(await show(server, "cluster_name")).toBe("it's \\ here");
      expect(await show(server, "server_encoding")).toBe("LATIN1");
      expect(await show(server, "fsync")).toBe("on");
      expect(await show(server, "listen_addresses")).toBe("");
      expect(await show(server, "session_authorization")).toBe("boss");
    });
  });

  test("asks for the password on TCP, and listens on the loopback alone", async () => {
    await using({ tcp: true }, async (server) => {
      expect(server.host).toBe("127.0.0.1");
      expect(await show(server, "listen_addresses")).toBe("127.0.0.1");
      const stranger = new Client({ ...server.connection(), password: "guess" });
      await expect(stranger.connect()).rejects.toThrow("password authentication failed");
    });
  });

  test.skipIf(findTool("psql") === undefined)("gives a URL that psql reads as well", async () => {
    await using({}, async (server) => {
      expect(await runPsql(server.url, ["-Atc", "SELECT 'reached'"])).toBe("reached\n");
    });
  });

  test.skipIf(process.getuid?.() !== 0)("runs as somebody else when we are root", async () => {
    await using({}, async (server) => {
      expect(statSync(server.dataDirectory).uid).not.toBe(0);
      expect(statSync(`/proc/${server.pid}`).uid).toBe(statSync(server.dataDirectory).uid);
      expect(statSync(dirname(server.dataDirectory)).mode & 0o777).toBe(0o700);
    });
  });

  test("says what the server said when it does not start", async () => {
    const start = startEmbedded({ settings: { shared_buffers: "nonsense" } });
    await expect(start).rejects.toMatchObject({
      code: "CONNECTION",
      message: expect.stringContaining("shared_buffers") as string,
    });
    expect(readdirSync(base.path)).toEqual([]);
  });

  test.skipIf(!MOUNT)(
    "says in one line that the disk is full (skipped where no tmpfs can be mounted)",
    async () => {
      const mount = (...args: string[]): void => {
        const { status, stderr } = spawnSync("mount", args, { encoding: "utf8" });
        expect(status, stderr).toBe(0);
      };
      mount("-t", "tmpfs", "-o", "size=12m,mode=1777", "tmpfs", base.path);
      try {
        const full = {
          code: "CONNECTION",
          message: expect.stringMatching(
            /^the embedded PostgreSQL did not start: [^\n]*(?:No space left on device|the disk is full)$/,
          ) as string,
          hint: `free some space in ${base.path}, or set TMPDIR to another folder`,
        };
        // In the middle of initdb, and before the server's folder can be made.
        await expect(startEmbedded()).rejects.toMatchObject(full);
        const filler = join(base.path, "filler");
        expect(() => writeFileSync(filler, Buffer.alloc(16 * 1024 * 1024))).toThrow("ENOSPC");
        await expect(startEmbedded()).rejects.toMatchObject(full);
        expect(readdirSync(base.path)).toEqual(["filler"]);
      } finally {
        expect(spawnSync("umount", [base.path]).status).toBe(0);
      }
    },
  );

  test("stops starting when the signal fires", async () => {
    const controller = new AbortController();
    const start = startEmbedded({ signal: controller.signal });
    setTimeout(() => controller.abort(), 100);
    await expect(start).rejects.toMatchObject({ code: "ABORTED" });
    expect(readdirSync(base.path)).toEqual([]);
  });

  test("cleans up itself when its supervisor was killed", async () => {
    const server = await startEmbedded();
    base.killSupervisor(dirname(server.dataDirectory));
    expect(isRunning(server.pid)).toBe(true);
    await server.stop();
    // It has become a child of process 1, which buries it when it gets round to it.
    await expect.poll(() => isRunning(server.pid), { timeout: 10_000 }).toBe(false);
    expect(existsSync(server.dataDirectory)).toBe(false);
  });
});
