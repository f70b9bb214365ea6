import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type BackupExtension,
  backupName,
  parseBackupName,
} from "../../../../src/nexushub/backup-folder/backup-name.ts";

describe("backup names", () => {
  test("are the old script's, with our extension", () => {
    const at = new Date("2026-04-23T03:00:01.987Z");
    expect(backupName(at, "tar.gz")).toBe("nexushub-20260423T030001Z.tar.gz");
    expect(backupName(at, "tar.zst.age")).toBe("nexushub-20260423T030001Z.tar.zst.age");
  });

  test("come back from every name, to the second", () => {
    const extension = fc.constantFrom<BackupExtension>(
      "tar",
      "tar.gz",
      "tar.zst",
      "tar.age",
      "tar.gz.age",
      "tar.zst.age",
      "differential.tar.gz",
      "differential.tar.zst.age",
    );
    const when = fc.date({
      min: new Date("2000-01-01"),
      max: new Date("2099-12-31"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(when, extension, (at, kind) => {
        const name = backupName(at, kind);
        const seconds = Math.floor(at.getTime() / 1000) * 1000;
        expect(parseBackupName(name)).toEqual({
          name,
          at: new Date(seconds),
          encrypted: kind.endsWith("age"),
          isDifferential: kind.startsWith("differential"),
        });
      }),
    );
  });

  test.each([
    "nexushub-20260423T030001Z.sql.gz",
    "nexushub-20260231T030001Z.tar.gz",
    "nexushub-20261301T030001Z.tar.gz",
    "nexushub-20260423T250001Z.tar.gz",
    "nexushub-20260423T030001.tar.gz",
    "nexushub-20260423T030001Z.tar.gz.part",
    "nexushub-20260423T030001Z.tar.bz2",
    "my-nexushub-20260423T030001Z.tar.gz",
    "nexushub-20260423T030001Z.tar.gz\n",
    ".nexushub-20260423T030001Z.tar.gz",
    "",
  ])("%j is not one of ours", (name) => {
    expect(parseBackupName(name)).toBeNull();
  });
});
