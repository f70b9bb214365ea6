import { expect, test } from "vitest";
import { backupName, parseBackupName } from "../../../../src/nexushub/backup-folder/backup-name.ts";
import { EMPTY_LEDGER, type LedgerEntry } from "../../../../src/nexushub/backup-folder/ledger.ts";
import type { BackupFile } from "../../../../src/nexushub/backup-folder/list-backups.ts";
import { type FolderState, planCopies } from "../../../../src/nexushub/copy/plan.ts";

interface Sketch {
  readonly day: number;
  readonly bytes?: number;
  readonly base?: number;
  readonly listed?: Partial<LedgerEntry> | false;
}

const digest = (day: number): string => String(day).repeat(64).slice(0, 64);

function nameOf({ day, base }: Sketch): string {
  const extension = base === undefined ? "tar.gz" : "differential.tar.gz";
  return backupName(new Date(Date.UTC(2026, 10, day)), extension);
}

function folderOf(...sketches: Sketch[]): FolderState {
  const backups: Record<string, LedgerEntry> = {};
  const files = sketches.map((sketch): BackupFile => {
    const { day, bytes = 100, base, listed = {} } = sketch;
    const name = nameOf(sketch);
    const entry: LedgerEntry | null =
      listed === false
        ? null
        : {
            archiveBytes: 100,
            verifiedAt: "2026-11-30T00:00:00.000Z",
            database: "1/shop",
            sha256: digest(day),
            base: base === undefined ? null : digest(base),
            ...listed,
          };
    if (entry !== null) backups[name] = entry;
    const isEntry = entry?.archiveBytes === bytes;
    return {
      ...parseBackupName(name)!,
      path: `/a/${name}`,
      archiveBytes: bytes,
      entry: isEntry ? entry : null,
    };
  });
  return {
    files: files.toSorted((a, b) => b.at.getTime() - a.at.getTime()),
    ledger: { ...EMPTY_LEDGER, backups },
  };
}

function planned(source: FolderState, target: FolderState, names?: readonly string[]) {
  const { steps, present } = planCopies(
    source,
    target,
    ({ name }) => names === undefined || names.includes(name),
  );
  return {
    present,
    steps: steps.map(({ file, action, problem }) => [
      file.at.getUTCDate(),
      problem?.code ?? action,
    ]),
  };
}

test("what is missing is copied, the newest first", () => {
  const source = folderOf({ day: 1 }, { day: 2 }, { day: 3 });
  expect(planned(source, folderOf({ day: 2 }))).toEqual({
    present: 1,
    steps: [
      [3, "copy"],
      [1, "copy"],
    ],
  });
});

test("a base comes before what needs it, although it was not chosen", () => {
  const source = folderOf({ day: 1 }, { day: 2, base: 1 }, { day: 3 });
  expect(planned(source, folderOf(), [nameOf({ day: 2, base: 1 })]).steps).toEqual([
    [1, "copy"],
    [2, "copy"],
  ]);
});

test("a base that only the target has is enough, and one that nobody has is not", () => {
  const source = folderOf({ day: 2, base: 1 }, { day: 3 });
  expect(planned(source, folderOf({ day: 1 })).steps).toEqual([
    [3, "copy"],
    [2, "copy"],
  ]);
  expect(planned(source, folderOf()).steps).toEqual([
    [3, "copy"],
    [2, "BASE_MISSING"],
  ]);
});

test.each([
  ["another size than was written", { day: 1, bytes: 99 }],
  ["known damage", { day: 1, listed: { damagedAt: "2026-11-30T00:00:00.000Z" } }],
] as const)("a backup of %s is not copied", (_what, sketch) => {
  expect(planned(folderOf(sketch), folderOf()).steps).toEqual([[1, "ARCHIVE_DAMAGED"]]);
});

test.each([
  ["another backup of the name", { day: 1, listed: { sha256: digest(9) } }],
  ["another backup of another size", { day: 1, bytes: 50, listed: { archiveBytes: 50 } }],
  ["a copy of another size than was written", { day: 1, bytes: 99 }],
  ["a copy with known damage", { day: 1, listed: { damagedAt: "2026-11-30T00:00:00.000Z" } }],
  ["a file of another size that nobody listed", { day: 1, bytes: 99, listed: false }],
] as const)("%s is neither replaced nor taken for the copy", (_what, sketch) => {
  expect(planned(folderOf({ day: 1 }), folderOf(sketch))).toEqual({
    present: 0,
    steps: [[1, "OUTPUT"]],
  });
});

test("a copy that a killed run did not list is checked", () => {
  expect(planned(folderOf({ day: 1 }), folderOf({ day: 1, listed: false })).steps).toEqual([
    [1, "check"],
  ]);
});

test("a backup that the source does not list is copied, and not copied again", () => {
  const source = folderOf({ day: 1, listed: false });
  expect(planned(source, folderOf()).steps).toEqual([[1, "copy"]]);
  expect(planned(source, folderOf({ day: 1 }))).toEqual({ present: 1, steps: [] });
});
