/**
 * How an archive is restored without this package: a script for `psql` and the words that go with it, both carried in
 * the archive. Pure text from the manifest. Run in one transaction, so that a failure leaves the target as it was.
 */
import { LARGE_OBJECT_STAGE, largeObjectLoadSql } from "../sql/large-object-rows.ts";
import { columnList, qualify, quoteIdent } from "../sql/ident.ts";
import { quoteLiteral } from "../sql/literal.ts";
import type {
  ManifestHead,
  ManifestRelation,
  ManifestSequence,
} from "../archive/format/manifest.ts";
import type { LastEntries } from "../archive/writer.ts";
import {
  POST_DATA_ENTRY,
  PRE_DATA_ENTRY,
  README_ENTRY,
  RESTORE_SQL_ENTRY,
} from "../archive/format/entry-names.ts";

/** What every value is written for, so that the target's own settings change nothing. */
const SETTINGS = `SET statement_timeout = 0;
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
SELECT pg_catalog.set_config('search_path', '', false);
`;

/** Both texts, as the archive's last entries before the manifest. */
export const psqlEntries: LastEntries = (head, entries) => [
  [RESTORE_SQL_ENTRY, restoreSql(head, entries)],
  [README_ENTRY, restoreReadme(head)],
];

/**
 * A script for `psql -X -v ON_ERROR_STOP=1 -1 -f restore.sql`, run in the folder into which the archive was extracted.
 * @param entries the names of the archive's entries, by index.
 */
export function restoreSql(head: ManifestHead, entries: readonly string[]): string {
  const include = (entry: string): string[] => (entries.includes(entry) ? [`\\ir ${entry}`] : []);
  return [
    "-- Restores this archive with psql alone; RESTORE.md says how.",
    // What functions answer is of no interest.
    "\\o /dev/null",
    SETTINGS,
    ...include(PRE_DATA_ENTRY),
    "",
    ...head.relations.flatMap((relation) => loadRelation(relation, head, entries)),
    ...head.sequences.map(setSequence),
    "",
    ...include(POST_DATA_ENTRY),
    "",
  ].join("\n");
}

function loadRelation(
  relation: ManifestRelation,
  { database, options }: ManifestHead,
  entries: readonly string[],
): string[] {
  if (relation.parts.length === 0) return [];
  const files = relation.parts.map((part) => entries[part.entry]!);
  const encoding = ` with (encoding ${quoteLiteral(database.encoding)})`;
  const copy = (target: string): string[] =>
    files.map((file) => `\\copy ${target} from ${quoteLiteral(file)}${encoding}`);
  return relation.kind === "table"
    ? loadTable(relation, copy)
    : loadLargeObjects(relation, copy, options.dataOnly);
}

function loadTable(relation: ManifestRelation, copy: (target: string) => string[]): string[] {
  const { namespace, name, columns } = relation;
  const target = `${qualify(namespace, name)}${columns.length === 0 ? "" : ` ${columnList(columns)}`}`;
  // psql ends \copy at the end of the line, whatever is quoted, so names that hold one step aside for the moment.
  return /[\r\n]/.test(target) ? loadRenamed(relation, copy) : copy(target);
}

function loadRenamed(
  { namespace, name, columns, number }: ManifestRelation,
  copy: (target: string) => string[],
): string[] {
  const alias = (original: string, index: number): string =>
    /[\r\n]/.test(original) ? `nexushub_dump_${number}_${index}` : original;
  // The whole set is moved, and back in reverse: namespace, then table, then columns.
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

/** Through a temporary table: only a superuser could COPY into pg_largeobject. */
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

function setSequence({ namespace, name, lastValue, isCalled }: ManifestSequence): string {
  const sequence = quoteLiteral(qualify(namespace, name));
  return `SELECT pg_catalog.setval(${sequence}, ${lastValue}, ${isCalled});`;
}

/** What someone needs to know who has the archive, PostgreSQL's own tools, and nothing else. */
export function restoreReadme(head: ManifestHead): string {
  const { name, serverVersion } = head.database;
  const partial = head.relations.filter(({ where }) => where !== null).length;
  const masked = head.relations.filter((relation) => relation.masked.length > 0).length;
  const facts = [
    name === null ? undefined : `the database ${JSON.stringify(name)}`,
    serverVersion === null ? undefined : `PostgreSQL ${serverVersion}`,
    head.createdAt === null ? undefined : `taken at ${head.createdAt}`,
  ].filter((fact) => fact !== undefined);
  return `# Restoring this archive by hand

This is a dump of a PostgreSQL database, made by nexushub-dump ${head.tool.version}${facts.length === 0 ? "" : `: ${facts.join(", ")}`}.
The usual way back is \`nexushub-dump restore FILE\`, which also checks every byte. When that is not at hand,
\`tar\` and \`psql\` are enough:

\`\`\`sh
mkdir extracted && tar -xf ARCHIVE -C extracted && cd extracted
createdb --encoding=${head.database.encoding} --template=template0 TARGET
psql -X -v ON_ERROR_STOP=1 -1 -d TARGET -f ${RESTORE_SQL_ENTRY}
\`\`\`

Everything happens in one transaction: after an error the target is as it was. Use the psql of the target's
version or a newer one. Roles are not part of a dump; where the SQL names roles${head.roles.length === 0 ? " (here it names none)" : ` (here: ${head.roles.map((role) => JSON.stringify(role)).join(", ")})`}, create them first.

What is what:

- \`${PRE_DATA_ENTRY}\` makes schemas, types, functions and tables; \`${POST_DATA_ENTRY}\` makes indexes, constraints and triggers.
- \`data/NUMBER/PART.copy\` is the text format of COPY in ${head.database.encoding}. \`${RESTORE_SQL_ENTRY}\` says which table each belongs to.
- \`manifest.json\` lists all objects, tables, row counts and SHA-256 sums.
${partial === 0 && masked === 0 ? "" : `\nNot everything is here: of ${partial} tables only chosen rows were dumped, and in ${masked} tables values were replaced.\nmanifest.json says which.\n`}`;
}
