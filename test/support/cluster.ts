/** A PostgreSQL cluster that a test stops, copies, puts back, crashes and starts again. */
import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { serverAccount } from "../../src/embedded/account.ts";
import { installedBinaries } from "../../src/embedded/binaries.ts";
import { preparePrograms } from "../../src/embedded/programs.ts";

export interface Cluster {
  readonly url: string;
  start(): void;
  /** @param mode `immediate` leaves a recovery to the next start. */
  stop(mode?: "fast" | "immediate"): void;
  /** Copies the files of the stopped cluster. */
  save(): void;
  /** Puts the copy back. */
  putBack(): void;
  /** Makes the stopped cluster a standby, which begins a recovery that never ends. */
  becomeStandby(): void;
  query<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]>;
  remove(): void;
}

/** Creates a cluster and starts it. */
export function createCluster(major: number, settings: readonly string[] = []): Cluster {
  const account = serverAccount();
  const folder = mkdtempSync(join(tmpdir(), "nexushub-dump-cluster-"));
  if (account !== undefined) chownSync(folder, account.uid, account.gid);
  chmodSync(folder, 0o755);
  const { bin } = preparePrograms(installedBinaries(major)[0]!, folder, account);
  const run = (program: string, ...args: string[]): void =>
    void execFileSync(join(bin, program), args, { ...account, cwd: folder, stdio: "ignore" });
  const data = join(folder, "data");
  const saved = join(folder, "saved");
  run(
    "initdb",
    "-D",
    data,
    "-U",
    "postgres",
    "-A",
    "trust",
    "--no-sync",
    "--locale=C",
    "-E",
    "UTF8",
  );
  const all = ["fsync = off", "listen_addresses = ''", `unix_socket_directories = '${folder}'`];
  writeFileSync(
    join(data, "postgresql.auto.conf"),
    [...all, "autovacuum = off", ...settings].join("\n"),
  );
  const url = `postgresql://postgres@${encodeURIComponent(folder)}:5432/postgres`;
  const start = (): void => run("pg_ctl", "-D", data, "-l", join(folder, "log"), "-w", "start");
  const copy = (from: string, to: string): void => {
    rmSync(to, { recursive: true, force: true });
    execFileSync("cp", ["-a", from, to], { ...account });
  };
  let isRunning = false;
  const cluster: Cluster = {
    url,
    start() {
      start();
      isRunning = true;
    },
    stop(mode = "fast") {
      run("pg_ctl", "-D", data, "-m", mode, "-w", "stop");
      isRunning = false;
    },
    save: () => copy(data, saved),
    putBack: () => copy(saved, data),
    becomeStandby: () => writeFileSync(join(data, "standby.signal"), ""),
    async query<Row extends pg.QueryResultRow>(sql: string) {
      const client = new pg.Client(url);
      client.on("error", () => undefined);
      await client.connect();
      try {
        const result = await client.query<Row>(sql);
        return ((Array.isArray(result) ? result.at(-1) : result) as pg.QueryResult<Row>).rows;
      } finally {
        await client.end();
      }
    },
    remove() {
      if (isRunning) cluster.stop("immediate");
      rmSync(folder, { recursive: true, force: true });
    },
  };
  cluster.start();
  return cluster;
}
