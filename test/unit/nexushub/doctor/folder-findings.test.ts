import { describe, expect, test } from "vitest";
import { backupName } from "../../../../src/nexushub/backup-folder/backup-name.ts";
import type { BackupFile } from "../../../../src/nexushub/backup-folder/list-backups.ts";
import { EMPTY_LEDGER } from "../../../../src/nexushub/backup-folder/ledger.ts";
import { judgeNewest } from "../../../../src/nexushub/doctor/folder-findings.ts";

const NOW = new Date("2026-11-24T09:00:00Z");
const VERIFIED = {
  archiveBytes: 1000,
  verifiedAt: "2026-11-24T03:00:10Z",
  database: "1/nexushub",
  sha256: null,
  base: null,
};

/** The facts of a folder with backups of these times, all recorded with 1000 bytes. */
function facts(times: readonly string[], archiveBytes = 1000) {
  const backups = times.map((time): BackupFile => {
    const at = new Date(time);
    const name = backupName(at, "tar.gz");
    const entry = archiveBytes === VERIFIED.archiveBytes ? VERIFIED : null;
    const ofName = { name, at, encrypted: false, isDifferential: false };
    return { ...ofName, path: `/backups/${name}`, archiveBytes, entry };
  });
  const recorded = Object.fromEntries(backups.map(({ name }) => [name, VERIFIED]));
  return { backups, ledger: { ...EMPTY_LEDGER, backups: recorded }, problem: null, now: NOW };
}

describe("judgeNewest", () => {
  test("accepts a verified backup of the last night", () => {
    expect(judgeNewest(facts(["2026-11-24T03:00:00Z"]))).toMatchObject({
      status: "ok",
      message: expect.stringContaining("6 h 00 min old, verified; 1 in total"),
    });
  });

  test("fails for a file whose size is not the recorded one", () => {
    expect(judgeNewest(facts(["2026-11-24T03:00:00Z"], 600))).toMatchObject({
      status: "failed",
      message: expect.stringMatching(/has 600 B, but 1000 B were written: it is damaged/),
    });
  });

  test("is not deceived by a time in the future", () => {
    const future = "2026-12-24T03:00:00Z";
    expect(judgeNewest(facts([future, "2026-11-20T03:00:00Z"]))).toMatchObject({
      status: "failed",
      message: expect.stringMatching(/20261120T030000Z.* 4 days old.*20261224.* is in the future/),
      hint: expect.stringContaining("journalctl"),
    });
    expect(judgeNewest(facts([future, "2026-11-24T03:00:00Z"]))).toMatchObject({
      status: "warning",
      message: expect.stringContaining("is in the future"),
    });
    expect(judgeNewest(facts([future])).status).toBe("failed");
  });

  test("a fresh file that nobody verified does not hide that backups stopped", () => {
    const { backups, ...others } = facts(["2026-11-24T03:00:00Z", "2026-11-20T03:00:00Z"]);
    const planted = backups.map((file, i) => (i === 0 ? { ...file, entry: null } : file));
    const ledger = { ...others.ledger, backups: {} };
    expect(judgeNewest({ ...others, ledger, backups: planted })).toMatchObject({
      status: "failed",
      message: expect.stringContaining("the newest verified one is 4 days"),
    });
    expect(judgeNewest({ ...others, ledger, backups: [planted[0]!] }).status).toBe("warning");
  });
});
