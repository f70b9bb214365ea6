import { describe, expect, test } from "vitest";
import {
  keyOfTemplate,
  copyName,
  isOrphan,
  keptName,
  keptUntil,
  OUR_NAMES,
  templateComment,
  templateLockKey,
  templateName,
  unfinishedTemplateName,
} from "../../../src/testing/database-names.ts";

const ARCHIVE = "0123456789abcdef";
const OWNER = { pid: 4711, started: "1795800000123456" };

describe("names of test databases", () => {
  test("fit into 63 bytes, whatever the process id and the number of the copy", () => {
    const owner = { pid: 2 ** 31 - 1, started: "9999999999999999" };
    expect(copyName(ARCHIVE, owner, 99_999).length).toBeLessThanOrEqual(63);
    expect(unfinishedTemplateName(ARCHIVE, owner).length).toBeLessThanOrEqual(63);
  });

  test("identify the owner, and a database without one is an orphan", () => {
    for (const name of [copyName(ARCHIVE, OWNER, 3), unfinishedTemplateName(ARCHIVE, OWNER)]) {
      expect(isOrphan(name, [OWNER])).toBe(false);
      expect(isOrphan(name, [{ ...OWNER, started: "1795800000123457" }])).toBe(true);
      expect(isOrphan(name, [{ ...OWNER, pid: 471 }])).toBe(true);
      expect(name).toMatch(new RegExp(OUR_NAMES));
    }
  });

  test("templates and kept databases have no owner, and kept ones are not ours to drop", () => {
    expect(isOrphan(templateName(ARCHIVE), [])).toBe(false);
    expect(isOrphan(keptName("a1b2c3"), [])).toBe(false);
    expect(keptName("a1b2c3")).not.toMatch(new RegExp(OUR_NAMES));
    expect(keyOfTemplate(templateName(ARCHIVE))).toBe(ARCHIVE);
    expect(keyOfTemplate(copyName(ARCHIVE, OWNER, 1))).toBeUndefined();
  });

  test("the time in a template's comment is read back, and no other comment has one", () => {
    expect(keptUntil(templateComment(1795800000))).toBe(1795800000);
    for (const comment of [null, "", "after 5", "template of nexushub-dump, after"])
      expect(keptUntil(comment)).toBe(0);
  });

  test("the lock's key is a bigint of PostgreSQL", () => {
    expect(templateLockKey("ffffffffffffffff")).toBe("-1");
    expect(templateLockKey("7fffffffffffffff")).toBe("9223372036854775807");
  });
});
