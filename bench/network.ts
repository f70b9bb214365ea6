/** Puts the relay of slow-network.ts between the server and the measured programs. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Bench, removeFolder } from "./setup.ts";

/** Throughput of one connection over a long distance: 64 KiB in flight and 10 ms of delay give 6.4 MB a second. */
const BYTES_A_SECOND = 6_400_000;
const DELAY_MS = 5;

/** @param work gets a bench whose environment leads through the relay. */
export async function overNetwork<T>(on: Bench, work: (distant: Bench) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "nexushub-relay-"));
  const socket = (folder: string): string => join(folder, `.s.PGSQL.${on.env["PGPORT"]}`);
  const relay = spawn(
    process.execPath,
    [
      "--import",
      "tsx",
      fileURLToPath(new URL("slow-network.ts", import.meta.url)),
      socket(on.server.host),
      socket(folder),
      String(BYTES_A_SECOND),
      String(DELAY_MS),
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  try {
    await once(relay.stdout, "data");
    return await work({ ...on, env: { ...on.env, PGHOST: folder } });
  } finally {
    relay.kill();
    await once(relay, "exit");
    removeFolder(folder);
  }
}
