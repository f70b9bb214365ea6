/** The options of second copies, on the command line and in a schedule. */
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { checkScheduled } from "../../../src/cli/commands/schedule-words.ts";
import { retentionRules } from "../../../src/cli/retention-options.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());

describe("--copy-keep", () => {
  test.each([
    ["30", { keep: 30 }],
    ["newest=3, daily=30,within=36h", { keep: 3, keepDaily: 30, keepWithinMs: 36 * 3_600_000 }],
    [
      "days=9,hourly=8,weekly=7,monthly=6,yearly=5,drilled=4",
      {
        keepDays: 9,
        keepHourly: 8,
        keepWeekly: 7,
        keepMonthly: 6,
        keepYearly: 5,
        keepDrilled: 4,
      },
    ],
  ])("%s", (text, rules) => {
    expect(retentionRules(text)).toEqual(rules);
  });

  test.each(["", "dayly=3", "daily", "daily=0", "within=36", "daily=3,", "toString=3"])(
    "refuses %j",
    (text) => {
      expect(() => retentionRules(text)).toThrow(/must be/);
    },
  );
});

describe("a scheduled backup with a second copy", () => {
  test("writes into the folder of the copies", async () => {
    const words = ["--copy-to", folder.path, "--copy-keep", "daily=30"];
    expect(await checkScheduled("backup", words, {})).toMatchObject({ folders: [folder.path] });
    const store = ["--copy-to", "s3://backups/nexushub"];
    expect(await checkScheduled("backup", store, {})).toMatchObject({ folders: [] });
  });

  test.each([
    ["a folder that is not there", ["--copy-to", join(folder.path, "none")], /does not exist/],
    ["a relative path", ["--copy-to", "away"], /must be an absolute path/],
    ["rules for no copies", ["--copy-keep", "3"], /no folder for them/],
  ])("is refused for %s", async (_what, words, message) => {
    await expect(checkScheduled("backup", words, {})).rejects.toThrow(message);
  });
});
