/** What cannot be carried stops a dump by name, or is left out with a warning when that is asked for. */
import { expect, it } from "vitest";
import { openArchive } from "../../src/archive/reader.ts";
import { dump } from "../../src/dump/dump.ts";
import { MemoryStore } from "../support/archives.ts";
import { withDatabase } from "../support/postgres.ts";

// A catalog row of a kind that no version knows stands for what a later version may bring.
const UNKNOWN = `
  SET allow_system_table_mods = on;
  CREATE SCHEMA s; CREATE TYPE s.strange AS ENUM ();
  UPDATE pg_type SET typtype = 'z' WHERE typname = 'strange'`;

it("names the object, or records that it was left out", async () => {
  await withDatabase(async (database) => {
    await database.query(UNKNOWN);
    await expect(dump(database.url, new MemoryStore())).rejects.toMatchObject({
      code: "UNSUPPORTED_OBJECT",
      objects: ["type s.strange"],
    });
    await dump(database.url, new MemoryStore(), { schemas: ["public"] });
    await dump(database.url, new MemoryStore(), { excludeSchemas: ["s"] });
    await expect(dump(database.url, new MemoryStore(), { schemas: ["s"] })).rejects.toMatchObject({
      code: "UNSUPPORTED_OBJECT",
    });
    const store = new MemoryStore();
    const { warnings } = await dump(database.url, store, { skipUnsupported: true });
    expect(warnings).toEqual(["type s.strange cannot be dumped and was left out"]);
    const reader = await openArchive(store);
    expect(reader.manifest.warnings).toEqual(warnings);
    await reader.close();
  });
});
