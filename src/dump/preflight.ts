/**
 * What the role of a dump may not read, all of it at once and before anything is locked: a dump of hours must not end at its
 * last table, and nobody wants to grant one privilege after the other.
 */
import { isMembership } from "../catalog/depend.ts";
import { IN_USER_SCHEMA } from "../catalog/user-schema.ts";
import type { ServerVersion } from "../catalog/version.ts";
import { ServerError } from "../errors.ts";
import type { Connection } from "../pg/connection.ts";
import { beginReading, type Reader } from "../pg/session.ts";
import { onPath } from "../sql/pattern.ts";
import { qualify } from "../sql/ident.ts";
import { quoteLiteral } from "../sql/literal.ts";
import { listed } from "../util/format.ts";
import { type Warning, warning } from "../warnings.ts";
import type { DumpSettings } from "./defaults.ts";
import { ancestorsOf, matchesTable, mayBeSelected, type Selectable } from "./lock-list.ts";

interface Unreadable {
  readonly kind: "table" | "sequence" | "large object" | "row security";
  /** Null for a large object. */
  readonly namespace: string | null;
  /** An oid for a large object. */
  readonly name: string;
  /** The extension of a configuration table, whose rows are dumped with it. */
  readonly extension: string | null;
  readonly ancestors: Selectable["ancestors"];
}

/** What an extension holds beside configuration tables is not dumped. */
const MEMBERSHIP = `
  (SELECT pg_catalog.min(e.extname::text) AS extension,
          EXISTS (SELECT FROM pg_catalog.pg_depend d
                  WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND ${isMembership("d")}) AS "isMember"
   FROM pg_catalog.pg_extension e WHERE c.oid = ANY (e.extconfig))`;

const unreadableSql = (settings: DumpSettings): string => `
  SELECT CASE WHEN c.relkind = 'S' THEN 'sequence' WHEN r.lacks THEN 'table' ELSE 'row security' END AS kind,
         n.nspname AS namespace, c.relname AS name, m.extension,
         ${ancestorsOf(settings)} AS ancestors
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  CROSS JOIN LATERAL (SELECT NOT (pg_catalog.has_table_privilege(c.oid, 'SELECT')
                                  AND pg_catalog.has_schema_privilege(c.relnamespace, 'USAGE')) AS lacks) AS r
  CROSS JOIN LATERAL ${MEMBERSHIP} AS m
  WHERE c.relkind IN ('r', 'p', 'S') AND c.relpersistence <> 't' AND ${IN_USER_SCHEMA}
    AND (r.lacks OR c.relrowsecurity AND c.relkind = 'r' AND pg_catalog.row_security_active(c.oid))
    AND (m.extension IS NOT NULL OR NOT m."isMember")
  UNION ALL
  SELECT 'large object', NULL, l.oid::pg_catalog.text, NULL, NULL
  FROM pg_catalog.pg_largeobject_metadata l
  WHERE pg_catalog.current_setting('lo_compat_privileges') <> 'on'
    AND NOT pg_catalog.pg_has_role(l.lomowner, 'USAGE')
    AND NOT EXISTS (SELECT FROM pg_catalog.aclexplode(l.lomacl) a WHERE a.privilege_type = 'SELECT'
                    AND (a.grantee = 0 OR pg_catalog.pg_has_role(a.grantee, 'USAGE')))
  ORDER BY 1, 2, 3`;

/**
 * Looks for everything that is selected and cannot be read. Runs in a transaction of its own.
 * @returns whether the reader is a superuser.
 * @throws ServerError PERMISSION only when there is any; `object` names all of it.
 */
export async function refuseUnreadable(
  connection: Connection,
  { version, reader }: { readonly version: ServerVersion; readonly reader: Reader },
  settings: DumpSettings,
): Promise<boolean> {
  const { pipelinedQuery } = connection;
  const [, [role]] = await Promise.all([
    beginReading({ query: pipelinedQuery }, version, reader),
    pipelinedQuery<{ isSuperuser: boolean }>(
      `SELECT pg_catalog.current_setting('is_superuser') = 'on' AS "isSuperuser"`,
    ),
  ]);
  // A superuser may read everything: then nothing is scanned.
  const rows = role!.isSuperuser
    ? []
    : await connection.query<Unreadable>(unreadableSql(settings), {
        action: "look for what cannot be read",
      });
  await connection.query("ROLLBACK");
  const names = unreadableNames(rows, settings);
  if (names.length === 0) return role!.isSuperuser;
  throw new ServerError(
    `no permission to read ${names.map(({ text }) => text).join("; ")}`,
    {
      object: names.map(({ object }) => object).join("; "),
      hint: hintFor(rows, settings),
      sqlState: "42501",
    },
    "PERMISSION",
  );
}

/** Pure: `tables a, b`, `sequence c`: each kind, of what the options select, and the same with the reason. */
function unreadableNames(
  rows: readonly Unreadable[],
  settings: DumpSettings,
): { readonly object: string; readonly text: string }[] {
  const isSelected = mayBeSelected(settings);
  const hasNoRows = matchesTable(
    settings.excludeTableData,
    settings.excludeTableDataAndChildren,
    onPath(settings.searchPath),
  );
  const hasRows = (table: Selectable): boolean => !settings.schemaOnly && !hasNoRows(table);
  const isNeeded = ({ kind, namespace, name, extension, ancestors }: Unreadable): boolean => {
    if (extension !== null && choosesExtensions(settings)) return false;
    if (namespace === null) return !settings.schemaOnly && hasLargeObjects(settings);
    const table = { oid: 0, namespace, name, ancestors };
    if (!isSelected(table)) return false;
    // Tables are locked even where only their definitions are dumped.
    if (kind === "table") return true;
    return hasRows(table) && (kind === "sequence" || settings.enableRowSecurity !== true);
  };
  return (["table", "row security", "sequence", "large object"] as const).flatMap((kind) => {
    const names = rows
      .filter((row) => row.kind === kind && isNeeded(row))
      .map(({ namespace, name }) => (namespace === null ? name : qualify(namespace, name)));
    if (names.length === 0) return [];
    const noun = kind === "row security" ? "table" : kind;
    const object = `${noun}${names.length === 1 ? "" : "s"} ${listed(names)}`;
    const reason = kind === "row security" ? ", whose rows row security hides" : "";
    return [{ object, text: `${object}${reason}` }];
  });
}

/** Which extensions are dumped is known when the catalogs have been read. */
function choosesExtensions(settings: DumpSettings): boolean {
  const { schemas, tables, tablesAndChildren, extensions, excludeExtensions } = settings;
  return [schemas, tables, tablesAndChildren, extensions, excludeExtensions].some(
    (patterns = []) => patterns.length > 0,
  );
}

/** A warning for each table of which the role is shown only the rows that row security lets it see. */
export async function hiddenRows(
  connection: Connection,
  relations: readonly { readonly oid: number; readonly namespace: string; readonly name: string }[],
): Promise<Warning[]> {
  const oids = quoteLiteral(`{${relations.map(({ oid }) => oid).join(",")}}`);
  const rows = await connection.query<{ oid: number }>(
    `SELECT o AS oid FROM pg_catalog.unnest(${oids}::pg_catalog.oid[]) AS o WHERE pg_catalog.row_security_active(o)`,
  );
  const hidden = new Set(rows.map(({ oid }) => oid));
  return relations
    .filter(({ oid }) => hidden.has(oid))
    .map(({ namespace, name }) => {
      const label = `table ${qualify(namespace, name)}`;
      const message = `${label} was dumped with the rows that row security shows, and without the others`;
      return warning("row-security", label, message);
    });
}

/** As in pg_dump, a selection of relations or schemas has no large objects. */
function hasLargeObjects({
  noLargeObjects,
  tables = [],
  tablesAndChildren = [],
  schemas = [],
}: DumpSettings): boolean {
  return (
    noLargeObjects !== true &&
    [tables, tablesAndChildren, schemas].every((list) => list.length === 0)
  );
}

function hintFor(rows: readonly Unreadable[], settings: DumpSettings): string {
  const isHidden = rows.some(({ kind }) => kind === "row security");
  const grant =
    "grant USAGE on the schemas and SELECT on what is in them, dump as the owner, or leave them out";
  if (!isHidden || settings.enableRowSecurity === true) return grant;
  return `${grant}; row security hides nothing from an owner or a role with BYPASSRLS, and with --enable-row-security only the rows that it shows are dumped`;
}
