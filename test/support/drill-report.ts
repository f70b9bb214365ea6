/** A drill's report for the tests of its renderings. */
import type { RelationContents } from "../../src/archive/contents.ts";
import type { DrillReport } from "../../src/drill/report.ts";

/** A text that would break out of HTML, XML and SVG, with characters that XML cannot hold. */
export const HOSTILE = `<script>alert(1)</script>"'&]]>\u0000\ud800`;

/** The contents of one table, by its name and size. */
export function relation(name: string, storedBytes: number, rows = 10): RelationContents {
  return {
    kind: "table",
    namespace: "public",
    name,
    rows,
    bytes: storedBytes * 3,
    storedBytes,
    parts: 1,
    partial: false,
    masked: [],
  };
}

/** A drill that failed, with a probe of each status and hostile names. */
export const failedDrill: DrillReport = {
  ok: false,
  startedAt: "2026-11-24T03:10:00.000Z",
  elapsedMs: 7200,
  archive: "/var/backups/nexushub/nexushub-20261124T030000Z.tar.gz",
  archiveBytes: 3_360_302,
  archiveSha256: "ab".repeat(32),
  host: "vpn",
  plainRole: false,
  contents: {
    format: 1,
    tool: "nexushub-dump 0.1.0",
    createdAt: "2026-11-24T03:00:00.000Z",
    purpose: "backup",
    partial: false,
    owner: false,
    privileges: false,
    roles: [],
    roleDefinitions: [],
    selection: [],
    base: null,
    baseRows: 0,
    database: {
      name: "nexushub",
      encoding: "UTF8",
      collate: "C",
      ctype: "C",
      localeProvider: "libc",
      locale: null,
      icuRules: null,
      collationVersion: null,
      serverVersion: "16.14",
      serverVersionNum: 160014,
    },
    compression: "gzip:4",
    archiveBytes: 3_360_302,
    rows: 29_681,
    bytes: 11_913_069,
    storedBytes: 3_340_623,
    ratio: 3.5,
    objects: [],
    relations: [
      relation("audit_log_of_a_name_that_goes_on", 2_571_053, 20_000),
      relation("users", 20_671, 120),
      relation(HOSTILE, 300),
      relation("empty", 0, 0),
    ],
    sequences: 2,
    statistics: 0,
    warnings: [],
    hasKey: true,
  },
  target: "embedded PostgreSQL 16.14",
  restoreMs: 1062,
  recoveryPoint: "2026-11-24T02:59:04.000Z",
  probes: [
    {
      id: "archive",
      title: "Archive verified",
      status: "passed",
      message: "all 26 entries are intact",
      elapsedMs: 127,
    },
    {
      id: "constraints",
      title: "Foreign keys and checks",
      status: "failed",
      message: `1 of 28 ${HOSTILE}`,
      details: ["public.a: 1 row", HOSTILE],
      hint: "repair it",
      elapsedMs: 33,
    },
    {
      id: "key",
      title: "Key fits the archive",
      status: "not-run",
      message: "no key",
      elapsedMs: 0,
    },
  ],
};
