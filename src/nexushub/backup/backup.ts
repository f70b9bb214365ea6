/**
 * NexusHub's backup, from looking for the database to the metrics. A file appears under its name only when it was read
 * back and found whole; whatever goes wrong, the backups that were there stay as they are and nothing half-made is left.
 */
import { type Warning, warning } from "../../warnings.ts";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { type AgeRecipients, encryptArchive } from "../../archive/encryption/age.ts";
import type { SignKey } from "../../archive/signing/ed25519-key.ts";
import { renameDurably } from "../../util/atomic-file.ts";
import { outputError } from "../../util/output-error.ts";
import { listLeftovers, parseTemporaryName, temporaryName } from "../../util/temp-file.ts";
import { dump } from "../../dump/dump.ts";
import { AbortedError, isNexushubDumpError, UsageError } from "../../errors.ts";
import type { OnProgress } from "../../events.ts";
import { connect } from "../../pg/connect.ts";
import { verify } from "../../verify/verify.ts";
import { type BackupExtension, backupName, parseBackupName } from "../backup-folder/backup-name.ts";
import { sealManifest } from "../keys/manifest-key.ts";
import { checkKeyFits, type KeyCheck, type KeyState } from "../keys/key-check.ts";
import {
  EMPTY_LEDGER,
  type Ledger,
  listBackups,
  readLedger,
  writeLedger,
} from "../backup-folder/ledger.ts";
import { takeLock } from "../backup-folder/lock.ts";
import { recordFailure, recordSuccess } from "./record.ts";
import type { DeploymentOptions } from "../deployment/options.ts";
import { type OpenDeployment, openDeployment } from "../deployment/open-deployment.ts";
import { candidateOf, removeDecided, toRemove, without } from "../retention/prune.ts";
import {
  decideRetention,
  type RetentionDecision,
  type RetentionPolicy,
} from "../retention/decide.ts";
import { estimateBytes, freeBytes, requireSpace } from "./space.ts";

export interface BackupOptions extends DeploymentOptions {
  /** Where backups go. Default: `/var/backups/nexushub` where `/var/lib/nexushub` exists, else `./backups`. */
  readonly folder?: string | undefined;
  /** Default: the newest 14. */
  readonly retention?: RetentionPolicy | undefined;
  /** Encrypt with age. Default: not. */
  readonly encryptTo?: AgeRecipients | undefined;
  /** Signs the archive; from `readSignKey`. Default: no signature. */
  readonly signKey?: SignKey | undefined;
  /** As `dump` has it. */
  readonly compression?: string | undefined;
  /** As `dump` has it. */
  readonly jobs?: number | undefined;
  /** A `.prom` file for Prometheus' node exporter. Default: none. */
  readonly metricsFile?: string | undefined;
  /** Find everything out, and write and remove nothing. Default: false. */
  readonly dryRun?: boolean | undefined;
  /** Default: the clock. */
  readonly now?: (() => Date) | undefined;
  readonly onProgress?: OnProgress | undefined;
}

export interface BackupResult {
  /** With `dryRun`, the path that would be written. */
  readonly path: string;
  /** Size of the file; with `dryRun`, an estimate. */
  readonly bytes: number;
  /** 0 with `dryRun`. */
  readonly rows: number;
  readonly dryRun: boolean;
  /** Whether the file was read back and found whole: always, but for a dry run. */
  readonly verified: boolean;
  readonly encrypted: boolean;
  readonly deployment: Pick<OpenDeployment, "shape" | "route" | "why" | "notes">;
  readonly key: KeyState;
  /** Whether the archive carries a fingerprint of the key. */
  readonly fingerprint: boolean;
  readonly retention: readonly RetentionDecision[];
  /** Names of the files that retention removed; with `dryRun`, those that it would. */
  readonly removed: readonly string[];
  /** Backups in the folder now. */
  readonly archives: number;
  readonly warnings: readonly Warning[];
  readonly elapsedMs: number;
}

/** What the run knows before it dumps. */
interface Run {
  readonly folder: string;
  readonly options: BackupOptions;
  readonly startedAt: Date;
  readonly started: number;
  readonly ledger: Ledger;
  readonly warnings: Warning[];
}

const STATE_FOLDER = "/var/lib/nexushub";
const SYSTEM_FOLDER = "/var/backups/nexushub";

/** Where backups go when nobody says: the rule of the script that this replaces. */
export async function defaultFolder(cwd: string = process.cwd()): Promise<string> {
  const isInstalled = await stat(STATE_FOLDER).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return isInstalled ? SYSTEM_FOLDER : join(cwd, "backups");
}

/**
 * Makes one backup.
 * @throws NexushubDumpError (BUSY) while another backup into the folder runs; whatever `openDeployment`, `dump` and
 *   `verify` throw; OutputError when there is no room. Then nothing is left of it, and the metrics say so.
 */
export async function backup(options: BackupOptions = {}): Promise<BackupResult> {
  const { dryRun = false, now = () => new Date() } = options;
  refuseContradictions(options);
  const folder = resolve(
    options.cwd ?? process.cwd(),
    options.folder ?? (await defaultFolder(options.cwd)),
  );
  const clock = { startedAt: now(), started: performance.now() };
  if (!dryRun) await makeFolder(folder);
  const lock = dryRun
    ? null
    : await takeLock(folder).catch((error: unknown) => {
        throw outputError(error, folder);
      });
  let run: Run = { folder, options, ...clock, ledger: EMPTY_LEDGER, warnings: [] };
  try {
    const { ledger, problem } = await readLedger(folder);
    run = {
      ...run,
      ledger,
      warnings: problem === null ? [] : [warning("backup-state", null, problem)],
    };
    for (const each of run.warnings) options.onProgress?.({ type: "warning", ...each });
    const result = await backUp(run);
    if (!dryRun) await told(run, () => recordSuccess(run, result.archives));
    return result;
  } catch (error) {
    if (!dryRun) await recordFailure(run);
    throw error;
  } finally {
    await lock?.release();
  }
}

function refuseContradictions({ retention = {}, metricsFile }: BackupOptions): void {
  // The rules are checked before a dump is made for which they would then fail.
  decideRetention([], retention, new Date());
  if (metricsFile !== undefined && !metricsFile.endsWith(".prom"))
    throw new UsageError(
      "the metrics file's name must end in .prom, or the node exporter does not read it",
    );
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw outputError(error, folder);
  }
}

async function backUp(run: Run): Promise<BackupResult> {
  const { options } = run;
  const deployment = await openDeployment(options);
  try {
    const { check, neededBytes } = await lookAtDatabase(run, deployment);
    const free = await freeBytes(await nearestFolder(run.folder));
    requireSpace(run.folder, neededBytes, free);
    const name = await freeName(run);
    const common = {
      path: join(run.folder, name),
      encrypted: options.encryptTo !== undefined,
      deployment: {
        shape: deployment.shape,
        route: deployment.route,
        why: deployment.why,
        notes: deployment.notes,
      },
      key: check.state,
      fingerprint: check.key !== null,
    };
    if (options.dryRun === true) {
      const retention = await decideAll(run, run.ledger, name);
      const removed = toRemove(retention);
      return {
        ...common,
        bytes: neededBytes,
        rows: 0,
        dryRun: true,
        verified: false,
        retention,
        removed,
        archives: retention.length - removed.length,
        warnings: run.warnings,
        elapsedMs: elapsed(run),
      };
    }
    const written = await write(run, deployment, check, name);
    return {
      ...common,
      ...written,
      dryRun: false,
      verified: true,
      warnings: run.warnings,
      elapsedMs: elapsed(run),
    };
  } finally {
    await deployment.close();
  }
}

async function lookAtDatabase(
  run: Run,
  deployment: OpenDeployment,
): Promise<{ check: KeyCheck; neededBytes: number }> {
  const { signal, env } = run.options;
  const { connection } = await connect(deployment.connection, { signal, env });
  try {
    const check = await checkKeyFits(connection, deployment.key);
    if (check.warning !== null) {
      warn(run, check.warning);
    }
    const last = run.ledger.lastSuccess?.bytes ?? null;
    return { check, neededBytes: await estimateBytes(connection, last) };
  } finally {
    await connection.close();
  }
}

/** Dumps under a temporary name, reads it back, gives it its name, then lets retention work. */
async function write(
  run: Run,
  deployment: OpenDeployment,
  { key }: KeyCheck,
  name: string,
): Promise<Pick<BackupResult, "bytes" | "rows" | "retention" | "removed" | "archives">> {
  const { folder, options } = run;
  const { signal, onProgress, encryptTo, signKey, compression, jobs } = options;
  await removeLeftovers(folder);
  const temporary = join(folder, temporaryName(name));
  try {
    const target = encryptTo === undefined ? temporary : encryptArchive(temporary, encryptTo);
    const dumped = await dump(deployment.connection, target, {
      signal,
      onProgress,
      compression,
      jobs,
      signKey,
      ...(key === null ? {} : { seal: (manifest) => sealManifest(manifest, key) }),
    });
    run.warnings.push(...dumped.warnings);
    await verify(target, { signal });
    const { size: bytes } = await stat(temporary);
    await renameDurably(temporary, join(folder, name));
    // The file is there and whole: what comes now can go wrong, but not fail the backup.
    const written = { bytes, rows: dumped.rows };
    return { ...written, ...(await retain(run, await note(run, name, written), name)) };
  } catch (error) {
    await rm(temporary, { force: true });
    if (signal?.aborted === true && !isNexushubDumpError(error))
      throw new AbortedError("while backing up", { cause: error });
    throw isNexushubDumpError(error) ? error : outputError(error, join(folder, name));
  }
}

/** What a killed backup left. The lock is ours, so no backup that still runs can have made it. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const path of await listLeftovers(folder)) {
    const outer = parseTemporaryName(basename(path))?.name ?? "";
    // The archive itself is written beside our temporary name, under a temporary name of that.
    const name = parseTemporaryName(outer)?.name ?? outer;
    if (parseBackupName(name) !== null) await rm(path, { force: true });
  }
}

/** Writes down that the file is ours and whole, before anything is removed because of it. */
async function note(
  run: Run,
  name: string,
  { bytes, rows }: { bytes: number; rows: number },
): Promise<Ledger> {
  const { folder, ledger, options, started } = run;
  const at = (options.now?.() ?? new Date()).toISOString();
  const present = new Set(await readdir(folder));
  const gone = Object.keys(ledger.backups).filter((each) => !present.has(each));
  const next: Ledger = {
    ...without(ledger, gone),
    lastSuccess: { at, seconds: Math.round(performance.now() - started) / 1000, bytes, rows },
  };
  next.backups[name] = { bytes, verifiedAt: at };
  await keep(run, next);
  return next;
}

async function retain(
  run: Run,
  ledger: Ledger,
  name: string,
): Promise<Pick<BackupResult, "retention" | "removed" | "archives">> {
  const retention = await decideAll(run, ledger, name);
  // Whatever the clock does: not the one that was just made.
  const others = retention.filter((decision) => decision.name !== name);
  const removed = await removeDecided(run.folder, others, run.warnings);
  if (removed.length > 0) await keep(run, without(ledger, removed));
  return { retention, removed, archives: retention.length - removed.length };
}

/** What retention says once `name` is there, whether it was just made or, in a dry run, would be. */
async function decideAll(
  { folder, options }: Run,
  ledger: Ledger,
  name: string,
): Promise<RetentionDecision[]> {
  const found = await listBackups(folder, ledger).catch((error: NodeJS.ErrnoException) => {
    // A dry run makes no folder.
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const made = parseBackupName(name)!.at;
  const candidates = found.map(candidateOf).filter((candidate) => candidate.name !== name);
  candidates.push({ name, at: made, own: true, verified: true });
  // The new one may bear a second that has not come yet (`freeName`): it is not from the future for that.
  const now = options.now?.() ?? new Date();
  return decideRetention(candidates, options.retention ?? {}, now > made ? now : made);
}

/** A name that no file has: a second backup within a second, or a clock that went back, takes the next free second. */
async function freeName({ folder, options, startedAt }: Run): Promise<string> {
  const extension = extensionOf(options);
  const present = await readdir(folder).catch(() => []);
  for (let at = startedAt; ; at = new Date(at.getTime() + 1000)) {
    const name = backupName(at, extension);
    const stem = name.slice(0, name.indexOf("."));
    if (!present.some((each) => each.startsWith(`${stem}.`))) return name;
  }
}

function extensionOf({ compression = "gzip", encryptTo }: BackupOptions): BackupExtension {
  const kind = compression === "none" ? "" : compression.startsWith("zstd") ? ".zst" : ".gz";
  return `tar${kind}${encryptTo === undefined ? "" : ".age"}`;
}

/** The folder itself, or the nearest one above it that exists. */
async function nearestFolder(folder: string): Promise<string> {
  for (let at = folder; ; at = join(at, "..")) {
    const exists = await stat(at).then(
      () => true,
      () => false,
    );
    if (exists || at === join(at, "..")) return at;
  }
}

/** A ledger that cannot be written leaves files unknown, and those are never removed. */
async function keep(run: Run, ledger: Ledger): Promise<void> {
  try {
    await writeLedger(run.folder, ledger);
  } catch (error) {
    warn(
      run,
      warning(
        "backup-state",
        null,
        `the folder's list of backups could not be written: ${(error as Error).message}; prune --adopt makes it anew`,
      ),
    );
  }
}

/** The backup is good even when nobody can be told; who reads the metrics will notice that they grow old. */
async function told(run: Run, tell: () => Promise<void>): Promise<void> {
  try {
    await tell();
  } catch (error) {
    warn(
      run,
      warning(
        "backup-state",
        null,
        `the metrics could not be written: ${(error as Error).message}`,
      ),
    );
  }
}

function warn(run: Run, added: Warning): void {
  run.warnings.push(added);
  run.options.onProgress?.({ type: "warning", ...added });
}

function elapsed({ started }: Run): number {
  return Math.round(performance.now() - started);
}
