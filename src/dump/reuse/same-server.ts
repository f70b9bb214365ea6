/**
 * Decides whether a row version that an earlier archive identifies by file, ctid and xmin can only be the same row version
 * now. docs/reuse.md has the argument for each condition. Pure.
 */
import type { Manifest, ManifestServer } from "../../archive/format/manifest.ts";
import type { FullReadReason } from "./full-read-reason.ts";

/** What is compared with the earlier archive. */
export interface CurrentDump {
  readonly server: ManifestServer | null;
  readonly serverVersionNum: number;
  readonly compression: string;
}

/** More transactions than this have the same lower halves of their ids as others. */
const MAX_TRANSACTIONS = 1n << 31n;

/** @returns why no table can be reused; null when nothing speaks against it. */
export function refusalOfServer(
  earlier: Pick<Manifest, "server" | "database" | "options">,
  { server, serverVersionNum, compression }: CurrentDump,
): FullReadReason | null {
  const before = earlier.server;
  if (before === null || server === null) return "server-unknown";
  if (before.systemIdentifier === null || server.systemIdentifier === null) return "server-unknown";
  if (before.timeline === null || server.timeline === null) return "server-unknown";
  if (before.systemIdentifier !== server.systemIdentifier) return "other-server";
  if (before.databaseOid !== server.databaseOid) return "other-database";
  if (earlier.database.serverVersionNum !== serverVersionNum) return "other-version";
  if (before.timeline !== server.timeline) return "other-timeline";
  if (before.startedAt !== server.startedAt) return "server-restarted";
  if (before.walInsertedTo === null || server.walInsertedTo === null) return "standby";
  if (!isFlushed(before) && !ranSince(before, server)) return "server-crashed";
  return refusalOfHistory(before, server) ?? refusalOfCompression(earlier, compression);
}

function refusalOfHistory(before: ManifestServer, now: ManifestServer): FullReadReason | null {
  const [then, current] = [snapshotOf(before), snapshotOf(now)];
  const wentBack =
    current.xmin < then.xmin ||
    current.xmax < then.xmax ||
    positionOf(now.walInsertedTo!) < positionOf(before.walInsertedTo!);
  if (wentBack) return "server-went-back";
  return current.xmax - then.xmin < MAX_TRANSACTIONS ? null : "too-many-transactions";
}

function refusalOfCompression(
  { options }: Pick<Manifest, "options">,
  compression: string,
): FullReadReason | null {
  return options.compression === compression ? null : "other-compression";
}

/** Whether there was certainly no crash between the two. */
function ranSince(before: ManifestServer, now: ManifestServer): boolean {
  return before.statisticsSince !== null && before.statisticsSince === now.statisticsSince;
}

/** Whether a crash could not undo what the snapshot saw. */
function isFlushed({ walInsertedTo, walFlushedTo }: ManifestServer): boolean {
  return (
    walInsertedTo !== null &&
    walFlushedTo !== null &&
    positionOf(walFlushedTo) >= positionOf(walInsertedTo)
  );
}

/** A WAL position, printed as two halves, as a number. */
function positionOf(lsn: string): bigint {
  const [high = "0", low = "0"] = lsn.split("/");
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}

interface Snapshot {
  /** The oldest transaction that was running, or the next one to begin. */
  readonly xmin: bigint;
  /** The next transaction to begin. */
  readonly xmax: bigint;
}

function snapshotOf({ snapshot }: ManifestServer): Snapshot {
  const [xmin = "0", xmax = "0"] = snapshot.split(":");
  return { xmin: BigInt(xmin), xmax: BigInt(xmax) };
}

/** The oldest transaction that was running at the snapshot, as row versions show it: the lower half of its id. */
export function oldestRunning(server: ManifestServer): number {
  return Number(snapshotOf(server).xmin & 0xffff_ffffn);
}
