/** What a dump and a restore leave out by the same options, on a server. */
import { expect, test } from "vitest";
import { diff } from "../../src/diff/diff.ts";
import { dump } from "../../src/dump/dump.ts";
import type { DumpOptions } from "../../src/dump/options.ts";
import { restore } from "../../src/restore/restore.ts";

import { inspect } from "../../src/verify/inspect.ts";
import { MemoryStore } from "../support/archives.ts";
import { withDatabase } from "../support/postgres.ts";

const SQL = `
  CREATE SCHEMA app; COMMENT ON SCHEMA app IS 'mine'; CREATE TABLE app.t (a int); INSERT INTO app.t VALUES (1);
  CREATE TABLE p (a int) PARTITION BY LIST (a);
  CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1) PARTITION BY LIST (a); CREATE TABLE p11 PARTITION OF p1 DEFAULT;
  INSERT INTO p VALUES (1); CREATE TABLE base (a int); CREATE TABLE heir () INHERITS (base); INSERT INTO heir VALUES (2);
  CREATE UNLOGGED TABLE scratch (a int); INSERT INTO scratch VALUES (3);
  ALTER TABLE base ENABLE ROW LEVEL SECURITY; CREATE POLICY pol ON base USING (true); COMMENT ON POLICY pol ON base IS 'x';
  CREATE PUBLICATION pub FOR TABLE base; SELECT lo_from_bytea(99, 'old'); CREATE EXTENSION citext;`;

test("a dump leaves out kinds, children and extensions, and a diff with its database does, too", async () => {
  await withDatabase(async (source) => {
    await source.query(SQL);
    const contentsOf = async (options: DumpOptions) => {
      const store = new MemoryStore();
      await dump(source.url, store, { ...options, owner: false, privileges: false });
      const { objects, relations } = await inspect(store);
      const kinds = objects.map(({ kind }) => kind);
      return {
        store,
        kinds,
        rows: relations.filter(({ rows }) => rows > 0).map(({ name }) => name),
      };
    };
    const tables = ["t", "heir", "p11", "scratch"];
    const whole = await contentsOf({});
    expect(whole.rows).toEqual(expect.arrayContaining([...tables, "pg_largeobject"]));
    const less = await contentsOf({
      noComments: true,
      noPublications: true,
      noSubscriptions: true,
      noPolicies: true,
      noSecurityLabels: true,
      noLargeObjects: true,
      noUnloggedTableData: true,
      excludeExtensions: ["cit*"],
      excludeTableDataAndChildren: ["p"],
    });
    expect(less.kinds.toSorted()).toEqual(["schema", "table", "table-attach"].toSorted());
    expect(less.rows.toSorted()).toEqual(["heir", "t"]);
    const difference = await diff(less.store, { database: source.url });
    expect(difference.equal, JSON.stringify(difference)).toBe(true);
    expect((await contentsOf({ tablesAndChildren: ["p", "base"] })).rows.toSorted()).toEqual([
      "heir",
      "p11",
    ]);
    expect((await contentsOf({ excludeTablesAndChildren: ["p", "b*"] })).rows).not.toContain("p11");

    await withDatabase(async (target) => {
      const options = {
        noComments: true,
        noPolicies: true,
        noPublications: true,
        excludeTables: ["p*"],
      };
      await restore(whole.store, target.url, { ...options, excludeTableData: ["scratch"] });
      const [row] =
        await target.query(`SELECT to_regclass('p') AS p, (SELECT count(*)::int FROM scratch) AS scratch,
        (SELECT count(*)::int FROM heir) AS heir, (SELECT count(*)::int FROM pg_policy) AS policies`);
      expect(row).toEqual({ p: null, scratch: 0, heir: 1, policies: 0 });
      // What is left out is not taken away either.
      await target.query("CREATE TABLE p (kept int)");
      const { dropped } = await restore(whole.store, target.url, { ...options, force: true });
      expect(dropped).toContain("table public.base");
      expect(await target.query("SELECT kept FROM p")).toEqual([]);
    });
  });
});
