/** The facts of a folder's page, as a folder of backups of every night would give them. */
import { type DrillRecord, withDrill } from "../../src/nexushub/backup-folder/drill-history.ts";
import type { ListedBackup } from "../../src/nexushub/list/list.ts";
import type { PageFacts } from "../../src/nexushub/report/page-facts.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const START = Date.parse("2026-11-24T03:00:00Z");

/** The backup of so many nights ago. */
export const listedBackup = (index: number, change: Partial<ListedBackup> = {}): ListedBackup => ({
  name: `nexushub-${index}.tar.gz`,
  path: `/backups/nexushub-${index}.tar.gz`,
  at: new Date(START - index * DAY_MS).toISOString(),
  database: "nexushub",
  host: "vpn",
  rows: 1000 - index,
  bytes: 50_000 - index,
  archiveBytes: 10_000 - index,
  growthBytes: 1,
  verifiedAt: new Date(START).toISOString(),
  damagedAt: null,
  drill: null,
  encrypted: false,
  partial: false,
  differential: false,
  base: null,
  held: false,
  action: "keep",
  reasons: ["one of the newest 14"],
  tables: [{ name: "audit_log", rows: 900 - index, bytes: 40_000 - index }],
  ...change,
});
/** Three drills, of which the second failed. */
export const drills = [3, 2, 1].reduce<DrillRecord[]>(
  (all, days) =>
    withDrill(
      all,
      {
        at: new Date(START - days * DAY_MS).toISOString(),
        archive: `nexushub-${days}.tar.gz`,
        sha256: null,
        database: null,
        ok: days !== 2,
        target: "embedded PostgreSQL 16.14",
        plainRole: false,
        restoreMs: days * 1000,
        recoveryPoint: new Date(START - days * DAY_MS - 1000).toISOString(),
        probes: [],
      },
      undefined,
    ),
  [],
);
export const pageFacts = (backups: ListedBackup[], change: Partial<PageFacts> = {}): PageFacts => ({
  folder: "/backups",
  at: new Date(START).toISOString(),
  findings: [{ title: "Newest backup", status: "ok", message: "fine", hint: null }],
  backups,
  archiveBytes: 1,
  drills,
  ...change,
});
