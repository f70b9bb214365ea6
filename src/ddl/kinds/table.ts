/** CREATE TABLE and CREATE FOREIGN TABLE, followed by what only ALTER TABLE can set of its columns. */
import { address, CATALOG } from "../../catalog/address.ts";
import type { RelationRow } from "../../catalog/relation.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { foreignOptions, storageOptions } from "../../sql/storage-options.ts";
import { type Warning, warning } from "../../warnings.ts";
import { columnSettingFeatures } from "../column-settings.ts";
import { byMajor } from "../conditional-statement.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject } from "../dumpable-object.ts";
import { inheritedFrom, isAttachedLater } from "../inheritance.ts";
import { type RelationLookup, relationAddress, relationLookup } from "../relation-lookup.ts";
import { FEATURE, type ServerFeature } from "../server-features.ts";
import { storageFeatures } from "../storage-features.ts";
import { inlineConstraints } from "./check-constraint.ts";
import { droppedFromParents } from "./default.ts";
import {
  generationConflict,
  generationFeatures,
  isGeneratedAlone,
  overridesGeneration,
} from "./generated-column.ts";
import { isNotNullMadeOwn, isNullableChild, notNullFeatures } from "./column-not-null.ts";
import { notNullsBeforeChildren } from "./key-not-null.ts";
import { noInheritWarnings } from "./partitioned-not-null.ts";
import { agreeingParents, setOnParents } from "./parents-agree.ts";
import { attachments } from "./table-attach.ts";
import { alterColumns, columnDefinition } from "./table-column.ts";

export function tables(context: DdlContext): DumpableObject[] {
  const relations = relationLookup(context);
  return relations.dumpable
    .filter(({ kind }) => kind === "r" || kind === "p" || kind === "f")
    .flatMap((row) => {
      const table = tableObject(context, relations, row);
      return relations.parents.has(row.oid)
        ? [table, ...attachments(context, relations, row)]
        : table;
    });
}

function tableObject(
  context: DdlContext,
  relations: RelationLookup,
  row: RelationRow,
): DumpableObject {
  const id = relationAddress(row.oid);
  const columns = relations.columns.get(row.oid) ?? [];
  const sqlName = relations.sqlName(row.oid);
  return {
    id,
    kind: row.kind === "f" ? "foreign-table" : "table",
    namespace: context.namespace(row.namespace),
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
    requires: isAttachedLater(relations, row)
      ? undefined
      : [
          ...droppedFromParents(relations, row),
          ...setOnParents(relations, row),
          ...(relations.parents.get(row.oid) ?? []).flatMap((parent) =>
            notNullsBeforeChildren(relations, parent),
          ),
        ],
    sql: () => {
      const parents = agreeingParents(context, relations, row);
      return [
        ...parents.before,
        isUnloggedPartitioned(row)
          ? byMajor(
              18,
              createTable(context, relations, row, "UNLOGGED "),
              createTable(context, relations, row),
            )
          : createTable(context, relations, row, row.persistence === "u" ? "UNLOGGED " : ""),
        ...parents.after,
        ...alterColumns(context, relations, row),
      ];
    },
    target: `${row.kind === "f" ? "FOREIGN TABLE" : "TABLE"} ${sqlName}`,
    owner: row.owner,
    privileges: { kind: "TABLE", on: `TABLE ${sqlName}`, acl: row.acl, aclDefault: row.aclDefault },
    columns,
    inherits: relations.parents
      .get(row.oid)
      ?.flatMap((oid) => relations.byOid.get(oid) ?? [])
      .map(({ namespace, name }) => ({ namespace: context.namespace(namespace), name })),
    features: tableFeatures(context, relations, row),
    warnings: tableWarnings(context, relations, row),
  };
}

/** Up to 17 a partitioned table can be unlogged, which has no effect on its partitions; 18 refuses it. */
function isUnloggedPartitioned(row: RelationRow): boolean {
  return row.persistence === "u" && row.kind === "p";
}

function createTable(
  context: DdlContext,
  relations: RelationLookup,
  row: RelationRow,
  unlogged = "",
): string {
  const elements = [
    ...(relations.columns.get(row.oid) ?? [])
      .map((column) => columnDefinition(context, relations, row, column))
      .filter((definition) => definition !== null),
    ...inlineConstraints(context, relations, row),
  ];
  const body = elements.length === 0 ? "()" : `(\n    ${elements.join(",\n    ")}\n)`;
  return [
    row.kind === "f" ? "CREATE FOREIGN TABLE" : `CREATE ${unlogged}TABLE`,
    ` ${relations.sqlName(row.oid)}`,
    row.ofType === null
      ? ` ${body}`
      : ` OF ${row.ofType}${elements.length === 0 ? "" : ` ${body}`}`,
    ...clauses(context, relations, row).map((clause) => `\n${clause}`),
  ].join("");
}

/** What follows the columns in CREATE TABLE. */
function clauses(context: DdlContext, relations: RelationLookup, row: RelationRow): string[] {
  const parents = isAttachedLater(relations, row) ? [] : (relations.parents.get(row.oid) ?? []);
  const options = [
    ...(row.options === null ? [] : [storageOptions(row.options)]),
    ...(row.toastOptions === null || row.isToastLeft
      ? []
      : [storageOptions(row.toastOptions, "toast.")]),
  ];
  const method = accessMethod(context, row);
  return [
    ...(parents.length === 0 ? [] : [`INHERITS (${parents.map(relations.sqlName).join(", ")})`]),
    ...(row.partitionKey === null ? [] : [`PARTITION BY ${row.partitionKey}`]),
    ...(row.foreignServer === null ? [] : [`SERVER ${quoteIdent(row.foreignServer)}`]),
    ...(row.foreignOptions === null ? [] : [`OPTIONS (${foreignOptions(row.foreignOptions)})`]),
    ...(method === null ? [] : [`USING ${quoteIdent(method)}`]),
    ...(options.length === 0 ? [] : [`WITH (${options.join(", ")})`]),
    ...(row.tablespace === null || context.options.noTablespaces
      ? []
      : [`TABLESPACE ${quoteIdent(row.tablespace)}`]),
  ];
}

/** The access method to name in CREATE TABLE; null for the usual one. */
function accessMethod({ options }: DdlContext, row: RelationRow): string | null {
  // A partitioned table has a method only where somebody gave it one, which may be the usual one.
  const usual = row.kind === "p" ? null : "heap";
  return options.noTableAccessMethod || row.accessMethod === usual ? null : row.accessMethod;
}

function tableFeatures(
  context: DdlContext,
  relations: RelationLookup,
  row: RelationRow,
): ServerFeature[] | undefined {
  const features = [
    ...columnSettingFeatures(context, relations.columns.get(row.oid) ?? [], (column) =>
      inheritedFrom(relations, row, column),
    ),
    ...generationFeatures(relations, row),
    ...(row.kind === "p" && accessMethod(context, row) !== null
      ? [FEATURE.partitionedAccessMethod]
      : []),
    ...notNullFeatures(context, relations, row),
    ...storageFeatures(row.options),
  ];
  return features.length === 0 ? undefined : features;
}

/** Columns of tables that no statement creates, each with the reason: `table public.c: b is not generated, …`. */
export function conflictingColumns(
  context: DdlContext,
  isSelected: (table: RelationRow) => boolean,
): string[] {
  const relations = relationLookup(context);
  return relations.dumpable
    .filter((row) => relations.parents.has(row.oid) && isSelected(row))
    .flatMap((row) =>
      (relations.columns.get(row.oid) ?? []).flatMap((column) => {
        const reason = generationConflict(context, relations, row, column);
        if (reason === undefined) return [];
        return [`table ${relations.sqlName(row.oid)}: ${quoteIdent(column.name)} ${reason}`];
      }),
    )
    .sort();
}

function tableWarnings(
  context: DdlContext,
  relations: RelationLookup,
  row: RelationRow,
): Warning[] | undefined {
  const warnings = [
    ...(relations.parents.has(row.oid) ? childWarnings(context, relations, row) : []),
    ...(row.isToastLeft ? [toastWarning(relations, row)] : []),
    ...noInheritWarnings(relations, row.oid),
  ];
  return warnings.length === 0 ? undefined : warnings;
}

/** A TOAST table stays when the columns that needed it are dropped. */
function toastWarning(relations: RelationLookup, row: RelationRow): Warning {
  const table = `table ${relations.sqlName(row.oid)}`;
  const options = storageOptions(row.toastOptions!, "toast.");
  const message = `${table}: ${options} is left out, as PostgreSQL keeps it only for columns that need a TOAST table`;
  return warning("toast-options", table, message);
}

/** Columns that differ from a parent's where newer servers require the same. */
function childWarnings(
  context: DdlContext,
  relations: RelationLookup,
  row: RelationRow,
): Warning[] {
  const table = `table ${relations.sqlName(row.oid)}`;
  return (relations.columns.get(row.oid) ?? []).flatMap((column) => {
    const name = `${table}: ${quoteIdent(column.name)}`;
    const warnings: Warning[] = [];
    if (isNullableChild(context, relations, row, column)) {
      const message = `${name} may be null, its parent's may not; restored into PostgreSQL 18, neither may`;
      warnings.push(warning("inherited-not-null", table, message));
    }
    if (column.hasUnusedDefault) {
      const message = `${name} is an identity and is restored without the default that it has, too: PostgreSQL uses none`;
      warnings.push(warning("identity-default", table, message));
    }
    if (isNotNullMadeOwn(relations, column)) {
      const reason = row.isPartition
        ? "that one is not valid, and neither are those of all its partitions"
        : "that one is not valid and has the name of another constraint of the table";
      const message = `${name} is restored with a NOT NULL of its own, which stays when its parent's is dropped: ${reason}`;
      warnings.push(warning("own-not-null", table, message));
    }
    if (context.catalog.version.major < 16 && overridesGeneration(relations, row, column)) {
      const message = `${name} has another generation expression than its parent's; only PostgreSQL 16 and later restore that`;
      warnings.push(warning("generated-column", table, message));
    }
    if (isGeneratedAlone(relations, row, column)) {
      const message = `${name} is generated, its parent's is not; PostgreSQL 16 and later refuse that`;
      warnings.push(warning("generated-column", table, message));
    }
    return warnings;
  });
}
