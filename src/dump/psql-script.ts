/**
 * The archive's entries for a restore without this package: a script for `psql`, and instructions. Pure. The script runs
 * in one transaction, so that a failure leaves the target as it was.
 */
import { LARGE_OBJECT_STAGE, largeObjectLoadSql } from "../sql/large-object-rows.ts";
import { columnList, qualify, quoteIdent } from "../sql/ident.ts";
import { quoteLiteral } from "../sql/literal.ts";
import { foreignTables } from "../archive/format/foreign-tables.ts";
import type {
  ManifestHead,
  ManifestRelation,
  ManifestSequence,
} from "../archive/format/manifest.ts";
import type { LastEntries } from "../archive/writer.ts";
import {
  OWNERSHIP_ENTRY,
  POST_DATA_ENTRY,
  PRE_DATA_ENTRY,
  README_ENTRY,
  RESTORE_SQL_ENTRY,
} from "../archive/format/entry-names.ts";
import { restoreReadme } from "./restore-readme.ts";

/** The settings under which the values were written, so that the target's settings do not change their meaning. */
export const PSQL_SETTINGS = psqlSettings(true);

function psqlSettings(setsMonetary: boolean): string {
  return `SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
SET datestyle = 'ISO, YMD';
SET intervalstyle = 'postgres';
${setsMonetary ? "SET lc_monetary = 'C';\n" : ""}SELECT pg_catalog.set_config('search_path', '', false);
`;
}

/** What the script says to psql besides what the manifest holds, which later writers added to. */
export interface ScriptStyle {
  /** Whether `\restrict` is in the schema files. */
  readonly isRestricted: boolean;
  /** Whether values of type money have a locale. */
  readonly setsMonetary: boolean;
}

const CURRENT: ScriptStyle = { isRestricted: true, setsMonetary: true };

/** The styles of earlier writers, the latest first. */
export const EARLIER_STYLES: readonly ScriptStyle[] = [
  { isRestricted: true, setsMonetary: false },
  { isRestricted: false, setsMonetary: false },
];

/** The script and the instructions, as the last entries before the manifest. */
export const psqlEntries: LastEntries = (head, entries) => [
  // A differential archive does not hold all rows.
  ...(head.base === null ? [[RESTORE_SQL_ENTRY, restoreSql(head, entries)] as const] : []),
  [README_ENTRY, restoreReadme(head)],
];

/** Versions of psql that know `\restrict`: majors from 18 on, and from these minors on. */
const RESTRICTS = [
  ":VERSION_NUM >= 180000",
  ...[130022, 140019, 150014, 160010, 170006].map(
    (since) => `:VERSION_NUM BETWEEN ${since} AND ${since - (since % 10000) + 9999}`,
  ),
].join(" OR ");

/**
 * Includes a schema file. To an older psql \restrict is an invalid command, at which it must not stop; after an error of
 * the file's SQL, the next statement fails.
 */
function include(entry: string): string[] {
  return [
    "\\if :nexushub_dump_restricts",
    `\\ir ${entry}`,
    "\\else",
    "\\warn 'This psql is older than August 2025: it calls the restrict command invalid, and goes on without it.'",
    "\\set ON_ERROR_STOP off",
    `\\ir ${entry}`,
    "\\set ON_ERROR_STOP on",
    "SELECT 'nothing failed';",
    "\\endif",
  ];
}

/**
 * A script for `psql -X -v ON_ERROR_STOP=1 -1 -f restore.sql`, run in the folder into which the archive was extracted.
 * @param entries the names of the archive's entries, by index.
 */
export function restoreSql(
  head: ManifestHead,
  entries: readonly string[],
  { isRestricted, setsMonetary }: ScriptStyle = CURRENT,
): string {
  const isForeign = foreignTables(head);
  const includeIfThere = (entry: string): string[] => {
    if (!entries.includes(entry)) return [];
    return isRestricted ? include(entry) : [`\\ir ${entry}`];
  };
  return [
    "-- Restores this archive with psql alone; RESTORE.md says how.",
    // Hides the results of function calls.
    "\\o /dev/null",
    psqlSettings(setsMonetary),
    ...(isRestricted ? [`SELECT ${RESTRICTS} AS nexushub_dump_restricts \\gset`, ""] : []),
    ...includeIfThere(PRE_DATA_ENTRY),
    "",
    ...ofAnyBytes(head, "current_setting('server_encoding')"),
    ...head.relations.flatMap((relation) =>
      isForeign(relation)
        ? loadForeign(relation, head, entries)
        : loadRelation(relation, head, entries),
    ),
    ...ofAnyBytes(head, "'UTF8'"),
    ...head.sequences.map(setSequence),
    "",
    ...includeIfThere(POST_DATA_ENTRY),
    ...includeOwnership(includeIfThere(OWNERSHIP_ENTRY)),
    "",
  ].join("\n");
}

/** On request, because the roles must exist. */
function includeOwnership(lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["\\if :{?ownership}", ...lines, "\\endif"];
}

export const ANY_BYTES = "SQL_ASCII";

/** Rows of such a database are declared as what the target has, which then looks whether they are valid. */
export function ofAnyBytes(
  { database }: Pick<ManifestHead, "database">,
  encoding: string,
): string[] {
  if (database.encoding !== ANY_BYTES) return [];
  return [`SELECT pg_catalog.set_config('client_encoding', ${encoding}, false);`];
}

/** On request, because the rows go to another server. */
function loadForeign(...[relation, head, entries]: Parameters<typeof loadRelation>): string[] {
  const lines = loadRelation(relation, head, entries);
  return lines.length === 0 ? [] : ["\\if :{?foreign_data}", ...lines, "\\endif"];
}

function loadRelation(
  relation: ManifestRelation,
  { database, options }: ManifestHead,
  entries: readonly string[],
): string[] {
  if (relation.parts.length === 0) return [];
  const files = relation.parts.map((part) => entries[part.entry]!);
  const encoding =
    database.encoding === ANY_BYTES ? "" : ` with (encoding ${quoteLiteral(database.encoding)})`;
  const copy = (target: string): string[] =>
    files.map((file) => `\\copy ${target} from ${quoteLiteral(file)}${encoding}`);
  return relation.kind === "table"
    ? loadTable(relation, copy)
    : loadLargeObjects(relation, copy, options.dataOnly);
}

function loadTable(relation: ManifestRelation, copy: (target: string) => string[]): string[] {
  const { columns } = relation;
  const { namespace, name } = relation.loadThrough ?? relation;
  const target = `${qualify(namespace, name)}${columns.length === 0 ? "" : ` ${columnList(columns)}`}`;
  // psql ends \copy at the end of the line, even within quotes, so names with line breaks are changed for the moment.
  return /[\r\n]/.test(target) ? loadRenamed({ ...relation, namespace, name }, copy) : copy(target);
}

function loadRenamed(
  { namespace, name, columns, number }: ManifestRelation,
  copy: (target: string) => string[],
): string[] {
  const alias = (original: string, index: number): string =>
    /[\r\n]/.test(original) ? `nexushub_dump_${number}_${index}` : original;
  // Renamed in this order and renamed back in reverse: namespace, table, columns.
  const spaceAlias = alias(namespace, 0);
  const tableAlias = alias(name, 1);
  const columnAliases = columns.map((column, index) => alias(column, index + 2));
  const table = qualify(spaceAlias, tableAlias);
  const renames: [forth: string, back: string][] = [];
  if (spaceAlias !== namespace) {
    renames.push([
      `ALTER SCHEMA ${quoteIdent(namespace)} RENAME TO ${spaceAlias};`,
      `ALTER SCHEMA ${spaceAlias} RENAME TO ${quoteIdent(namespace)};`,
    ]);
  }
  if (tableAlias !== name) {
    renames.push([
      `ALTER TABLE ${qualify(spaceAlias, name)} RENAME TO ${tableAlias};`,
      `ALTER TABLE ${table} RENAME TO ${quoteIdent(name)};`,
    ]);
  }
  for (const [index, column] of columns.entries()) {
    const columnAlias = columnAliases[index]!;
    if (columnAlias === column) continue;
    renames.push([
      `ALTER TABLE ${table} RENAME COLUMN ${quoteIdent(column)} TO ${columnAlias};`,
      `ALTER TABLE ${table} RENAME COLUMN ${columnAlias} TO ${quoteIdent(column)};`,
    ]);
  }
  const list = columnAliases.length === 0 ? "" : ` ${columnList(columnAliases)}`;
  return [
    ...renames.map(([forth]) => forth),
    ...copy(`${table}${list}`),
    ...renames.map(([, back]) => back).reverse(),
  ];
}

/** Uses a temporary table, because only a superuser may COPY into pg_largeobject. */
function loadLargeObjects(
  { columns }: ManifestRelation,
  copy: (target: string) => string[],
  create: boolean,
): string[] {
  const load = largeObjectLoadSql();
  return [
    `${load.create};`,
    ...copy(`${LARGE_OBJECT_STAGE} ${columnList(columns)}`),
    ...(create ? [`${load.createMissing};`] : []),
    ...load.apply.map((sql) => `${sql};`),
  ];
}

export function setSequence({ namespace, name, lastValue, isCalled }: ManifestSequence): string {
  const sequence = quoteLiteral(qualify(namespace, name));
  return `SELECT pg_catalog.setval(${sequence}, ${lastValue}, ${isCalled});`;
}
