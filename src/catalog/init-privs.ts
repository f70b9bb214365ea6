/**
 * Changed privileges on objects that a dump does not create: members of extensions, and objects that initdb created in
 * pg_catalog. `pg_init_privs` holds their initial privileges. Like pg_dump, this ignores information_schema.
 */
import type { GrantKind } from "../sql/acl-item.ts";
import { CATALOG, FIRST_NORMAL_OID } from "./address.ts";
import { isMembership } from "./depend.ts";
import { argumentTypes } from "./expressions.ts";
import type { CatalogQuery } from "./query.ts";

export interface ChangedPrivilegesRow {
  readonly classoid: number;
  readonly objoid: number;
  readonly kind: GrantKind;
  /** Null for objects that are in no schema. */
  readonly namespace: string | null;
  readonly name: string;
  /** Types of the arguments as SQL; null for what is not a function. */
  readonly arguments: string | null;
  /** The column's name; null for the object itself. */
  readonly column: string | null;
  readonly owner: number;
  readonly acl: readonly string[];
  /** The initial privileges. */
  readonly base: readonly string[];
}

/** How the objects of one catalog are read, as SQL expressions over its row `o`. */
interface Source {
  readonly catalog: number;
  readonly from: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly arguments?: string;
  readonly owner: string;
  readonly acl: string;
  /** The letter of its kind for `acldefault()`. */
  readonly letter: string;
  /** The condition on PostgreSQL's own objects to be read, in addition to members of extensions. */
  readonly builtIn: string;
}

/** The oids of a catalog's objects that are members of extensions, as an array, which an index scan can use. */
const members = (catalog: number): string =>
  `ARRAY (SELECT e.objid FROM pg_catalog.pg_depend e WHERE ${isMembership("e")} AND e.classid = ${catalog})`;

const SOURCES: readonly Source[] = [
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
    arguments: argumentTypes("o"),
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

/**
 * Sorts the object itself before its columns, of which system columns have negative numbers: to revoke a privilege on a
 * relation revokes it on the columns too.
 */
const BEFORE_COLUMNS = -32768;

function objectsOf(source: Source): string {
  const byDefault = `pg_catalog.acldefault((${source.letter})::"char", ${source.owner})`;
  return `
    SELECT ${source.catalog}::oid AS classoid, o.oid AS objoid, ${source.kind} AS kind,
           ${source.namespace ?? "NULL::name"} AS namespace, ${source.name} AS name,
           ${source.arguments ?? "NULL::text"} AS arguments, NULL::name AS column, ${source.owner} AS owner,
           COALESCE(${source.acl}, ${byDefault})::text[] AS acl, COALESCE(p.initprivs, ${byDefault})::text[] AS base,
           ${BEFORE_COLUMNS} AS number
    FROM ${source.from}
    LEFT JOIN pg_catalog.pg_init_privs p ON p.classoid = ${source.catalog} AND p.objoid = o.oid AND p.objsubid = 0
    WHERE ${source.acl} IS DISTINCT FROM p.initprivs
      AND (o.oid < ${FIRST_NORMAL_OID} AND ${source.builtIn} OR o.oid = ANY (${members(source.catalog)}))`;
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
    ${[...SOURCES.map(objectsOf), COLUMNS].join("\n    UNION ALL")}
    ORDER BY classoid, namespace, name, arguments, number`,
};
