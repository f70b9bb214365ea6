/**
 * NexusHub's backup, from detecting the deployment to the metrics. A file appears under its name only after it was read
 * back and verified. When anything fails, existing backups are unchanged and no partial file is left.
 */
import { UsageError } from "../../errors.ts";
import { requirePath } from "../../sql/conninfo/require-path.ts";
import { addressIn } from "../../store/address.ts";
import type { Lock } from "../../store/folder.ts";
import { requireLocalPath } from "../../store/local-path.ts";
import { openFolder } from "../../store/open-folder.ts";
import { pathText } from "../../util/path-text.ts";
import { outputError } from "../../util/output-error.ts";
import { warning } from "../../warnings.ts";
import { type Ledger, readLedger } from "../backup-folder/ledger.ts";
import { removeLeftovers } from "../backup-folder/leftovers.ts";
import { lockForWriting } from "../backup-folder/writing-lock.ts";
import { type OpenDeployment, openDeployment } from "../deployment/open-deployment.ts";
import { decideRetention } from "../retention/decide.ts";
import { namesToRemove } from "../retention/remove.ts";
import { refuseSameFolder } from "../copy/copy-backups.ts";
import { copyAway, planCopy } from "./copy-away.ts";
import { chooseEarlier } from "./earlier-backup.ts";
import type { BackupOptions, BackupResult, WhyFull } from "./options.ts";
import { prepareBackup, type PreparedBackup } from "./prepare.ts";
import { isMetricsName, recordFailure, recordStart, recordSuccess } from "./record.ts";
import { announceBackup, decideWithNew, retain } from "./retain.ts";
import { type BackupRun, startRun } from "./run.ts";
import { type WrittenArchive, writeArchive } from "./write-archive.ts";

/**
 * Makes one backup.
 * @throws NexushubDumpError (BUSY) while another backup into the folder runs; OutputError when the folder cannot be
 *   written to or the disk is full; and the errors of `openDeployment`, `dump` and `verify`. A failure leaves no file,
 *   and is recorded in the metrics.
 */
export async function backup(options: BackupOptions = {}): Promise<BackupResult> {
  requirePath(options.folder, "folder");
  requirePath(options.copyTo, "folder");
  const run = await startRun(options);
  if (options.dryRun === true) {
    checkBackupOptions(options);
    await checkCopy(run);
    return withDeployment(run, (deployment, ledger) => planBackup(run, deployment, ledger));
  }
  let lock: Lock | undefined;
  let isComplete = false;
  try {
    checkBackupOptions(options);
    await checkCopy(run);
    lock = await beginFolder(run.folder);
    const held = lock;
    // Only now no other run is at work, whose start would look like that of a killed one.
    await recordStart(run);
    const result = await withDeployment(run, (deployment, ledger) =>
      makeBackup(run, deployment, ledger, held),
    );
    if (run.copyTo === null) {
      await recordSuccess(run);
      return result;
    }
    // Sending may take hours, in which others may use the folder.
    await lock.release();
    lock = undefined;
    isComplete = true;
    const copy = await copyAway(run, run.copyTo, result);
    await recordSuccess(run);
    return { ...result, copy, elapsedMs: run.elapsedMs() };
  } catch (error) {
    await recordFailure(run, { hasLock: lock !== undefined, isComplete });
    throw error;
  } finally {
    await lock?.release();
  }
}

/** @throws UsageError for options that could not work. */
export function checkBackupOptions(options: BackupOptions): void {
  const { retention = {}, metricsFile, differential, reuse, signKey, verifyKeys } = options;
  const { copyTo, copyRetention, into, prove } = options;
  if (into !== undefined && prove !== true)
    throw new UsageError("the server of a proof is named, and no proof is requested (--prove)");
  if (differential === true && reuse === false)
    throw new UsageError("a differential backup leaves rows in another one: it excludes no-reuse");
  if (verifyKeys?.every(({ id }) => id !== signKey?.id) === true)
    throw new UsageError(
      "retention counts only what a required key signed, and the new backup would not be signed by one",
      { hint: "pass the private key of one of the required keys as well (--sign-key)" },
    );
  if (metricsFile !== undefined) requireLocalPath(pathText(metricsFile), "metrics are");
  if (metricsFile !== undefined && !isMetricsName(metricsFile))
    throw new UsageError(
      "the metrics file's name must end in .prom, or the node exporter does not read it",
    );
  // Rules that are not valid must not fail after the dump.
  decideRetention([], retention, { now: new Date() });
  if (copyRetention === undefined) return;
  if (copyTo === undefined)
    throw new UsageError("there are rules for copies, and no folder for them");
  decideRetention([], copyRetention, { now: new Date() });
}

/** @throws UsageError for a folder of copies that could not work. */
async function checkCopy({ folder, copyTo }: BackupRun): Promise<void> {
  if (copyTo === null) return;
  await openFolder(copyTo);
  await refuseSameFolder(folder, copyTo);
}

async function beginFolder(address: string): Promise<Lock> {
  try {
    return await lockForWriting(await openFolder(address));
  } catch (error) {
    throw outputError(error, address);
  }
}

async function withDeployment(
  run: BackupRun,
  use: (deployment: OpenDeployment, ledger: Ledger) => Promise<BackupResult>,
): Promise<BackupResult> {
  const { ledger, problem } = await readLedger(run.folder);
  if (problem !== null) run.warn(warning("backup-state", null, problem));
  const deployment = await openDeployment(run.options);
  try {
    return await use(deployment, ledger);
  } finally {
    await deployment.close();
  }
}

async function makeBackup(
  run: BackupRun,
  deployment: OpenDeployment,
  ledger: Ledger,
  lock: Lock,
): Promise<BackupResult> {
  await removeLeftovers(run.folder);
  const prepared = await prepareBackup(run, deployment, ledger);
  const { earlier, whyFull } = await chooseEarlier(run, ledger, prepared);
  if (run.options.prove === true) await proveFirst(run, deployment);
  const written = await writeArchive(run, deployment, {
    prepared,
    earlier,
    lock,
    announce: (archive) => announceBackup(run, ledger, prepared, archive),
  });
  const retained = await retain(run, ledger, prepared, written);
  return {
    ...describe(run, deployment, prepared),
    ...resultOf(run, written, whyFull),
    ...retained,
    copy: null,
    dryRun: false,
    verified: true,
    elapsedMs: run.elapsedMs(),
  };
}

/** Before the rows are copied, so that what cannot be restored costs no time. */
async function proveFirst({ options }: BackupRun, { connection }: OpenDeployment): Promise<void> {
  const { proveSource } = await import("../../prove/prove-source.ts");
  const { into, jobs, roles, signal, onProgress } = options;
  await proveSource(connection, { jobs, roles }, { into, signal, onProgress });
}

async function planBackup(
  run: BackupRun,
  deployment: OpenDeployment,
  ledger: Ledger,
): Promise<BackupResult> {
  const prepared = await prepareBackup(run, deployment, ledger);
  const decisions = await decideWithNew(run, ledger, prepared, prepared);
  const removed = namesToRemove(decisions);
  const copy = run.copyTo === null ? null : await planCopy(run, run.copyTo, prepared.name);
  return {
    ...describe(run, deployment, prepared),
    archiveBytes: prepared.neededBytes,
    bytes: 0,
    rows: 0,
    reuse: null,
    reuseSkipped: null,
    base: null,
    whyFull: null,
    decisions,
    removed,
    archives: decisions.length - removed.length,
    copy,
    dryRun: true,
    verified: false,
    elapsedMs: run.elapsedMs(),
  };
}

function resultOf(
  { folder, options }: BackupRun,
  { name, sha256: _, tables: __, base, ...written }: WrittenArchive,
  whyFull: WhyFull | null,
) {
  const unchanged = options.differential === true && base === null ? "nothing-unchanged" : null;
  return {
    ...written,
    path: addressIn(folder, name),
    base: base?.name ?? null,
    whyFull: whyFull ?? unchanged,
  };
}

function describe(
  { folder, options, warnings }: BackupRun,
  { shape, route, why, notes }: OpenDeployment,
  { name, keyCheck }: PreparedBackup,
) {
  return {
    path: addressIn(folder, name),
    encrypted: options.encryptTo !== undefined,
    deployment: { shape, route, why, notes },
    key: keyCheck.state,
    fingerprint: keyCheck.key !== null,
    warnings,
  };
}
