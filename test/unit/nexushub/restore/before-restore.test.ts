/** Names of dumps before a restore, and which of them go. */
import { expect, test } from "vitest";
import { parseBackupName } from "../../../../src/nexushub/backup-folder/backup-name.ts";
import {
  beforeRestoreName,
  KEPT,
  supersededDumps,
} from "../../../../src/nexushub/restore/before-restore.ts";

const dump = (day: number, identity = "7001/nexushub", encrypted = false) => ({
  identity,
  at: new Date(Date.UTC(2026, 2, day, 3)),
  encrypted,
});

test("the name tells the database and the time, and is not that of a backup", () => {
  const name = beforeRestoreName(dump(1));
  expect(name).toMatch(/^before-restore-nexushub-[0-9a-f]{8}-20260301T030000Z\.tar\.gz$/);
  expect(parseBackupName(name)).toBeNull();
  expect(beforeRestoreName(dump(1, "7001/a b/c", true))).toMatch(
    /^before-restore-a_b_c-[0-9a-f]{8}-20260301T030000Z\.tar\.gz\.age$/,
  );
});

test("all but the newest three are superseded, encrypted or not", () => {
  const days = [5, 2, 4, 1, 3].map((day) =>
    beforeRestoreName(dump(day, "7001/nexushub", day % 2 === 0)),
  );
  expect(KEPT).toBe(3);
  expect(supersededDumps(days, dump(5))).toEqual([days[1], days[3]]);
});

test("the new dump stays although a clock that went back makes it the oldest", () => {
  const days = [1, 2, 3, 4].map((day) => beforeRestoreName(dump(day)));
  expect(supersededDumps(days, dump(1))).toEqual([days[1]]);
});

test("nothing else is superseded: other databases and servers, and names that begin alike", () => {
  const name = beforeRestoreName(dump(9));
  const others = [
    ...[1, 2, 3, 4].map((day) => beforeRestoreName(dump(day, "7002/nexushub"))),
    ...[1, 2, 3, 4].map((day) => beforeRestoreName(dump(day, "7001/nexushub-test"))),
    ...[
      "20260301T030000Z.tar.gz.part",
      "x20260301T030000Z.tar.gz",
      "1-20260301T030000Z.tar.gz",
    ].map((rest) => name.replace("20260309T030000Z.tar.gz", rest)),
    "before-restore-nexushub-20260301T030000Z.tar.gz",
    "nexushub-20260301T030000Z.tar.gz",
  ];
  expect(supersededDumps([...others, name], dump(9))).toEqual([]);
});
