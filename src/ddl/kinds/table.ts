/**
 * CREATE TABLE and CREATE FOREIGN TABLE, with all that can only be said of columns afterwards. Partitions are made as
 * tables of their own and attached, which keeps their column order, defaults and storage (as pg_dump does).
 */
import { type Warning, warning } from "../../warnings.ts";
import { address, CATALOG } from "../../catalog/address.ts";
import type { ColumnRow } from "../../catalog/column.ts";
import type { RelationRow } from "../../catalog/relation.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { foreignOptions, storageOptions } from "../../sql/storage-options.ts";
import { inlineConstraints } from "./check-constraint.ts";
import { columnSettingFeatures, columnSettings } from "../column-settings.ts";
import type { DdlContext } from "../context.ts";
import { generationFeatures, isGeneratedAlone, writtenDefault } from "./default.ts";
import {
  columnNotNull,
  isNullableChild,
  isSetNotNull,
  notNullFeatures,
  tableNotNull,
} from "./not-null.ts";
import { beforeMajor } from "../conditional-statement.ts";
import type { DumpableObject, DumpId } from "../dumpable-object.ts";
import {
  inheritedFrom,
  isMadeAlone,
  isSpelledOut,
  type RelationLookup,
  relationAddress,
  relationLookup,
} from "../relation-lookup.ts";
import { FEATURE, type ServerFeature } from "../server-features.ts";

export function tables(context: DdlContext): DumpableObject[] {
  const index = relationLookup(context);
  return index.dumpable
    .filter((row) => row.kind === "r" || row.kind === "p" || row.kind === "f")
    .flatMap((row) => {
      const id = relationAddress(row.oid);
      const namespace = context.namespace(row.namespace);
      const columns = index.columns.get(row.oid) ?? [];
      const sqlName = index.sqlName(row.oid);
      const word = row.kind === "f" ? "FOREIGN TABLE" : "TABLE";
      const table: DumpableObject = {
        id,
        kind: row.kind === "f" ? "foreign-table" : "table",
        namespace,
        name: row.name,
        section: "pre-data",
        addresses: [
          id,
          address(CATALOG.type, row.rowType),
          address(CATALOG.type, row.arrayType),
          // A generation expression can't be taken out of CREATE TABLE.
          ...columns
            .filter(({ generated }) => generated !== "")
            .map(({ defaultOid }) => address(CATALOG.attrdef, defaultOid!)),
        ],
        sql: () => [createTable(context, index, row), ...alterColumns(context, index, row)],
        target: `${word} ${sqlName}`,
        owner: row.owner,
        privileges: { on: `TABLE ${sqlName}`, acl: row.acl, aclDefault: row.aclDefault },
        columns,
        features: features(context, index, row),
        warnings: index.parents.has(row.oid) ? childWarnings(context, index, row) : undefined,
      };
      return index.parents.has(row.oid) ? [table, ...attachments(context, index, row)] : table;
    });
}

function features(
  context: DdlContext,
  index: RelationLookup,
  row: RelationRow,
): ServerFeature[] | undefined {
  const needed = [
    ...columnSettingFeatures(
      index.columns.get(row.oid) ?? [],
      (column) => inheritedFrom(index, row, column)[0],
    ),
    ...generationFeatures(index, row),
    ...(row.kind === "p" && accessMethod(context, row) !== null
      ? [FEATURE.partitionedAccessMethod]
      : []),
    ...notNullFeatures(context, index, row),
  ];
  return needed.length === 0 ? undefined : needed;
}

/** The method to name in CREATE TABLE; null for the usual one. */
function accessMethod({ options }: DdlContext, row: RelationRow): string | null {
  // A partitioned table has no method of its own unless it was given one, be it the usual one.
  const usual = row.kind === "p" ? null : "heap";
  return options.noTableAccessMethod || row.accessMethod === usual ? null : row.accessMethod;
}

/** How columns differ from a parent's where newer servers want them alike. */
function childWarnings(context: DdlContext, index: RelationLookup, row: RelationRow): Warning[] {
  return (index.columns.get(row.oid) ?? []).flatMap((column) => {
    const table = `table ${index.sqlName(row.oid)}`;
    const about = `table ${index.sqlName(row.oid)}: ${quoteIdent(column.name)}`;
    return [
      ...(isNullableChild(context, index, row, column)
        ? [
            warning(
              "inherited-not-null",
              table,
              `${about} may be null, its parent's may not; restored into PostgreSQL 18, neither may`,
            ),
          ]
        : []),
      ...(isGeneratedAlone(index, row, column)
        ? [
            warning(
              "generated-column",
              table,
              `${about} is generated, its parent's is not; PostgreSQL 16 and later refuse that`,
            ),
          ]
        : []),
    ];
  });
}

/** ATTACH PARTITION, or INHERIT where CREATE TABLE … INHERITS would put the columns in another order. */
function attachments(
  context: DdlContext,
  index: RelationLookup,
  row: RelationRow,
): DumpableObject[] {
  const parents = (index.parents.get(row.oid) ?? []).filter((oid) => index.byOid.has(oid));
  if (!isMadeAlone(index, row)) return [];
  const id = relationAddress(row.oid);
  const attach = (n: number): DumpId => `${id}#attach${n === 0 ? "" : `/${n}`}`;
  return parents.map((parent, n) => ({
    id: attach(n),
    kind: "table-attach",
    namespace: context.namespace(row.namespace),
    name: row.name,
    section: "pre-data",
    addresses: [],
    requires: [id, relationAddress(parent), ...(n === 0 ? [] : [attach(n - 1)])],
    parent: id,
    sql: () => [
      row.isPartition
        ? `ALTER TABLE ONLY ${index.sqlName(parent)} ATTACH PARTITION ${index.sqlName(row.oid)} ${row.partitionBound!}`
        : `ALTER TABLE ONLY ${index.sqlName(row.oid)} INHERIT ${index.sqlName(parent)}`,
    ],
  }));
}

function columnDefinition(
  context: DdlContext,
  index: RelationLookup,
  row: RelationRow,
  column: ColumnRow,
): string | null {
  if (row.ofType === null && !isSpelledOut(index, row, column)) {
    // PostgreSQL 18 lets a child give an inherited column its own constraint.
    return tableNotNull(context, index, row, column);
  }
  const defaultText = writtenDefault(context, index, row, column);
  const constraint = columnNotNull(context, index, row, column);
  const qualifiers =
    (defaultText === null ? "" : ` ${defaultText}`) + (constraint === null ? "" : ` ${constraint}`);
  const name = quoteIdent(column.name);
  if (row.ofType !== null) return qualifiers === "" ? null : `${name} WITH OPTIONS${qualifiers}`;
  const options =
    column.foreignOptions === null ? "" : ` OPTIONS (${foreignOptions(column.foreignOptions)})`;
  const collation = column.collation === null ? "" : ` COLLATE ${column.collation}`;
  return `${name} ${column.type}${options}${collation}${qualifiers}`;
}

function createTable(context: DdlContext, index: RelationLookup, row: RelationRow): string {
  const columns = index.columns.get(row.oid) ?? [];
  const elements = [
    ...columns
      .map((column) => columnDefinition(context, index, row, column))
      .filter((definition) => definition !== null),
    ...inlineConstraints(context, index, row),
  ];
  const parents = isMadeAlone(index, row) ? [] : (index.parents.get(row.oid) ?? []);
  const body = elements.length === 0 ? "()" : `(\n    ${elements.join(",\n    ")}\n)`;
  const unlogged = row.persistence === "u" && row.kind === "r" ? "UNLOGGED " : "";
  const options = [
    ...(row.options === null ? [] : [storageOptions(row.options)]),
    ...(row.toastOptions === null ? [] : [storageOptions(row.toastOptions, "toast.")]),
  ];
  const { noTablespaces } = context.options;
  const method = accessMethod(context, row);
  return [
    row.kind === "f" ? "CREATE FOREIGN TABLE" : `CREATE ${unlogged}TABLE`,
    ` ${index.sqlName(row.oid)}`,
    row.ofType === null
      ? ` ${body}`
      : ` OF ${row.ofType}${elements.length === 0 ? "" : ` ${body}`}`,
    ...(parents.length === 0
      ? []
      : [`\nINHERITS (${parents.map((oid) => index.sqlName(oid)).join(", ")})`]),
    ...(row.partitionKey === null ? [] : [`\nPARTITION BY ${row.partitionKey}`]),
    ...(row.foreignServer === null ? [] : [`\nSERVER ${quoteIdent(row.foreignServer)}`]),
    ...(row.foreignOptions === null ? [] : [`\nOPTIONS (${foreignOptions(row.foreignOptions)})`]),
    ...(method === null ? [] : [`\nUSING ${quoteIdent(method)}`]),
    ...(options.length === 0 ? [] : [`\nWITH (${options.join(", ")})`]),
    ...(row.tablespace === null || noTablespaces
      ? []
      : [`\nTABLESPACE ${quoteIdent(row.tablespace)}`]),
  ].join("");
}

function alterColumns(context: DdlContext, index: RelationLookup, row: RelationRow): string[] {
  const table = `ALTER ${row.kind === "f" ? "FOREIGN " : ""}TABLE ONLY ${index.sqlName(row.oid)}`;
  const statements: string[] = [];
  for (const column of index.columns.get(row.oid) ?? []) {
    const alter = (action: string): string =>
      `${table} ALTER COLUMN ${quoteIdent(column.name)} ${action}`;
    const inherited = !isSpelledOut(index, row, column) && row.ofType === null;
    if (inherited && isSetNotNull(context, index, row, column)) {
      statements.push(alter("SET NOT NULL"));
    }
    if (inherited && column.foreignOptions !== null) {
      statements.push(alter(`OPTIONS (${foreignOptions(column.foreignOptions)})`));
    }
    if (isNullableChild(context, index, row, column))
      // There a table's NOT NULL is its children's as well.
      statements.push(beforeMajor(18, alter("DROP NOT NULL")));
    const [parent] = inheritedFrom(index, row, column);
    statements.push(...columnSettings(column, parent).map(alter));
  }
  return statements;
}
