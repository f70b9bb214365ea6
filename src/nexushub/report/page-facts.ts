/** What the page of a folder shows, and what is wrong with the folder. */
import type { DrillRecord } from "../backup-folder/drill-history.ts";
import { judgeDrills, MAX_DRILL_AGE_MS } from "../doctor/drill-history-finding.ts";
import type { Finding } from "../doctor/finding.ts";
import { judgeNewest } from "../doctor/folder-findings.ts";
import {
  describeBackups,
  type ListedBackup,
  type ListOptions,
  readContents,
} from "../list/list.ts";

/** Options of `reportFolder`. */
export interface ReportOptions extends ListOptions {
  /** Maximum age of the last drill that passed. Default: 100 days. */
  readonly maxDrillAgeMs?: number | undefined;
}

/** Something that a page says of the folder as a whole. */
export interface PageFinding extends Finding {
  readonly title: string;
}

/** The facts of a page, as plain data. Contains no secrets. */
export interface PageFacts {
  readonly folder: string;
  /** When the page was made, ISO 8601. */
  readonly at: string;
  /** What is wrong comes first. */
  readonly findings: readonly PageFinding[];
  /** Newest first. */
  readonly backups: readonly ListedBackup[];
  readonly archiveBytes: number;
  /** Oldest first. */
  readonly drills: readonly DrillRecord[];
}

/** Reads a folder; changes nothing. @throws UsageError when there is no such folder. */
export async function readPageFacts(folder: string, options: ReportOptions): Promise<PageFacts> {
  const { maxDrillAgeMs = MAX_DRILL_AGE_MS } = options;
  const contents = await readContents(folder, options);
  const { files, archiveBytes, ledger, problem, now } = contents;
  const backups = describeBackups(contents);
  const drills = ledger.drills ?? [];
  const oldestBackup = files.at(-1)?.at ?? null;
  const findings = [
    { title: "Newest backup", ...judgeNewest({ backups: files, ledger, problem, now }) },
    { title: "Last drill", ...judgeDrills({ drills, oldestBackup, now, maxAgeMs: maxDrillAgeMs }) },
    ...findingsOf(backups),
  ];
  return {
    folder,
    at: now.toISOString(),
    findings: findings.toSorted((a, b) => RANK[a.status] - RANK[b.status]),
    backups,
    archiveBytes,
    drills,
  };
}

const RANK = { failed: 0, warning: 1, "not-run": 2, ok: 3 } as const;

/** What is wrong with single backups. Pure. */
function findingsOf(backups: readonly ListedBackup[]): PageFinding[] {
  const names = (of: readonly ListedBackup[]): string => of.map(({ name }) => name).join(", ");
  const damaged = backups.filter(({ damagedAt }) => damagedAt !== null);
  const incomplete = backups.filter(({ differential, base }) => differential && base === null);
  const [newest, before] = backups;
  const hasShrunk = (newest?.rows ?? Infinity) < (before?.rows ?? 0) / 2;
  return [
    ...(damaged.length === 0
      ? []
      : [wrong("Damaged", names(damaged), "use another backup, and check the disk")]),
    ...(incomplete.length === 0
      ? []
      : [wrong("Base missing", names(incomplete), "put the full backup back that they need")]),
    ...(hasShrunk
      ? [wrong("Rows", "the newest backup has less than half the rows of the one before", null)]
      : []),
  ];
}

const wrong = (title: string, message: string, hint: string | null): PageFinding => ({
  title,
  status: "failed",
  message,
  hint,
});
