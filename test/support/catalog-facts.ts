/**
 * A database as its own system catalogs tell it, with nothing of ours in between: every row that users caused, with oids
 * and column numbers turned into names. Two databases that were made alike give the same lines.
 */
import { FIRST_NORMAL_OID } from "../../src/catalog/address.ts";
import type { TestDatabase } from "./postgres.ts";

/** Catalogs that tell what happened, not how things were made. */
const STATE = ["pg_statistic", "pg_statistic_ext_data", "pg_largeobject", "pg_subscription_rel"];

/** Columns that tell where a thing lies, what happened to it, or what it was before. */
const PASSING: Readonly<Record<string, readonly string[]>> = {
  pg_attribute: ["attnum", "attcacheoff", "atthasmissing", "attmissingval", "attndims"],
  pg_class: [
    "relfilenode",
    "relpages",
    "reltuples",
    "relallvisible",
    "relallfrozen",
    "relfrozenxid",
    "relminmxid",
    "reltoastrelid",
    // Dropped columns are counted, and these marks stay when the last of what they stand for has gone.
    "relnatts",
    "relhasindex",
    "relhasrules",
    "relhastriggers",
    "relhassubclass",
  ],
  // The library of the machine, not of the dump.
  pg_collation: ["collversion", "collencoding"],
  // Labels put between others have fractions.
  pg_enum: ["enumsortorder"],
  pg_index: ["indcheckxmin"],
  // A restored subscription waits until somebody enables it.
  pg_subscription: ["subdbid", "subenabled", "subskiplsn"],
  pg_trigger: ["tgconstrindid"],
  // Text that names what the search path found then.
  pg_type: ["typdefault"],
};

/** Lines of what the server makes for itself, with names that hold oids, and of the schema that all databases have. */
const NOT_MADE =
  /pg_toast|(?:RI|PK|Unique)_ConstraintTrigger|"nspname":"(?:pg_temp_\d+|public)"|^pg_attribute .*"attisdropped":true/;
const PUBLIC_OID = 2200;

interface CatalogTable {
  readonly name: string;
  readonly oid: number;
  readonly columns: readonly string[];
  /** Of a type that holds parsed expressions, oids and all; dumps of ours compare these as SQL. */
  readonly trees: readonly string[];
}

interface Reference {
  readonly table: string;
  /** The column; of two, that with the relation and that with column numbers. */
  readonly columns: readonly [string] | readonly [string, string];
  readonly to: string;
  readonly isArray: boolean;
}

type Row = Readonly<Record<string, unknown>>;

const CATALOGS = `
  SELECT c.relname::text AS name, c.oid::int AS oid, pg_catalog.array_agg(a.attname::text) AS columns,
         COALESCE(pg_catalog.array_agg(a.attname::text) FILTER (WHERE a.atttypid = 'pg_node_tree'::regtype), '{}') AS trees
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
  WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'r' AND c.relname <> ALL ($1)
    AND (NOT c.relisshared OR c.relname = 'pg_subscription')
  GROUP BY c.oid ORDER BY c.relname`;

const REFERENCES = `
  SELECT c.relname::text AS table, fkcols AS columns, p.relname::text AS to, is_array AS "isArray"
  FROM pg_catalog.pg_get_catalog_foreign_keys()
  JOIN pg_catalog.pg_class c ON c.oid = fktable JOIN pg_catalog.pg_class p ON p.oid = pktable`;

/** What makes a row one that users caused: its own oid, or else those that it refers to. */
function rowsOf({ name, columns }: CatalogTable, references: readonly Reference[]): string {
  const keys = ["oid", "objid", "objoid"].filter((key) => columns.includes(key)).slice(0, 1);
  if (keys.length === 0) {
    const own = references.filter(
      (it) => it.table === name && it.columns.length === 1 && !it.isArray,
    );
    keys.push(...own.map((it) => it.columns[0]));
  }
  const mine =
    name === "pg_subscription"
      ? " AND t.subdbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())"
      : "";
  return `
    SELECT ${quote(name)} AS name, pg_catalog.to_jsonb(t) AS row FROM pg_catalog.${name} t
    WHERE (${keys.map((key) => `t.${key}::oid >= ${FIRST_NORMAL_OID}`).join(" OR ")})${mine}`;
}

const quote = (text: string): string => `'${text}'`;

/** Every fact, one a line, in an order that does not depend on oids. From PostgreSQL 14 on, where columns say what they refer to. */
export async function catalogFacts(database: TestDatabase): Promise<string[]> {
  const client = await database.client();
  const ask = async <T>(sql: string, values: unknown[] = []): Promise<T[]> =>
    (await client.query(sql, values)).rows as T[];
  await ask("SET search_path = ''");
  const catalogs = await ask<CatalogTable>(CATALOGS, [STATE]);
  const references = await ask<Reference>(REFERENCES);
  const catalogOid = new Map(catalogs.map(({ name, oid }) => [name, oid]));
  const rows = await ask<{ name: string; row: Row }>(
    catalogs.map((it) => rowsOf(it, references)).join(" UNION ALL "),
  );
  const attributes = await ask<{ relation: string; number: number; name: string }>(
    `SELECT attrelid::text AS relation, attnum AS number, attname::text AS name FROM pg_catalog.pg_attribute
     WHERE NOT attisdropped AND attrelid >= ${FIRST_NORMAL_OID}`,
  );
  const columnName = new Map(attributes.map((it) => [`${it.relation}.${it.number}`, it.name]));

  // Objects by name, as the server identifies them.
  const wanted = new Map<string, [classid: number, oid: number]>();
  const want = (classid: number, oid: unknown): void => {
    if (Number(oid) >= FIRST_NORMAL_OID)
      wanted.set(`${classid}/${String(oid)}`, [classid, Number(oid)]);
  };
  const visit = (
    name: string,
    row: Row,
    object: (classid: number, column: string, value: unknown) => void,
  ): void => {
    for (const { table, columns, to } of references) {
      const classid = catalogOid.get(to);
      const [column, numbers] = columns;
      if (table === name && numbers === undefined && classid !== undefined)
        object(classid, column, row[column]);
    }
    for (const [kind, id] of [
      ["classid", "objid"],
      ["refclassid", "refobjid"],
      ["classoid", "objoid"],
    ] as const)
      if (kind in row) object(Number(row[kind]), id, row[id]);
  };
  for (const { name, row } of rows)
    visit(name, row, (classid, _column, value) =>
      [value].flat().forEach((one) => want(classid, one)),
    );
  const pairs = [...wanted.values()];
  const names = new Map(
    (
      await ask<{ classid: number; oid: number; name: string }>(
        `SELECT o.classid::int AS classid, o.oid::int8::float8 AS oid, i.type || ' ' || i.identity AS name
         FROM ROWS FROM (pg_catalog.unnest($1::oid[]), pg_catalog.unnest($2::oid[])) AS o (classid, oid),
           LATERAL pg_catalog.pg_identify_object(o.classid, o.oid, 0) i`,
        [pairs.map(([classid]) => classid), pairs.map(([, oid]) => oid)],
      )
    ).map((it) => [`${it.classid}/${it.oid}`, it.name]),
  );
  const nameOf = (classid: number, oid: unknown): unknown => {
    const isPublic = classid === catalogOid.get("pg_namespace") && Number(oid) === PUBLIC_OID;
    if (isPublic) return "schema public";
    return Number(oid) >= FIRST_NORMAL_OID ? (names.get(`${classid}/${String(oid)}`) ?? "?") : oid;
  };

  const trees = new Map(catalogs.map((it) => [it.name, it.trees]));
  const lines = rows.flatMap(({ name, row }) => {
    const fact: Record<string, unknown> = { ...row };
    // Columns by name, before what they belong to is one.
    for (const { table, columns } of references) {
      const [relation, numbers] = columns;
      if (table !== name || numbers === undefined) continue;
      fact[numbers] = [row[numbers]]
        .flat()
        .map((number) => columnName.get(`${String(row[relation])}.${String(number)}`) ?? number);
    }
    for (const [part, id] of [
      ["objsubid", row["objid"] ?? row["objoid"]],
      ["refobjsubid", row["refobjid"]],
    ] as const)
      if (Number(row[part]) > 0)
        fact[part] = columnName.get(`${String(id)}.${String(row[part])}`) ?? row[part];
    visit(name, row, (classid, column, value) => {
      fact[column] = Array.isArray(value)
        ? value.map((one) => nameOf(classid, one))
        : nameOf(classid, value);
    });
    for (const gone of ["oid", ...(PASSING[name] ?? []), ...(trees.get(name) ?? [])])
      delete fact[gone];
    // Attaching the index of a partition's key leaves this mark, making it with the parent's does not.
    if (name === "pg_constraint" && "puxf".includes(String(row["contype"])))
      delete fact["connoinherit"];
    // The defaults are the same privileges whether they are written out or not: dumps compare these.
    for (const column of Object.keys(fact)) if (column.endsWith("acl")) delete fact[column];
    return `${name} ${JSON.stringify(fact, Object.keys(fact).sort())}`;
  });
  return [...new Set(lines)].filter((line) => !NOT_MADE.test(line)).sort();
}
