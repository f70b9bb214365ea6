/**
 * A server that says it is PostgreSQL 19, of which there is no test server yet: one of 18, where catalogs are read with the columns of
 * 19 and with recorded rows. The columns are those of the documentation of 19 (pg_foreign_data_wrapper, pg_publication,
 * pg_publication_rel, pg_subscription) and of src/include/catalog on its branch, REL_19_STABLE; the rows are what the examples in
 * CREATE PUBLICATION, CREATE SUBSCRIPTION and CREATE FOREIGN DATA WRAPPER leave in them. So every statement that is written for 19
 * runs on a real server.
 */
import { CATALOG } from "../../src/catalog/address.ts";
import { type StatementProxy, statementProxy } from "./statement-proxy.ts";

/** Objects of 18, in whose rows 19's columns hold something (`RECORDED`). */
export const NINETEEN = `
  CREATE TABLE secret (a int PRIMARY KEY); CREATE TABLE "Log book" (a int);
  CREATE TABLE shown (a int, doubled int GENERATED ALWAYS AS (a * 2) STORED);
  CREATE PUBLICATION everything FOR ALL TABLES;
  CREATE PUBLICATION counters;
  CREATE PUBLICATION one FOR TABLE shown (a) WHERE (a > 0);
  CREATE FUNCTION connection(oid, oid, internal) RETURNS text LANGUAGE internal AS 'generate_series_int4_support';
  CREATE FOREIGN DATA WRAPPER wrapper; CREATE SERVER far FOREIGN DATA WRAPPER wrapper;
  CREATE USER MAPPING FOR CURRENT_USER SERVER far;
  CREATE SUBSCRIPTION through CONNECTION '' PUBLICATION p WITH (connect = false);
  CREATE SUBSCRIPTION patient CONNECTION 'dbname=x' PUBLICATION p WITH (connect = false);
  CREATE SUBSCRIPTION plain CONNECTION 'dbname=x' PUBLICATION p WITH (connect = false);
  CREATE FUNCTION planner(internal) RETURNS internal LANGUAGE internal AS 'generate_series_int4_support';
  CREATE AGGREGATE total(int) (sfunc = int4pl, stype = int);
  CREATE TYPE span AS RANGE (subtype = int);
  CREATE STATISTICS on_virtual ON a, doubled FROM shown;
  CREATE STATISTICS on_expression ON (doubled + 1) FROM shown;
  CREATE TABLE hosts (ip inet); CREATE INDEX addresses ON hosts USING gist (ip inet_ops);
  SET allow_system_table_mods = on;
  UPDATE pg_class SET reloptions = '{fillfactor=90,autovacuum_parallel_workers=2}' WHERE relname = 'hosts';
  UPDATE pg_proc SET prosupport = 'planner'::regproc WHERE oid = 'total(int)'::regprocedure;
  UPDATE pg_attribute SET attgenerated = 'v' WHERE attrelid = 'shown'::regclass AND attname = 'doubled'`;

/** Where a server that says it is 19 keeps what `pg_restore_extended_stats()` was called with: not among users' objects. */
export const EXTENDED_CALLS = `
  SET allow_system_table_mods = on; CREATE TABLE pg_catalog.extended_calls (call jsonb);
  CREATE FUNCTION pg_catalog.extended_call(call jsonb) RETURNS bool LANGUAGE sql
    AS 'INSERT INTO pg_catalog.extended_calls VALUES (call) RETURNING true'`;

/** The text of `pg_ndistinct` and `pg_dependencies`, as 19 has it. */
const LISTED_NDISTINCT = `(SELECT json_agg(json_build_object('attributes', string_to_array(j.key, ', ')::int[], 'ndistinct', j.value::int))
  FROM json_each_text(e.n_distinct::text::json) AS j)`;
const LISTED_DEPENDENCIES = `(SELECT json_agg(json_build_object('attributes', string_to_array(split_part(j.key, ' => ', 1), ', ')::int[],
    'dependency', split_part(j.key, ' => ', 2)::int, 'degree', j.value::numeric))
  FROM json_each_text(e.dependencies::text::json) AS j)`;

/** `pg_stats_ext`, as 19 has it. */
export const STATS_EXT = `
  SELECT e.schemaname, e.tablename, e.statistics_schemaname, e.statistics_name, e.inherited, ${LISTED_NDISTINCT} AS n_distinct,
         ${LISTED_DEPENDENCIES} AS dependencies, e.most_common_vals, e.most_common_freqs, e.most_common_base_freqs
  FROM pg_catalog.pg_stats_ext e`;

/** Oids of the rows of excepted tables, which 18 does not have. */
const EXCEPTED = `(VALUES (4000000001::int8::oid, 'secret'::name), (4000000002::int8::oid, 'Log book')) AS e (oid, relname)
  JOIN pg_catalog.pg_class c ON c.relname = e.relname JOIN pg_catalog.pg_publication u ON u.pubname = 'everything'`;

const SUBSCRIPTION_COLUMNS =
  "oid, subdbid, subskiplsn, subname, subowner, subenabled, subbinary, substream, subtwophasestate, subdisableonerr, subpasswordrequired, subrunasowner, subfailover, subslotname, subsynccommit, subpublications, suborigin";

/** What stands for each catalog of 19. */
const RECORDED: Readonly<Record<string, string>> = {
  pg_depend: `
    SELECT * FROM pg_catalog.pg_depend
    UNION ALL SELECT ${CATALOG.publicationRel}, e.oid, 0, ${CATALOG.class}, c.oid, 0, 'a' FROM ${EXCEPTED}
    UNION ALL SELECT ${CATALOG.publicationRel}, e.oid, 0, ${CATALOG.publication}, u.oid, 0, 'a' FROM ${EXCEPTED}
    UNION ALL SELECT ${CATALOG.subscription}, s.oid, 0, ${CATALOG.foreignServer}, f.oid, 0, 'n'
    FROM pg_catalog.pg_subscription s, pg_catalog.pg_foreign_server f WHERE s.subname = 'through'
    UNION ALL SELECT ${CATALOG.foreignDataWrapper}, w.oid, 0, ${CATALOG.proc}, p.oid, 0, 'n'
    FROM pg_catalog.pg_foreign_data_wrapper w, pg_catalog.pg_proc p WHERE w.fdwname = 'wrapper' AND p.proname = 'connection'
    UNION ALL SELECT ${CATALOG.proc}, a.oid, 0, ${CATALOG.proc}, p.oid, 0, 'n'
    FROM pg_catalog.pg_proc a, pg_catalog.pg_proc p WHERE a.proname = 'total' AND p.proname = 'planner'`,
  pg_foreign_data_wrapper: `
    SELECT w.*, CASE WHEN fdwname = 'wrapper' THEN (SELECT p.oid FROM pg_catalog.pg_proc p WHERE p.proname = 'connection')
      ELSE 0::oid END AS fdwconnection FROM pg_catalog.pg_foreign_data_wrapper w`,
  pg_publication: `
    SELECT p.*, pubname IN ('everything', 'counters') AS puballsequences FROM pg_catalog.pg_publication p`,
  pg_publication_rel: `
    SELECT p.*, false AS prexcept FROM pg_catalog.pg_publication_rel p
    UNION ALL SELECT e.oid, u.oid, c.oid, NULL, NULL, true FROM ${EXCEPTED}`,
  pg_range: `
    SELECT r.*, 0::regproc AS rngconstruct2, 0::regproc AS rngconstruct3, 0::regproc AS rngmltconstruct0,
           0::regproc AS rngmltconstruct1, 0::regproc AS rngmltconstruct2 FROM pg_catalog.pg_range r`,
  pg_stats_ext: STATS_EXT,
  pg_subscription: `
    SELECT ${SUBSCRIPTION_COLUMNS}, CASE WHEN subname <> 'through' THEN subconninfo END AS subconninfo,
           subname = 'patient' AS subretaindeadtuples, CASE subname WHEN 'patient' THEN 60000 ELSE 0 END AS submaxretention,
           subname = 'patient' AS subretentionactive, CASE subname WHEN 'patient' THEN '10s' ELSE '-1' END AS subwalrcvtimeout,
           CASE WHEN subname = 'through' THEN (SELECT f.oid FROM pg_catalog.pg_foreign_server f) ELSE 0::oid END AS subserver
    FROM pg_catalog.pg_subscription`,
};

/** A reference to one of these catalogs, but no text that names it. */
const CATALOG_NAME = new RegExp(
  `\\b(FROM|JOIN) pg_catalog\\.(${Object.keys(RECORDED).join("|")})\\b(?= (?:[a-z] |[a-z]\\n|WHERE)|\\n|$)`,
  "g",
);

/** Of the statement that reads all dependencies. Others look for those of extensions. */
const ALL_DEPENDENCIES = "GROUP BY classid, refclassid, deptype";

/** A statement for 19 as 18 can run it. */
function asEighteen(sql: string): string {
  return (
    sql
      .replace("pg_catalog.current_setting('server_version_num') AS num", "'190000' AS num")
      .replaceAll(CATALOG_NAME, (text, word: string, name: string) =>
        name === "pg_depend" && !sql.includes(ALL_DEPENDENCIES)
          ? text
          : `${word} (${RECORDED[name]})`,
      )
      .replace(
        /pg_catalog\.pg_restore_extended_stats\((.*)\) AS "isTaken"/,
        'pg_catalog.extended_call(pg_catalog.jsonb_build_object($1)) AS "isTaken"',
      )
      .replaceAll(/::pg_catalog\.pg_(?:ndistinct|dependencies)\b/g, "::jsonb")
      // 19 does not know it, and so refuses to set it.
      .replaceAll("escape_string_warning", "no_such_setting")
  );
}

/**
 * @param url of a server of 18.
 * @param instead what runs in place of a statement that 18 does not understand.
 */
export function nineteen(
  url: string,
  instead: (sql: string) => string = (sql) => sql,
): Promise<StatementProxy> {
  return statementProxy(url, (sql) => instead(asEighteen(sql)));
}
