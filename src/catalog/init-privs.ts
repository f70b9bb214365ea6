/**
 * Privileges that somebody changed on objects that a dump does not create: members of extensions, and what initdb made
 * in pg_catalog. `pg_init_privs` has what they began with. As pg_dump, nothing is read of information_schema.
 */
import { CATALOG, FIRST_NORMAL_OID } from "./address.ts";
import { saysMember } from "./depend.ts";
import type { CatalogQuery } from "./query.ts";

export interface ChangedPrivilegesRow {
  readonly classoid: number;
  readonly objoid: number;
  /** The kind as GRANT names it: TABLE, FOREIGN SERVER. */
  readonly kind: string;
  /** Null for objects that live in no schema. */
  readonly namespace: string | null;
  readonly name: string;
  /** Types of a function's arguments as SQL; null for what is no function. */
  readonly arguments: string | null;
  /** The column's name; null for the object itself. */
  readonly column: string | null;
  readonly owner: number;
  readonly acl: readonly string[];
  /** What `acl` was at first. */
  readonly base: readonly string[];
}

interface Part {
  readonly catalog: number;
  readonly from: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly arguments?: string;
  readonly owner: string;
  readonly acl: string;
  /** Its letter for `acldefault()`, as an expression. */
  readonly letter: string;
  /** Which of PostgreSQL's own objects are looked at, besides members of extensions. */
  readonly builtIn: string;
}

/** Those of a catalog's objects that belong to an extension: an array, with which indexes can be asked. */
const members = (catalog: number): string =>
  `ARRAY (SELECT e.objid FROM pg_catalog.pg_depend e WHERE ${saysMember("e")} AND e.classid = ${catalog})`;

const PARTS: readonly Part[] = [
  {
    catalog: CATALOG.class,
    from: "pg_catalog.pg_class o JOIN pg_catalog.pg_namespace n ON n.oid = o.relnamespace AND o.relkind IN ('r','p','v','m','f','S')",
    kind: "CASE o.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END",
    namespace: "n.nspname",
    name: "o.relname",
    owner: "o.relowner",
    acl: "o.relacl",
    letter: "CASE o.relkind WHEN 'S' THEN 's' ELSE 'r' END",
    builtIn: "n.nspname = 'pg_catalog'",
  },
  {
    catalog: CATALOG.proc,
    from: "pg_catalog.pg_proc o JOIN pg_catalog.pg_namespace n ON n.oid = o.pronamespace",
    kind: "CASE o.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END",
    namespace: "n.nspname",
    name: "o.proname",
    arguments: `(SELECT COALESCE(pg_catalog.string_agg(pg_catalog.format_type(a.type, NULL), ', ' ORDER BY a.position), '')
                 FROM pg_catalog.unnest(o.proargtypes) WITH ORDINALITY AS a(type, position))`,
    owner: "o.proowner",
    acl: "o.proacl",
    letter: "'f'",
    builtIn: "n.nspname = 'pg_catalog'",
  },
  {
    catalog: CATALOG.type,
    from: "pg_catalog.pg_type o JOIN pg_catalog.pg_namespace n ON n.oid = o.typnamespace",
    kind: "'TYPE'",
    namespace: "n.nspname",
    name: "o.typname",
    owner: "o.typowner",
    acl: "o.typacl",
    letter: "'T'",
    builtIn: "n.nspname = 'pg_catalog'",
  },
  {
    catalog: CATALOG.namespace,
    from: "pg_catalog.pg_namespace o",
    kind: "'SCHEMA'",
    name: "o.nspname",
    owner: "o.nspowner",
    acl: "o.nspacl",
    letter: "'n'",
    builtIn: "o.nspname = 'pg_catalog'",
  },
  {
    catalog: CATALOG.language,
    from: "pg_catalog.pg_language o",
    kind: "'LANGUAGE'",
    name: "o.lanname",
    owner: "o.lanowner",
    acl: "o.lanacl",
    letter: "'l'",
    builtIn: "true",
  },
  {
    catalog: CATALOG.foreignDataWrapper,
    from: "pg_catalog.pg_foreign_data_wrapper o",
    kind: "'FOREIGN DATA WRAPPER'",
    name: "o.fdwname",
    owner: "o.fdwowner",
    acl: "o.fdwacl",
    letter: "'F'",
    builtIn: "true",
  },
  {
    catalog: CATALOG.foreignServer,
    from: "pg_catalog.pg_foreign_server o",
    kind: "'FOREIGN SERVER'",
    name: "o.srvname",
    owner: "o.srvowner",
    acl: "o.srvacl",
    letter: "'S'",
    builtIn: "true",
  },
];

/** To revoke a privilege on a relation is to revoke it on its columns too, and system columns have negative numbers. */
const BEFORE_COLUMNS = -32768;

function objects(part: Part): string {
  const byDefault = `pg_catalog.acldefault((${part.letter})::"char", ${part.owner})`;
  return `
    SELECT ${part.catalog}::oid AS classoid, o.oid AS objoid, ${part.kind} AS kind,
           ${part.namespace ?? "NULL::name"} AS namespace, ${part.name} AS name,
           ${part.arguments ?? "NULL::text"} AS arguments, NULL::name AS column, ${part.owner} AS owner,
           COALESCE(${part.acl}, ${byDefault})::text[] AS acl, COALESCE(p.initprivs, ${byDefault})::text[] AS base,
           ${BEFORE_COLUMNS} AS number
    FROM ${part.from}
    LEFT JOIN pg_catalog.pg_init_privs p ON p.classoid = ${part.catalog} AND p.objoid = o.oid AND p.objsubid = 0
    WHERE ${part.acl} IS DISTINCT FROM p.initprivs
      AND (o.oid < ${FIRST_NORMAL_OID} AND ${part.builtIn} OR o.oid = ANY (${members(part.catalog)}))`;
}

const COLUMNS = `
    SELECT ${CATALOG.class}::oid, c.oid, 'TABLE', n.nspname, c.relname, NULL, a.attname, c.relowner,
           COALESCE(a.attacl::text[], '{}'), COALESCE(p.initprivs::text[], '{}'), a.attnum
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r','p','v','m','f')
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_init_privs p
      ON p.classoid = ${CATALOG.class} AND p.objoid = a.attrelid AND p.objsubid = a.attnum
    WHERE NOT a.attisdropped AND a.attacl IS DISTINCT FROM p.initprivs
      AND (a.attrelid < ${FIRST_NORMAL_OID} OR a.attrelid = ANY (${members(CATALOG.class)}))
      AND n.nspname <> 'information_schema'`;

export const changedPrivileges: CatalogQuery<ChangedPrivilegesRow> = {
  sql: () => `
    ${[...PARTS.map(objects), COLUMNS].join("\n    UNION ALL")}
    ORDER BY classoid, namespace, name, arguments, number`,
};
