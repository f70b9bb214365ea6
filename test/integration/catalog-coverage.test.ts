/**
 * Nothing in a server's catalogs may be unknown to us, and nothing of a user's may be lost in silence. A new major
 * fails the first three tests until somebody has decided what a dump does with what it brings.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CATALOG_COLUMNS } from "../../src/catalog/coverage/catalog-columns.ts";
import { type CatalogTableRow, catalogTables } from "../../src/catalog/coverage/catalog-table.ts";
import { unknownCatalogs } from "../../src/catalog/coverage/unknown-catalogs.ts";
import { unknownProperties } from "../../src/catalog/coverage/unknown-columns.ts";
import { CATALOGS } from "../../src/catalog/coverage/covered.ts";
import { KIND_VALUES } from "../../src/catalog/coverage/kind-values.ts";
import type { Query } from "../../src/catalog/query.ts";
import { readCatalog } from "../../src/catalog/read.ts";
import { uncovered } from "../../src/catalog/coverage/uncovered.ts";
import { userObjects } from "../../src/catalog/coverage/user-objects.ts";
import { serverVersion } from "../../src/catalog/version.ts";
import { ddlContext } from "../../src/ddl/context.ts";
import { dumpableObjects } from "../../src/ddl/emitters.ts";
import { catalogQuery } from "../support/catalog-query.ts";
import { definingObjects } from "../../src/plan/defining-objects.ts";
import { freshDatabase, MAJORS, type TestDatabase } from "../support/postgres.ts";

/** What a dump of this database would name as lost. */
async function lost(database: TestDatabase, major: number): Promise<string[]> {
  const client = await database.client();
  await client.query("SET search_path = ''");
  const query: Query = catalogQuery(client);
  const catalog = await readCatalog(query, serverVersion(major * 10_000));
  const options = {
    noTablespaces: false,
    noTableAccessMethod: false,
    noToastCompression: false,
    userMappingSecrets: false,
    databaseProperties: false,
  };
  const covered = definingObjects(dumpableObjects(ddlContext(catalog, options)));
  const objects = await uncovered(
    query,
    catalog,
    covered,
    await userObjects(query, catalog.catalogTables),
  );
  return objects.map(({ kind, name }) => `${kind} ${name}`);
}

describe.each(MAJORS)("PostgreSQL %i", (major) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await freshDatabase({ major });
  });
  afterAll(async () => {
    await database.drop();
  });

  test("has the catalogs that are listed, and no other", async () => {
    const rows = await database.query<{ name: string; shared: boolean }>(
      `SELECT relname::text AS name, relisshared AS shared FROM pg_catalog.pg_class
       WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind = 'r' ORDER BY relname COLLATE "C"`,
    );
    const listed = Object.keys(CATALOGS).filter((name) => major >= (CATALOGS[name]!.since ?? 0));
    expect(rows.map(({ name }) => name)).toEqual(listed.sort());
    // What is shared is not one database's, but for subscriptions.
    expect(rows.filter(({ shared }) => shared).map(({ name }) => name)).toEqual(
      listed.filter((name) => CATALOGS[name]!.how === "cluster" || name === "pg_subscription"),
    );
  });

  // Read again for each row where `work_mem` is too small for them, and there can be as many as tables.
  test("user objects are listed without a list of relations in NOT IN", async () => {
    const client = await database.client();
    const explain: Query = async (sql) => (await client.query(`EXPLAIN ${sql}`)).rows;
    const tables = await database.query<CatalogTableRow>(
      catalogTables.sql(serverVersion(major * 10_000), true),
    );
    const plan = (await userObjects(explain, tables))
      .map((row) => (row as unknown as Record<string, string>)["QUERY PLAN"])
      .join("\n");
    expect(plan).toContain("CTE Scan on ignored_relation");
    expect(plan).not.toMatch(/SubPlan \d+\n\s*->\s+CTE Scan on ignored_relation /);
  });

  test("has no column of a catalog that is not listed", async () => {
    const rows = await database.query<{ catalog: string; columns: string[] }>(
      `SELECT c.relname::text AS catalog, array_agg(a.attname::text) AS columns
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
       WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'r' GROUP BY 1`,
    );
    const unlisted = rows.flatMap(({ catalog, columns }) => {
      const listed = new Set(CATALOG_COLUMNS[catalog]?.split(" "));
      return columns
        .filter((column) => !listed.has(column))
        .map((column) => `${catalog}.${column}`);
    });
    expect(unlisted).toEqual([]);
  });

  test("tells kinds apart by the columns that are listed", async () => {
    const rows = await database.query<{ name: string }>(
      `SELECT c.relname || '.' || a.attname AS name
       FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
       WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'r' AND a.attnum > 0
         AND a.atttypid IN ('"char"'::regtype, '"char"[]'::regtype)`,
    );
    const unknown = rows.map(({ name }) => name).filter((name) => !(name in KIND_VALUES));
    expect(unknown).toEqual([]);
  });

  test("uses no value in them that is not understood", async () => {
    const columns = Object.entries(KIND_VALUES).filter(([, values]) => values !== null);
    const present = await database.query<{ name: string }>(
      `SELECT c.relname || '.' || a.attname AS name
       FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
       WHERE c.relnamespace = 'pg_catalog'::regnamespace AND a.atttypid IN ('"char"'::regtype, '"char"[]'::regtype)`,
    );
    const names = new Set(present.map(({ name }) => name));
    let seen = 0;
    for (const [column, values] of columns.filter(([name]) => names.has(name))) {
      const [table, name] = column.split(".");
      const rows = await database.query<{ value: string }>(
        `SELECT DISTINCT ${name}::text AS value FROM pg_catalog.${table} WHERE ${name} IS NOT NULL`,
      );
      seen += rows.length;
      expect(values, column).toEqual(expect.arrayContaining(rows.map(({ value }) => value)));
    }
    expect(seen).toBeGreaterThan(50);
  });

  test("keeps nothing back: every class of objects in pg_depend is in a listed catalog", async () => {
    const rows = await database.query<{ name: string }>(
      `SELECT DISTINCT classid::regclass::text AS name FROM (
         SELECT classid FROM pg_catalog.pg_depend UNION SELECT refclassid FROM pg_catalog.pg_depend
         UNION SELECT classid FROM pg_catalog.pg_shdepend UNION SELECT refclassid FROM pg_catalog.pg_shdepend) d
       WHERE classid <> 0`,
    );
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.map(({ name }) => name).filter((name) => !(name in CATALOGS))).toEqual([]);
  });

  test("an empty database has nothing to lose, temporary objects and extensions are nobody's loss", async () => {
    const fresh = await freshDatabase({ major });
    try {
      expect(await lost(fresh, major)).toEqual([]);
      const client = await fresh.client();
      await client.query(`
        CREATE TEMP TABLE t (id serial PRIMARY KEY, v text DEFAULT 'x' CHECK (v <> ''), t int REFERENCES pg_temp.t);
        CREATE TEMP VIEW v AS SELECT * FROM t;
        CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
        CREATE TYPE pg_temp.c AS (a int);
        CREATE TYPE pg_temp.e AS ENUM ('a');
        CREATE EXTENSION hstore; CREATE EXTENSION btree_gist; CREATE EXTENSION pg_stat_statements;
        CREATE EXTENSION citext; CREATE EXTENSION postgres_fdw; CREATE EXTENSION ltree; CREATE EXTENSION isn`);
      expect(await lost(fresh, major)).toEqual([]);
    } finally {
      await fresh.drop();
    }
  });

  test("names what users put into PostgreSQL's own schemas and operator families", async () => {
    const fresh = await freshDatabase({ major });
    try {
      await fresh.query(`
        CREATE FUNCTION pg_catalog.theirs(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
        CREATE TYPE information_schema."odd ""type""" AS ENUM ('a');
        ALTER OPERATOR FAMILY pg_catalog.integer_ops USING btree ADD OPERATOR 1 pg_catalog.< (money, money)`);
      expect(await lost(fresh, major)).toEqual([
        "function pg_catalog.theirs(integer)",
        "operator of access method operator 1 (pg_catalog.money, pg_catalog.money) of pg_catalog.integer_ops USING btree",
        'type information_schema."odd ""type"""',
      ]);
    } finally {
      await fresh.drop();
    }
  });

  test("names every object that no dumpable object covers", async () => {
    const fresh = await freshDatabase({ major });
    try {
      await fresh.query(`CREATE TABLE t (id int PRIMARY KEY); CREATE VIEW v AS SELECT id FROM t`);
      const client = await fresh.client();
      await client.query("SET search_path = ''");
      const query: Query = catalogQuery(client);
      const catalog = await readCatalog(query, serverVersion(major * 10_000));
      const objects = await uncovered(
        query,
        catalog,
        new Map(),
        await userObjects(query, catalog.catalogTables),
      );
      expect(objects.map(({ kind, name }) => `${kind} ${name}`)).toEqual(
        expect.arrayContaining([
          "table public.t",
          "view public.v",
          "table constraint t_pkey on public.t",
        ]),
      );
      expect(objects.find(({ kind }) => kind === "table")?.namespace).toBe("public");
    } finally {
      await fresh.drop();
    }
  });
});

/** Of a newer feature, but for the first lines, which have none. */
const NEWER_OBJECTS = `
  CREATE TABLE plain (id int PRIMARY KEY, b text DEFAULT 'x' CHECK (b <> ''), c int REFERENCES plain);
  CREATE VIEW v AS SELECT * FROM plain; CREATE MATERIALIZED VIEW m AS SELECT 1 AS a; CREATE SEQUENCE s;
  CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TYPE e AS ENUM ('a');
  CREATE DOMAIN d AS int CHECK (value > 0); CREATE TYPE c AS (a int);
  CREATE STATISTICS st ON id, b FROM plain; CREATE INDEX i ON plain (b);
  ALTER TABLE plain ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON plain USING (true);
  CREATE PUBLICATION pub FOR TABLE plain; CREATE EXTENSION hstore;
  CREATE TABLE newer (a int CONSTRAINT not_enforced CHECK (a > 0) NOT ENFORCED, b text COMPRESSION pglz);
  CREATE UNIQUE INDEX nulls ON newer (a) NULLS NOT DISTINCT;
  CREATE FUNCTION body() RETURNS int RETURN 1;
  CREATE COLLATION rules (provider = icu, locale = 'und', rules = '&a < g');
  CREATE STATISTICS expression ON (a + 1), b FROM newer;
  CREATE PUBLICATION filtered FOR TABLE plain (id) WHERE (id > 1);
  CREATE PUBLICATION whole FOR TABLES IN SCHEMA public;
  CREATE TYPE r AS RANGE (subtype = int);
  CREATE TEXT SEARCH CONFIGURATION tsc (COPY = pg_catalog.english);
  COMMENT ON TABLE plain IS 'x';
  CREATE TABLE heir () INHERITS (plain);
  SELECT lo_create(90000);`;

describe("on a server of which only what PostgreSQL 13 has is known", () => {
  let database: TestDatabase;
  let query: Query;
  let tables: readonly CatalogTableRow[];
  let known: Record<string, string>;
  beforeAll(async () => {
    const oldest = await freshDatabase({ major: MAJORS[0] });
    const rows = await oldest.query<{ catalog: string; columns: string }>(
      `SELECT c.relname::text AS catalog, string_agg(a.attname, ' ') AS columns
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
       WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'r' GROUP BY 1`,
    );
    await oldest.drop();
    known = Object.fromEntries(rows.map(({ catalog, columns }) => [catalog, columns]));
    database = await freshDatabase({ major: MAJORS.at(-1) });
    await database.query(NEWER_OBJECTS);
    const client = await database.client();
    await client.query("SET search_path = ''");
    query = catalogQuery(client);
    const version = serverVersion(database.server.major * 10_000);
    tables = (await readCatalog(query, version)).catalogTables;
  });
  afterAll(async () => {
    await database.drop();
  });

  test("each object with a newer property is named, and others only where the default is not known", async () => {
    const properties = await unknownProperties(query, tables, known);
    const names = properties.map(({ kind, name }) => `${kind} ${name}`);
    expect(
      names.filter((name) => !/\((pg_type\.typsubscript|pg_publication\.pubgencols)\)$/.test(name)),
    ).toEqual([
      "table public.newer (pg_attribute.attcompression)",
      "collation public.rules (pg_collation.colllocale)",
      "collation public.rules (pg_collation.collicurules)",
      "table constraint not_enforced on public.newer (pg_constraint.conenforced)",
      "index public.nulls (pg_index.indnullsnotdistinct)",
      "function public.body() (pg_proc.prosqlbody)",
      "publication relation public.plain in publication filtered (pg_publication_rel.prqual)",
      "publication relation public.plain in publication filtered (pg_publication_rel.prattrs)",
      "type public.r (pg_range.rngmultitypid)",
      "statistics object public.expression (pg_statistic_ext.stxexprs)",
    ]);
  });

  test("every catalog of users' objects has an object to name", async () => {
    const nothing = Object.fromEntries(Object.keys(CATALOG_COLUMNS).map((name) => [name, ""]));
    const properties = await unknownProperties(query, tables, nothing);
    const catalogs = new Set(properties.map(({ name }) => /\((\w+)\.\w+\)$/.exec(name)![1]));
    for (const name of [
      "pg_depend",
      "pg_description",
      "pg_enum",
      "pg_inherits",
      "pg_ts_config_map",
    ])
      expect(catalogs).toContain(name);
    expect(catalogs).toContain("pg_largeobject_metadata");
  });

  test("a catalog without oids is named where it refers to a user's object", async () => {
    const without = (...names: string[]) =>
      unknownCatalogs(query, tables, (name) => !names.includes(name));
    expect(await without()).toEqual([]);
    // No row of it is about a user's object, nor about those that are shared.
    expect(await without("pg_foreign_table", "pg_auth_members")).toEqual([]);
    expect((await without("pg_inherits", "pg_ts_config_map")).map(({ name }) => name)).toEqual([
      "pg_catalog.pg_inherits",
      "pg_catalog.pg_ts_config_map",
    ]);
  });
});

test("names objects that hold something in a column that is not known", async () => {
  const database = await freshDatabase();
  try {
    await database.query(`
      CREATE TABLE plain (a int); CREATE TABLE secured (a int NOT NULL); ALTER TABLE secured ENABLE ROW LEVEL SECURITY;
      CREATE FUNCTION strict(int) RETURNS int STRICT LANGUAGE sql AS 'SELECT 1';
      CREATE FUNCTION slow(int) RETURNS int LANGUAGE sql COST 999 AS 'SELECT 1';
      CREATE EXTENSION citext`);
    const client = await database.client();
    await client.query("SET search_path = ''");
    const query: Query = catalogQuery(client);
    const { catalogTables } = await readCatalog(
      query,
      serverVersion(database.server.major * 10_000),
    );
    const without = (catalog: string, column: string): Record<string, string> => ({
      ...CATALOG_COLUMNS,
      [catalog]: CATALOG_COLUMNS[catalog]!.split(" ")
        .filter((each) => each !== column)
        .join(" "),
    });
    const names = async (catalog: string, column: string): Promise<string[]> =>
      (await unknownProperties(query, catalogTables, without(catalog, column))).map(
        ({ kind, name }) => `${kind} ${name}`,
      );
    expect(await unknownProperties(query, catalogTables)).toEqual([]);
    expect(await names("pg_class", "relrowsecurity")).toEqual([
      "table public.secured (pg_class.relrowsecurity)",
    ]);
    expect(await names("pg_proc", "procost")).toContain(
      "function public.slow(integer) (pg_proc.procost)",
    );
    expect(await names("pg_attribute", "attidentity")).toEqual([]);
  } finally {
    await database.drop();
  }
});
