/**
 * Views and materialized views. A view whose query would close a cycle, or needs a constraint that comes after the
 * data, is made first as an empty shell of the same columns and gets its query by CREATE OR REPLACE.
 */
import { address, CATALOG } from "../../catalog/address.ts";
import type { RelationRow } from "../../catalog/relation.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { storageOptions } from "../../sql/storage-options.ts";
import { unqualified } from "../../sql/deparse/unqualify.ts";
import { columnSettingFeatures, columnSettings } from "../column-settings.ts";
import { warning } from "../../warnings.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject } from "../dumpable-object.ts";
import { type RelationLookup, relationAddress, relationLookup } from "../relation-lookup.ts";
import { FEATURE } from "../server-features.ts";

/** The query without its closing semicolon. */
function query({ catalog, options }: DdlContext, row: RelationRow): string {
  const sql = row.definition!.replace(/;\s*$/, "");
  return options.reproducible === true && catalog.version.major < 16 ? unqualified(sql) : sql;
}

/** `check_option` is kept among the options and written as a clause. */
function viewOptions(row: RelationRow): { with: string; check: string } {
  const options = row.options ?? [];
  const check = options
    .find((option) => option.startsWith("check_option="))
    ?.slice("check_option=".length);
  const others = options.filter((option) => !option.startsWith("check_option="));
  return {
    with: others.length === 0 ? "" : ` WITH (${storageOptions(others)})`,
    check: check === undefined ? "" : `\n  WITH ${check.toUpperCase()} CHECK OPTION`,
  };
}

export function views(context: DdlContext): DumpableObject[] {
  const index = relationLookup(context);
  const ruleOf = new Map(
    context.catalog.rules.filter((row) => row.isViewQuery).map((row) => [row.relation, row.oid]),
  );
  const staleColumnLists = new Set(
    context.catalog.staleColumnLists.map(({ relation }) => relation),
  );
  return index.dumpable.flatMap((row): DumpableObject[] => {
    if (row.kind !== "v" && row.kind !== "m") return [];
    const id = relationAddress(row.oid);
    const sqlName = index.sqlName(row.oid);
    const rule = address(CATALOG.rewrite, ruleOf.get(row.oid)!);
    const word = row.kind === "v" ? "VIEW" : "MATERIALIZED VIEW";
    const types = [address(CATALOG.type, row.rowType), address(CATALOG.type, row.arrayType)];
    const columns = index.columns.get(row.oid) ?? [];
    const common = {
      namespace: context.namespace(row.namespace),
      name: row.name,
      section: "pre-data",
      target: `${word} ${sqlName}`,
      owner: row.owner,
      warnings: staleColumnLists.has(row.oid)
        ? [
            warning(
              "stale-column-list",
              `view ${sqlName}`,
              `view ${sqlName}: a function in it gives more columns than when the view was made; restored, it fails or reads another column; drop it and make it again`,
            ),
          ]
        : [],
      privileges: { on: `TABLE ${sqlName}`, acl: row.acl, aclDefault: row.aclDefault },
      columns: columns.map(({ number, name, acl }) => ({
        number,
        name,
        acl,
      })),
    } as const;
    if (row.kind === "m") {
      return [
        {
          ...common,
          id,
          kind: "materialized-view",
          addresses: [id, ...types, rule],
          features: columnSettingFeatures(columns),
          sql: () => [createMaterializedView(context, index, row), ...alterColumns(index, row)],
        },
      ];
    }
    const options = viewOptions(row);
    const text = `VIEW ${sqlName}${options.with} AS\n${query(context, row)}${options.check}`;
    return [
      {
        ...common,
        id,
        kind: "view",
        addresses: [id, ...types],
        sql: () => [context.separate.has(rule) ? shell(index, row) : `CREATE ${text}`],
      },
      {
        id: rule,
        kind: "view",
        namespace: common.namespace,
        name: row.name,
        section: "pre-data",
        addresses: [rule],
        requires: [id],
        inline: id,
        parent: id,
        features: row.options?.some((option) => option.startsWith("security_invoker="))
          ? [FEATURE.securityInvoker]
          : undefined,
        sql: () => (context.separate.has(rule) ? [`CREATE OR REPLACE ${text}`] : []),
      },
    ];
  });
}

/** A view of the same columns and types that refers to no relation. */
function shell(index: RelationLookup, row: RelationRow): string {
  const columns = (index.columns.get(row.oid) ?? []).map((column) => {
    const collation = column.collation === null ? "" : ` COLLATE ${column.collation}`;
    return `NULL::${column.type}${collation} AS ${quoteIdent(column.name)}`;
  });
  return `CREATE VIEW ${index.sqlName(row.oid)} AS\nSELECT\n    ${columns.join(",\n    ")}`;
}

function createMaterializedView(
  context: DdlContext,
  index: RelationLookup,
  row: RelationRow,
): string {
  const { noTableAccessMethod, noTablespaces } = context.options;
  const method = noTableAccessMethod || row.accessMethod === "heap" ? null : row.accessMethod;
  const options = [
    ...(row.options === null ? [] : [storageOptions(row.options)]),
    ...(row.toastOptions === null ? [] : [storageOptions(row.toastOptions, "toast.")]),
  ];
  return [
    `CREATE MATERIALIZED VIEW ${index.sqlName(row.oid)}`,
    ...(method === null ? [] : [` USING ${quoteIdent(method)}`]),
    ...(options.length === 0 ? [] : [` WITH (${options.join(", ")})`]),
    ...(row.tablespace === null || noTablespaces
      ? []
      : [` TABLESPACE ${quoteIdent(row.tablespace)}`]),
    ` AS\n${query(context, row)}\n  WITH NO DATA`,
  ].join("");
}

function alterColumns(index: RelationLookup, row: RelationRow): string[] {
  return (index.columns.get(row.oid) ?? []).flatMap((column) => {
    const alter = `ALTER MATERIALIZED VIEW ${index.sqlName(row.oid)} ALTER COLUMN ${quoteIdent(column.name)}`;
    return columnSettings(column).map((setting) => `${alter} ${setting}`);
  });
}
