/**
 * CREATE FUNCTION and CREATE PROCEDURE. Not taken from pg_get_functiondef(), which rounds the cost to six digits and would
 * replace an existing function.
 */
import { type Address, address, CATALOG, FUNCTION_BODY } from "../../catalog/address.ts";
import type { FunctionRow } from "../../catalog/function.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { withIn } from "../../sql/deparse/normalize.ts";
import { withNullDefaults } from "../../sql/deparse/arguments.ts";
import { dollarQuote, quoteLiteral } from "../../sql/literal.ts";
import { setting } from "../../sql/setting.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject } from "../dumpable-object.ts";
import { isOverloaded } from "../overloading.ts";
import { dumpableRows, schemaObject, sqlName } from "../schema-object.ts";
import { FEATURE, type ServerFeature } from "../server-features.ts";

const VOLATILITY = { i: ["IMMUTABLE"], s: ["STABLE"], v: [] } as const;
export const PARALLEL = { s: "SAFE", r: "RESTRICTED", u: "UNSAFE" } as const;

/** Functions, window functions and procedures. */
export function functions(context: DdlContext): DumpableObject[] {
  const { functions: all, version } = context.catalog;
  const isOld = context.options.reproducible === true && version.major < 14;
  const rows = all.filter((row) => row.kind !== "a");
  return dumpableRows(context, "proc", rows).flatMap((original) => {
    const row = isOld && original.kind === "p" ? withModes(original) : original;
    // Other bodies are text, which is not parsed until the function is called.
    return row.sqlBody === null && row.defaults === 0
      ? functionObject(context, row)
      : [functionObject(context, row), functionBody(context, row)];
  });
}

function functionObject(context: DdlContext, row: FunctionRow): DumpableObject {
  const word = row.kind === "p" ? "PROCEDURE" : "FUNCTION";
  const signature = `${word} ${sqlName(context, row)}(${row.identityArguments})`;
  return {
    ...schemaObject(context, "proc", kindOf(row), row),
    name: `${row.name}(${row.argumentTypes})`,
    late: isOverloaded(context)(row) ? 0 : undefined,
    sql: () => {
      const name = sqlName(context, row);
      if (isSeparate(context, row)) return [createEmpty(name, row)];
      // A body that is parsed when the function is created can't call it yet, nor can a default.
      return row.callsItself
        ? [createEmpty(name, row), replaceFunction(name, row)]
        : [createFunction(name, row)];
    },
    features: functionFeatures(row),
    target: signature,
    owner: row.owner,
    privileges: { kind: word, on: signature, acl: row.acl, aclDefault: row.aclDefault },
  };
}

/**
 * A body and defaults that are parsed when the function is created: the plan can take them out of the statement that
 * creates it, where functions call each other or what they are used by refers to them.
 */
function functionBody(context: DdlContext, row: FunctionRow): DumpableObject {
  const of = address(CATALOG.proc, row.oid);
  return {
    ...schemaObject(context, "proc", kindOf(row), row),
    id: `${of}#body`,
    name: `${row.name}(${row.argumentTypes})`,
    addresses: [bodyAddress(row)],
    requires: [of],
    inline: of,
    parent: of,
    sql: () => (isSeparate(context, row) ? [replaceFunction(sqlName(context, row), row)] : []),
  };
}

function kindOf({ kind }: FunctionRow): "procedure" | "function" {
  return kind === "p" ? "procedure" : "function";
}

function bodyAddress({ oid }: FunctionRow): Address {
  return address(FUNCTION_BODY, oid);
}

function isSeparate({ separate }: DdlContext, row: FunctionRow): boolean {
  return separate.has(bodyAddress(row));
}

/** With the IN before arguments that servers before 14 leave out. */
function withModes(row: FunctionRow): FunctionRow {
  return {
    ...row,
    arguments: withIn(row.arguments),
    identityArguments: withIn(row.identityArguments),
  };
}

function functionFeatures(row: FunctionRow): ServerFeature[] | undefined {
  // Most have none.
  if (row.sqlBody === null && !row.isProcedureWithOut) return undefined;
  return [
    ...(row.sqlBody === null ? [] : [FEATURE.sqlBody]),
    ...(row.isProcedureWithOut ? [FEATURE.procedureOut] : []),
  ];
}

/** The function with an empty body, which fails when it is called, and other defaults. */
function createEmpty(name: string, row: FunctionRow): string {
  const empty = row.sqlBody === null ? {} : { sqlBody: null, source: "" };
  const list = withNullDefaults(row.identityArguments, row.defaults);
  return createFunction(name, { ...row, ...empty, arguments: list });
}

function replaceFunction(name: string, row: FunctionRow): string {
  return createFunction(name, row).replace(/^CREATE/, "CREATE OR REPLACE");
}

export function createFunction(name: string, row: FunctionRow): string {
  const header = `CREATE ${row.kind === "p" ? "PROCEDURE" : "FUNCTION"} ${name}(${row.arguments})`;
  return [
    row.result === null ? header : `${header} RETURNS ${row.result}`,
    `LANGUAGE ${[quoteIdent(row.language), ...attributes(row)].join(" ")}`,
    ...(row.settings ?? []).map((config) => `SET ${setting(config)}`),
    body(row),
  ].join("\n    ");
}

function attributes(row: FunctionRow): string[] {
  // The default of CREATE FUNCTION. A cost of 0 is from a catalog row without one.
  const cost = row.language === "internal" || row.language === "c" ? "1" : "100";
  const transforms = row.transformTypes.map((type) => `FOR TYPE ${type}`).join(", ");
  return [
    ...(transforms === "" ? [] : [`TRANSFORM ${transforms}`]),
    ...(row.kind === "w" ? ["WINDOW"] : []),
    ...VOLATILITY[row.volatility],
    ...(row.isStrict ? ["STRICT"] : []),
    ...(row.securityDefiner ? ["SECURITY DEFINER"] : []),
    ...(row.leakProof ? ["LEAKPROOF"] : []),
    ...(row.cost === cost || row.cost === "0" ? [] : [`COST ${row.cost}`]),
    ...(!row.returnsSet || row.rows === "0" || row.rows === "1000" ? [] : [`ROWS ${row.rows}`]),
    ...(row.support === null ? [] : [`SUPPORT ${row.support}`]),
    ...(row.parallel === "u" ? [] : [`PARALLEL ${PARALLEL[row.parallel]}`]),
  ];
}

function body(row: FunctionRow): string {
  if (row.sqlBody !== null) return row.sqlBody;
  if (row.library !== null) {
    return `AS ${quoteLiteral(row.library)}, ${quoteLiteral(row.source)}`;
  }
  return `AS ${dollarQuote(row.source)}`;
}
