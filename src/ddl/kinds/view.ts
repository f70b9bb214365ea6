/**
 * Views and materialized views. A view whose query would close a dependency cycle, or needs a constraint that comes
 * after the data, is created first as an empty shell of the same columns and gets its query by CREATE OR REPLACE.
 */
import { type Address, address, CATALOG } from "../../catalog/address.ts";
import type { RelationRow } from "../../catalog/relation.ts";
import { unqualified } from "../../sql/deparse/unqualify.ts";
import { valuesQuery } from "../../sql/deparse/values-query.ts";
import { columnList, quoteIdent } from "../../sql/ident.ts";
import { storageOptions } from "../../sql/storage-options.ts";
import { warning } from "../../warnings.ts";
import { columnSettingFeatures, columnSettings } from "../column-settings.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject } from "../dumpable-object.ts";
import { type RelationLookup, relationAddress, relationLookup } from "../relation-lookup.ts";
import { FEATURE } from "../server-features.ts";
import { storageFeatures } from "../storage-features.ts";

export function views(context: DdlContext): DumpableObject[] {
  const relations = relationLookup(context);
  /** The rewrite rules that hold the queries in the catalogs, by relation. */
  const rules = new Map(
    context.catalog.rules.filter((row) => row.isViewQuery).map((row) => [row.relation, row]),
  );
  const stale = new Set(context.catalog.staleColumnLists.map(({ relation }) => relation));
  return relations.dumpable.flatMap((row) => {
    if (row.kind !== "v" && row.kind !== "m") return [];
    const { oid, readsItself } = rules.get(row.oid)!;
    const rule = address(CATALOG.rewrite, oid);
    const common = viewFields(context, relations, row, stale.has(row.oid));
    return row.kind === "v"
      ? viewObjects(context, row, { rule, readsItself }, common)
      : [materializedView(context, row, rule, common)];
  });
}

type ViewFields = ReturnType<typeof viewFields>;

/** The fields that views and materialized views share. */
function viewFields(
  context: DdlContext,
  relations: RelationLookup,
  row: RelationRow,
  isStale: boolean,
) {
  const id = relationAddress(row.oid);
  const sqlName = relations.sqlName(row.oid);
  const message = `view ${sqlName}: a function in it gives more columns than when the view was made; restored, it fails or reads another column; drop it and make it again`;
  return {
    id,
    namespace: context.namespace(row.namespace),
    name: row.name,
    section: "pre-data",
    addresses: [id, address(CATALOG.type, row.rowType), address(CATALOG.type, row.arrayType)],
    target: `${row.kind === "v" ? "VIEW" : "MATERIALIZED VIEW"} ${sqlName}`,
    owner: row.owner,
    warnings: isStale ? [warning("stale-column-list", `view ${sqlName}`, message)] : undefined,
    privileges: { kind: "TABLE", on: `TABLE ${sqlName}`, acl: row.acl, aclDefault: row.aclDefault },
    columns: relations.columns.get(row.oid) ?? [],
  } as const;
}

/** A view, and its query as an object that the plan can take out of it. */
function viewObjects(
  context: DdlContext,
  row: RelationRow,
  { rule, readsItself }: { readonly rule: Address; readonly readsItself: boolean },
  common: ViewFields,
): DumpableObject[] {
  const options = viewOptions(row);
  const text = `${common.target}${columnNames(row, common)}${options.with} AS\n${query(context, row)}${options.check}`;
  const isSeparate = (): boolean => readsItself || context.separate.has(rule);
  return [
    {
      kind: "view",
      sql: () => [isSeparate() ? shell(common) : `CREATE ${text}`],
      ...common,
    },
    {
      id: rule,
      kind: "view",
      namespace: common.namespace,
      name: row.name,
      section: "pre-data",
      addresses: [rule],
      requires: [common.id],
      inline: common.id,
      parent: common.id,
      features: options.isInvoker ? [FEATURE.securityInvoker] : undefined,
      sql: () => (isSeparate() ? [`CREATE OR REPLACE ${text}`] : []),
    },
  ];
}

/** The names of the columns where the query cannot give them: VALUES has names of its own. */
function columnNames({ definition }: RelationRow, { columns }: ViewFields): string {
  return valuesQuery(definition!) === definition
    ? ""
    : ` ${columnList(columns.map(({ name }) => name))}`;
}

/** The query without its closing semicolon. */
function query({ catalog, options }: DdlContext, row: RelationRow): string {
  const sql = valuesQuery(row.definition!).replace(/;\s*$/, "");
  return options.reproducible === true && catalog.version.major < 16 ? unqualified(sql) : sql;
}

const CHECK_OPTION = "check_option=";

/** The catalogs have `check_option` among the options; it is written as a clause. */
function viewOptions({ options }: RelationRow) {
  const check = options?.find((option) => option.startsWith(CHECK_OPTION));
  const others = options?.filter((option) => option !== check) ?? [];
  const word = check?.slice(CHECK_OPTION.length).toUpperCase();
  return {
    with: others.length === 0 ? "" : ` WITH (${storageOptions(others)})`,
    check: word === undefined ? "" : `\n  WITH ${word} CHECK OPTION`,
    isInvoker: others.some((option) => option.startsWith("security_invoker=")),
  };
}

/** A view of the same columns and types that refers to no relation. */
function shell({ target, columns }: ViewFields): string {
  const nulls = columns.map(({ name, type, collation }) => {
    const collate = collation === null ? "" : ` COLLATE ${collation}`;
    return `NULL::${type}${collate} AS ${quoteIdent(name)}`;
  });
  return `CREATE ${target} AS\nSELECT\n    ${nulls.join(",\n    ")}`;
}

function materializedView(
  context: DdlContext,
  row: RelationRow,
  rule: Address,
  common: ViewFields,
): DumpableObject {
  const { columns, target } = common;
  return {
    kind: "materialized-view",
    features: [...columnSettingFeatures(context, columns), ...storageFeatures(row.options)],
    sql: () => [
      createMaterializedView(context, row, common),
      ...columns.flatMap((column) => {
        const alter = `ALTER ${target} ALTER COLUMN ${quoteIdent(column.name)}`;
        return columnSettings(context, column).map((setting) => `${alter} ${setting}`);
      }),
    ],
    ...common,
    addresses: [...common.addresses, rule],
  };
}

function createMaterializedView(context: DdlContext, row: RelationRow, common: ViewFields): string {
  const { noTableAccessMethod, noTablespaces } = context.options;
  const method = noTableAccessMethod || row.accessMethod === "heap" ? null : row.accessMethod;
  const options = [
    ...(row.options === null ? [] : [storageOptions(row.options)]),
    ...(row.toastOptions === null ? [] : [storageOptions(row.toastOptions, "toast.")]),
  ];
  return [
    `CREATE ${common.target}${columnNames(row, common)}`,
    ...(method === null ? [] : [` USING ${quoteIdent(method)}`]),
    ...(options.length === 0 ? [] : [` WITH (${options.join(", ")})`]),
    ...(row.tablespace === null || noTablespaces
      ? []
      : [` TABLESPACE ${quoteIdent(row.tablespace)}`]),
    ` AS\n${query(context, row)}\n  WITH NO DATA`,
  ].join("");
}
