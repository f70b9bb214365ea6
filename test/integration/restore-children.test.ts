/** The same patterns leave out the same at a dump and at a restore: children of tables, and rows of unlogged ones. */
import { expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import type { DumpOptions } from "../../src/dump/options.ts";
import { UsageError } from "../../src/errors.ts";
import { restore } from "../../src/restore/restore.ts";
import type { RestoreOptions } from "../../src/restore/options.ts";
import { MemoryStore } from "../support/archives.ts";
import { withDatabase } from "../support/postgres.ts";

/** `elsewhere` has a column of the type of `base`'s rows, and is no child; `late` becomes a child after its creation. */
const SQL = `
  CREATE TABLE p (a int) PARTITION BY LIST (a);
  CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1) PARTITION BY LIST (a); CREATE TABLE p11 PARTITION OF p1 DEFAULT;
  CREATE TABLE p2 PARTITION OF p DEFAULT;
  INSERT INTO p VALUES (1), (2);
  CREATE TABLE base (a int); CREATE TABLE heir (b int) INHERITS (base); CREATE TABLE heirs_heir () INHERITS (heir);
  CREATE TABLE elsewhere (b base);
  CREATE TABLE late (c int, a int); ALTER TABLE late INHERIT base;
  INSERT INTO base VALUES (1); INSERT INTO heir VALUES (2); INSERT INTO heirs_heir VALUES (3); INSERT INTO elsewhere VALUES (ROW(4));
  INSERT INTO late VALUES (5, 6);
  CREATE UNLOGGED TABLE scratch (id int GENERATED ALWAYS AS IDENTITY); INSERT INTO scratch DEFAULT VALUES;`;

type Both = Pick<
  DumpOptions & RestoreOptions,
  | "tables"
  | "tablesAndChildren"
  | "excludeTablesAndChildren"
  | "excludeTableDataAndChildren"
  | "noUnloggedTableData"
>;

const OPTIONS: readonly (readonly [Both, tables: string[], withRows: string[]])[] = [
  [{ tablesAndChildren: ["p"] }, ["p", "p1", "p11", "p2"], ["p11", "p2"]],
  [{ tablesAndChildren: ["p1"], tables: ["p2"] }, ["p1", "p11", "p2"], ["p11", "p2"]],
  [
    { tablesAndChildren: ["ba*"] },
    ["base", "heir", "heirs_heir", "late"],
    ["base", "heir", "heirs_heir", "late"],
  ],
  [
    { excludeTablesAndChildren: ["p", "heir"] },
    ["base", "elsewhere", "late", "scratch"],
    ["base", "elsewhere", "late", "scratch"],
  ],
  [
    { excludeTableDataAndChildren: ["p1", "base"], tablesAndChildren: ["p", "base"] },
    ["base", "heir", "heirs_heir", "late", "p", "p1", "p11", "p2"],
    ["p2"],
  ],
  [{ noUnloggedTableData: true, tables: ["scratch"] }, ["scratch"], []],
];

const CONTENTS = `
  SELECT c.relname::text AS name, (pg_catalog.query_to_xml('SELECT FROM ONLY ' || c.oid::regclass, true, false, '')::text LIKE '%<row%') AS rows
  FROM pg_class c WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace ORDER BY c.relname COLLATE "C"`;

async function contentsOf(
  archive: MemoryStore,
  options: RestoreOptions,
): Promise<{ tables: unknown[]; withRows: unknown[]; last: unknown }> {
  return withDatabase(async (target) => {
    await restore(archive, target.url, options);
    const rows = await target.query(CONTENTS);
    const [sequence] = await target.query(
      "SELECT last_value IS NOT NULL AS used FROM pg_sequences WHERE sequencename = 'scratch_id_seq'",
    );
    return {
      tables: rows.map(({ name }) => name),
      withRows: rows.filter((row) => row["rows"] === true).map(({ name }) => name),
      last: sequence?.["used"],
    };
  });
}

test("a dump and a restore take the same with the same options", () =>
  withDatabase(async (source) => {
    await source.query(SQL);
    const whole = new MemoryStore();
    await dump(source.url, whole, {});
    for (const [options, tables, withRows] of OPTIONS) {
      const part = new MemoryStore();
      await dump(source.url, part, options);
      const atDump = await contentsOf(part, {});
      const atRestore = await contentsOf(whole, options);
      expect([options, atRestore]).toEqual([options, atDump]);
      expect([options, atRestore.tables, atRestore.withRows]).toEqual([options, tables, withRows]);
    }
    await expect(contentsOf(whole, { tablesAndChildren: ["absent"] })).rejects.toThrow(
      "the archive holds no table that matches absent",
    );
  }));

test("an archive without definitions does not know children", () =>
  withDatabase(async (source) => {
    await source.query(SQL);
    const rows = new MemoryStore();
    await dump(source.url, rows, { dataOnly: true });
    await expect(
      restore(rows, source.url, { dataOnly: true, tablesAndChildren: ["p"] }),
    ).rejects.toThrow(UsageError);
  }));
