/**
 * The contents of the system catalogs, read without any code of the package: every row of user objects, with names in
 * place of oids and column numbers. Databases with the same schema give the same lines.
 */
import { FIRST_NORMAL_OID, PUBLIC_NAMESPACE_OID } from "../../src/catalog/address.ts";
import type { TestDatabase } from "./postgres.ts";

/** Catalogs of state, not of definitions. */
const STATE = ["pg_statistic", "pg_statistic_ext_data", "pg_largeobject", "pg_subscription_rel"];

/** Columns with state or history of an object, not its definition. */
const STATE_COLUMNS: Readonly<Record<string, readonly string[]>> = {
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
    // Dropped columns are counted, and these flags stay when the last such object has been dropped.
    "relnatts",
    "relhasindex",
    "relhasrules",
    "relhastriggers",
    "relhassubclass",
  ],
  // Depends on the libraries of the machine.
  pg_collation: ["collversion", "collencoding"],
  // Labels that were added between others have fractions.
  pg_enum: ["enumsortorder"],
  pg_index: ["indcheckxmin"],
  // A restored subscription is disabled.
  pg_subscription: ["subdbid", "subenabled", "subskiplsn"],
  pg_trigger: ["tgconstrindid"],
  // Text whose names depend on the search path at that time.
  pg_type: ["typdefault"],
};

/** Lines of objects that the server creates, whose names contain oids, of dropped columns and of the schema public. */
const IGNORED_LINE =
  /pg_toast|(?:RI|PK|Unique)_ConstraintTrigger|"nspname":"(?:pg_temp_\d+|public)"|^pg_attribute .*"attisdropped":true/;

interface CatalogTable {
  readonly name: string;
  readonly oid: number;
  readonly columns: readonly string[];
  /** Columns of type `pg_node_tree`, which contain oids; the dumps compare these as SQL. */
  readonly trees: readonly string[];
}

interface Reference {
  readonly table: string;
  /** The column with the oid, or the columns with the relation and with column numbers. */
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

/** A query for the rows of user objects: those with an oid of a user object, or else with a reference to one. */
function rowsOf({ name, columns }: CatalogTable, references: readonly Reference[]): string {
  const keys = ["oid", "objid", "objoid"].filter((key) => columns.includes(key)).slice(0, 1);
  if (keys.length === 0) {
    const direct = references.filter(
      (it) => it.table === name && it.columns.length === 1 && !it.isArray,
    );
    keys.push(...direct.map((it) => it.columns[0]));
  }
  const inThisDatabase =
    name === "pg_subscription"
      ? " AND t.subdbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())"
      : "";
  return `
    SELECT ${quote(name)} AS name, pg_catalog.to_jsonb(t) AS row FROM pg_catalog.${name} t
    WHERE (${keys.map((key) => `t.${key}::oid >= ${FIRST_NORMAL_OID}`).join(" OR ")})${inThisDatabase}`;
}

const quote = (text: string): string => `'${text}'`;

/** All rows, one per line, in an order that does not depend on oids. Since PostgreSQL 14, which can list the references. */
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
    const isPublic =
      classid === catalogOid.get("pg_namespace") && Number(oid) === PUBLIC_NAMESPACE_OID;
    if (isPublic) return "schema public";
    return Number(oid) >= FIRST_NORMAL_OID ? (names.get(`${classid}/${String(oid)}`) ?? "?") : oid;
  };

  const trees = new Map(catalogs.map((it) => [it.name, it.trees]));
  const lines = rows.flatMap(({ name, row }) => {
    const fact: Record<string, unknown> = { ...row };
    // Columns first, while their relation is still an oid.
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
    for (const column of ["oid", ...(STATE_COLUMNS[name] ?? []), ...(trees.get(name) ?? [])])
      delete fact[column];
    // Set when the index of a partition's key is attached, but not when it is created with the parent's.
    if (name === "pg_constraint" && "puxf".includes(String(row["contype"])))
      delete fact["connoinherit"];
    // Default privileges can be stored or not, with the same meaning; the dumps compare privileges.
    for (const column of Object.keys(fact)) if (column.endsWith("acl")) delete fact[column];
    return `${name} ${JSON.stringify(fact, Object.keys(fact).sort())}`;
  });
  return [...new Set(lines)].filter((line) => !IGNORED_LINE.test(line)).sort();
}
