/**
 * A real object store for tests: Ceph's gateway from Debian, with one monitor and one OSD in memory. Everything listens on
 * loopback, lives in a folder of its own, and ends with `close`.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const PROGRAMS = ["ceph-mon", "ceph-osd", "ceph", "radosgw", "radosgw-admin"];
const PACKAGES = ["radosgw", "ceph-mon", "ceph-osd"];

export interface GatewayFacts {
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** The folder with its configuration, for `radosgw-admin` and for another gateway. */
  readonly folder: string;
}

export interface Gateway {
  readonly facts: GatewayFacts;
  close(): Promise<void>;
}

/** Whether the programs are there; as root on Debian they are installed first. @returns why not, or null. */
export function prepareGateway(): string | null {
  const isInstalled = (): boolean =>
    PROGRAMS.every((program) => spawnSync("which", [program]).status === 0);
  if (isInstalled()) return null;
  if (process.getuid?.() !== 0) return `install ${PACKAGES.join(", ")}, or run the tests as root`;
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const apt = (...args: string[]): boolean =>
    spawnSync("apt-get", args, { env, stdio: ["ignore", "ignore", "inherit"] }).status === 0;
  apt("update", "-qq");
  apt("install", "-y", "-qq", "--no-install-recommends", ...PACKAGES);
  return isInstalled() ? null : `apt-get could not install ${PACKAGES.join(", ")}`;
}

/**
 * Starts a gateway, which takes some 15 seconds.
 * @param storeBytes of objects that it holds in memory.
 */
export async function startGateway(storeBytes = 2 * 1024 ** 3): Promise<Gateway> {
  const folder = mkdtempSync(join(tmpdir(), "nexushub-dump-ceph-"));
  const [monitorPort, port] = [await freePort(), await freePort()];
  const children: ChildProcess[] = [];
  const close = async (): Promise<void> => {
    for (const child of children.toReversed()) await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (const name of ["mon", "osd", "rgw"]) mkdirSync(join(folder, name));
    const id = randomUUID();
    writeFileSync(
      join(folder, "ceph.conf"),
      configuration(folder, id, { monitorPort, port, storeBytes }),
    );
    const run = (program: string, ...args: string[]): string =>
      execFileSync(program, args, { cwd: folder, stdio: ["ignore", "pipe", "ignore"] }).toString();
    const start = (program: string, ...args: string[]): void =>
      void children.push(spawn(program, args, { cwd: folder, stdio: "ignore" }));
    writeKeys(run);
    const monitor = `[v1:127.0.0.1:${monitorPort}]`;
    run("monmaptool", "--create", "--addv", "a", monitor, "--fsid", id, "monmap");
    const mon = ["-c", "ceph.conf", "-i", "a"];
    run("ceph-mon", ...mon, "--mkfs", "--monmap", "monmap", "--keyring", "keyring");
    start("ceph-mon", ...mon, "-f");
    run("ceph", "-c", "ceph.conf", "--connect-timeout", "30", "osd", "new", id);
    const osd = ["-c", "ceph.conf", "-i", "0"];
    run("ceph-osd", ...osd, "--mkfs", "--osd-uuid", id);
    start("ceph-osd", ...osd, "-f");
    start("radosgw", "-c", "ceph.conf", "-n", "client.rgw", "-f");
    const endpoint = `http://127.0.0.1:${port}`;
    await answers(endpoint);
    const keys = { accessKeyId: "TESTKEY", secretAccessKey: "test/secret+of=the/tests" };
    const user = ["user", "create", "--uid", "test", "--display-name", "test"];
    const secrets = ["--access-key", keys.accessKeyId, "--secret-key", keys.secretAccessKey];
    run("radosgw-admin", "-c", "ceph.conf", ...user, ...secrets);
    return { facts: { endpoint, ...keys, folder }, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Another gateway to the same store, which a test may kill. */
export async function startSecondGateway({ folder }: GatewayFacts): Promise<{
  readonly endpoint: string;
  readonly process: ChildProcess;
}> {
  const port = await freePort();
  const text = readFileSync(join(folder, "ceph.conf"), "utf8");
  const file = join(folder, `second-${port}.conf`);
  writeFileSync(file, text.replace(/endpoint=127\.0\.0\.1:\d+/, `endpoint=127.0.0.1:${port}`));
  const child = spawn("radosgw", ["-c", file, "-n", "client.rgw", "-f"], {
    cwd: folder,
    stdio: "ignore",
  });
  const endpoint = `http://127.0.0.1:${port}`;
  await answers(endpoint);
  return { endpoint, process: child };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

function writeKeys(run: (program: string, ...args: string[]) => string): void {
  const add = (name: string, ...caps: string[]): void => {
    const options = caps.flatMap((cap) => ["--cap", ...cap.split(/ (.*)/, 2)]);
    run("ceph-authtool", "keyring", "--gen-key", "-n", name, ...options);
  };
  run("ceph-authtool", "--create-keyring", "keyring");
  add("mon.", "mon allow *");
  add("client.admin", "mon allow *", "osd allow *");
  add("osd.0", "mon allow profile osd", "osd allow *");
  add("client.rgw", "mon allow rw", "osd allow rwx");
}

function configuration(
  folder: string,
  id: string,
  {
    monitorPort,
    port,
    storeBytes,
  }: Readonly<Record<"monitorPort" | "port" | "storeBytes", number>>,
): string {
  return `[global]
fsid = ${id}
mon host = v1:127.0.0.1:${monitorPort}
mon initial members = a
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind ipv6 = false
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
auth allow insecure global id reclaim = false
run dir = ${folder}
admin socket =
pid file =
log file = ${folder}/$name.log
mon cluster log file = ${folder}/cluster.log
keyring = ${folder}/keyring
mon data = ${folder}/mon
mon allow pool size one = true
mon max pg per osd = 2000
osd data = ${folder}/osd
osd objectstore = memstore
memstore device bytes = ${storeBytes}
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
rgw data = ${folder}/rgw
rgw frontends = beast endpoint=127.0.0.1:${port}
rgw thread pool size = 32
`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function answers(endpoint: string): Promise<void> {
  for (let attempt = 0; attempt < 240; attempt++) {
    const isUp = await fetch(endpoint).then(
      () => true,
      () => false,
    );
    if (isUp) return;
    await sleep(250);
  }
  throw new Error(`the gateway at ${endpoint} does not answer`);
}

function admin({ folder }: GatewayFacts, ...args: string[]): void {
  execFileSync("radosgw-admin", ["-c", "ceph.conf", ...args], { cwd: folder, stdio: "ignore" });
}

/** Lets a bucket hold so many bytes at most; null lifts the limit. */
export function limitBucket(facts: GatewayFacts, bucket: string, bytes: number | null): void {
  const quota = ["--bucket", bucket, "--quota-scope", "bucket"];
  if (bytes === null) return admin(facts, "quota", "disable", ...quota);
  admin(facts, "quota", "set", ...quota, "--max-size", String(bytes));
  admin(facts, "quota", "enable", ...quota);
}

/** Creates a user that owns nothing, and may what policies say. */
export function createUser(facts: GatewayFacts): {
  readonly name: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
} {
  const id = randomUUID();
  const user = { name: `user-${id}`, accessKeyId: `KEY-${id}`, secretAccessKey: `secret-${id}` };
  const secrets = ["--access-key", user.accessKeyId, "--secret-key", user.secretAccessKey];
  const names = ["--uid", user.name, "--display-name", user.name];
  admin(facts, "user", "create", ...names, ...secrets);
  return user;
}

/** Carries out the lifecycle rules of all buckets now; a day is a second. */
export function processLifecycle(facts: GatewayFacts): void {
  admin(facts, "lc", "process", "--rgw-lc-debug-interval", "1");
}
