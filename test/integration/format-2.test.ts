/** What earlier writers of format 2 wrote, verified and restored as it was then: test/archives/format-2/README.md says how. */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { restore } from "../../src/restore/restore.ts";
import { verify } from "../../src/verify/verify.ts";
import { FORMAT_1_ROWS, rowsOf } from "../support/format-1.ts";
import { withDatabase } from "../support/postgres.ts";

const FOLDER = fileURLToPath(new URL("../archives/format-2/", import.meta.url));
const ARCHIVES = readdirSync(FOLDER).filter((name) => name.endsWith(".tar.gz"));

test("there are some", () => {
  expect(ARCHIVES.length).toBeGreaterThan(1);
});

test.each(ARCHIVES)("%s", async (name) => {
  await verify(FOLDER + name);
  await withDatabase(async (database) => {
    await restore(FOLDER + name, database.url, { trusted: true });
    expect(await rowsOf(database)).toEqual(FORMAT_1_ROWS);
  });
});
