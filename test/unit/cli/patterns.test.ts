import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { dumpPatterns, restorePatterns } from "../../../src/cli/patterns.ts";
import { UsageError } from "../../../src/errors.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

async function filterFile(text: string, use: (file: string) => Promise<void>): Promise<void> {
  const folder = temporaryFolder();
  try {
    const file = join(folder.path, "filter");
    await writeFile(file, text);
    await use(file);
  } finally {
    folder.remove();
  }
}

test("a dump and a restore read the patterns of the command line, then those of filter files", () =>
  filterFile("include table b\nexclude table_data_and_children c\n", async (file) => {
    const options = { table: ["a"], excludeSchema: ["s"], filter: [file] };
    const patterns = {
      tables: ["a", "b"],
      excludeSchemas: ["s"],
      excludeTableDataAndChildren: ["c"],
    };
    expect(await dumpPatterns(options)).toEqual(patterns);
    expect(await restorePatterns(options)).toEqual(patterns);
  }));

test.each(["include extension citext", "include foreign_data s"])(
  "%s is for a dump alone",
  (line) =>
    filterFile(line, async (file) => {
      expect(Object.keys(await dumpPatterns({ filter: [file] }))).toHaveLength(1);
      await expect(restorePatterns({ filter: [file] })).rejects.toThrow(UsageError);
    }),
);
