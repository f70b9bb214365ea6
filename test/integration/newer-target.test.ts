/** From an older server into a newer one: what newer majors changed the meaning of stays as it was. */
import { expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { restore } from "../../src/restore/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { EVERYTHING } from "../support/contents.ts";
import { corpus, dropSubscriptions } from "../support/corpus.ts";
import { type TestDatabase, withDatabase } from "../support/postgres.ts";

async function restored(
  sql: string,
  majors: { readonly from: number; readonly to: number },
  check: (target: TestDatabase, messages: readonly string[]) => Promise<void>,
): Promise<void> {
  await withDatabase(
    async (source) => {
      await source.query(sql);
      const archive = new MemoryStore();
      await dump(source.url, archive, EVERYTHING);
      await dropSubscriptions(source);
      await withDatabase(
        async (target) => {
          const { warnings } = await restore(archive, target.url, {
            trusted: true,
            owner: true,
            privileges: true,
          });
          await check(
            target,
            warnings.map(({ message }) => message),
          );
          await dropSubscriptions(target);
        },
        { major: majors.to },
      );
    },
    { major: majors.from },
  );
}

test.each([13, 15])("a subscription of PostgreSQL %i", async (from) => {
  const sql = "CREATE SUBSCRIPTION s CONNECTION 'dbname=x' PUBLICATION p WITH (connect = false)";
  await restored(sql, { from, to: 18 }, async (target) => {
    const read = `SELECT subrunasowner, substream FROM pg_subscription
      WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())`;
    expect(await target.query(read)).toEqual([{ subrunasowner: true, substream: "f" }]);
  });
});

test("all privileges of PostgreSQL 16 do not include MAINTAIN, and an owner does not lose it", async () => {
  const sql = `
    CREATE TABLE a (); GRANT ALL ON a TO pg_monitor;
    CREATE TABLE b (); REVOKE INSERT ON b FROM CURRENT_USER;
    ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO pg_monitor`;
  await restored(sql, { from: 16, to: 17 }, async (target) => {
    const [row] = await target.query(`
      SELECT has_table_privilege('pg_monitor', 'a', 'MAINTAIN') AS others,
             has_table_privilege('pg_monitor', 'a', 'TRIGGER') AS trigger,
             (SELECT array_agg(DISTINCT privilege_type ORDER BY privilege_type) FROM pg_class, aclexplode(relacl) WHERE relname = 'b') AS own,
             (SELECT defaclacl::text LIKE '%pg_monitor=arwdDxt/%' FROM pg_default_acl) AS later`);
    expect(row).toEqual({
      others: false,
      trigger: true,
      own: ["DELETE", "MAINTAIN", "REFERENCES", "SELECT", "TRIGGER", "TRUNCATE", "UPDATE"],
      later: true,
    });
  });
});

test("privileges on what the target lacks are left out, by name", async () => {
  const sql = `
    CREATE EXTENSION lo; CREATE TABLE given (a int); ALTER EXTENSION lo ADD TABLE given;
    GRANT SELECT ON given TO pg_monitor;
    GRANT EXECUTE ON FUNCTION pg_catalog.pg_start_backup(text, boolean, boolean) TO pg_monitor;
    GRANT EXECUTE ON FUNCTION pg_catalog.pg_ls_waldir() TO pg_read_all_stats`;
  await restored(sql, { from: 13, to: 18 }, async (target, messages) => {
    expect(messages).toEqual([
      "privileges on FUNCTION pg_catalog.pg_start_backup(text, boolean, boolean) were left out: what they are on does not exist in the target",
      "privileges on TABLE public.given were left out: what they are on does not exist in the target",
    ]);
    const held =
      "SELECT has_function_privilege('pg_read_all_stats', 'pg_ls_waldir()', 'EXECUTE') AS held";
    expect(await target.query(held)).toEqual([{ held: true }]);
  });
});

test("an unlogged partitioned table of PostgreSQL 17 becomes a logged one, its partitions stay unlogged", async () => {
  const { sql } = corpus(17).find(({ name }) => name === "table--unlogged-partitioned")!;
  const withoutKeys = sql.replaceAll(/ REFERENCES public\.\w/g, "");
  await restored(withoutKeys, { from: 17, to: 18 }, async (target) => {
    const read = `SELECT relname, relpersistence FROM pg_class WHERE relname IN ('p', 'p1', 'p2', 'n', 'n1') ORDER BY 1`;
    expect(await target.query(read)).toEqual(
      Object.entries({ n: "p", n1: "u", p: "p", p1: "u", p2: "p" }).map(
        ([relname, relpersistence]) => ({ relname, relpersistence }),
      ),
    );
  });
});

test("a foreign key that PostgreSQL 18 refuses stays with the unlogged partitions, and both sides say so", async () => {
  const sql = `
    CREATE UNLOGGED TABLE q (a int PRIMARY KEY);
    CREATE UNLOGGED TABLE n (a int REFERENCES q) PARTITION BY LIST (a);
    CREATE UNLOGGED TABLE n1 PARTITION OF n DEFAULT;
    CREATE TABLE n2 PARTITION OF n FOR VALUES IN (2);
    INSERT INTO q VALUES (1), (2); INSERT INTO n VALUES (1), (2);
    COMMENT ON CONSTRAINT n_a_fkey ON n IS 'refused by 18';
    COMMENT ON CONSTRAINT n_a_fkey ON n1 IS 'fine in 18';
    COMMENT ON CONSTRAINT n_a_fkey ON n2 IS 'refused by 18, too'`;
  await restored(sql, { from: 13, to: 18 }, async (target, messages) => {
    expect(messages).toEqual([
      "foreign key public.n n_a_fkey was left out but for unlogged partitions: the target has no unlogged partitioned tables, and no other table may refer to an unlogged one",
    ]);
    const read = `SELECT conrelid::regclass::text AS relation, obj_description(oid, 'pg_constraint') AS comment
      FROM pg_constraint WHERE contype = 'f'`;
    expect(await target.query(read)).toEqual([{ relation: "n1", comment: "fine in 18" }]);
    expect(await target.query("SELECT a FROM n ORDER BY a")).toEqual([{ a: 1 }, { a: 2 }]);
  });
});

test.each([
  [13, 18],
  [15, 16],
])(
  "columns generated in a child alone: a dump of PostgreSQL %i names them, %i refuses them",
  async (from, to) => {
    const { sql } = corpus(from).find(({ name }) => name === "table--generated-in-child")!;
    await withDatabase(
      async (source) => {
        await source.query(sql);
        const archive = new MemoryStore();
        const { warnings } = await dump(source.url, archive);
        expect(warnings.map(({ code, message }) => [code, message])).toEqual(
          ["child: b", "part_1: v"].map((column) => [
            "generated-column",
            `table public.${column} is generated, its parent's is not; PostgreSQL 16 and later refuse that`,
          ]),
        );
        await withDatabase(
          async (target) => {
            const alone =
              "a generated column whose parent's is not generated (PostgreSQL 15 and older)";
            await expect(restore(archive, target.url)).rejects.toMatchObject({
              code: "UNSUPPORTED_SERVER",
              message: `cannot restore into PostgreSQL ${to}, which lacks what the archive holds: table public.child: ${alone}, table attach public.part_1: ${alone}`,
            });
            const left = "SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace";
            expect(await target.query(left)).toEqual([]);
            // Without its parent a partition is a table of its own.
            await restore(archive, target.url, { tables: ["part_1"] });
            expect(await target.query("SELECT k, v FROM part_1")).toEqual([{ k: 1, v: 101 }]);
          },
          { major: to },
        );
      },
      { major: from },
    );
  },
);

test("bytes of a SQL_ASCII database that the target's encoding does not have are refused", async () => {
  await withDatabase(
    async (source) => {
      await source.query("CREATE TABLE t (a text); INSERT INTO t VALUES ('plain')");
      const archive = new MemoryStore();
      await dump(source.url, archive);
      await withDatabase(async (target) => {
        await restore(archive, target.url);
        expect(await target.query("SELECT a FROM t")).toEqual([{ a: "plain" }]);
      });
      await source.query("INSERT INTO t VALUES (convert_from('\\xff', 'SQL_ASCII'))");
      await dump(source.url, archive);
      await withDatabase(async (target) => {
        await expect(restore(archive, target.url)).rejects.toMatchObject({
          message: expect.stringContaining('invalid byte sequence for encoding "UTF8"'),
          hint: expect.stringContaining("SQL_ASCII database"),
        });
      });
    },
    { encoding: "SQL_ASCII" },
  );
});
