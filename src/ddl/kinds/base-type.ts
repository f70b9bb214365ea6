/** CREATE TYPE of a base type, and the shell type with which its functions are declared. */
import type { BaseTypeRow } from "../../catalog/base-type.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import type { DdlContext } from "../context.ts";
import { definition } from "../definition.ts";
import type { DumpableObject } from "../dumpable-object.ts";
import { sqlName } from "../schema-object.ts";
import { shellTypeObject, typeObject, typesOf } from "./type.ts";
import { FEATURE } from "../server-features.ts";

const ALIGNMENT = { c: "char", s: "int2", i: "int4", d: "double" } as const;
const STORAGE = { p: "plain", e: "external", m: "main", x: "extended" } as const;

export function baseTypes(context: DdlContext): DumpableObject[] {
  const byType = new Map(context.catalog.baseTypes.map((row) => [row.type, row]));
  return typesOf(context, "b").flatMap((row) => {
    const base = byType.get(row.oid)!;
    const object: DumpableObject = {
      ...typeObject(context, row),
      sql: () => [createBaseType(sqlName(context, row), base)],
      features: base.subscript === null ? undefined : [FEATURE.subscriptFunction],
    };
    return [shellTypeObject(context, row), object];
  });
}

function createBaseType(name: string, row: BaseTypeRow): string {
  return `CREATE TYPE ${name} ${definition([
    ["INTERNALLENGTH", row.length < 0 ? "variable" : row.length],
    ["INPUT", row.input],
    ["OUTPUT", row.output],
    ["RECEIVE", row.receive],
    ["SEND", row.send],
    ["TYPMOD_IN", row.typmodIn],
    ["TYPMOD_OUT", row.typmodOut],
    ["ANALYZE", row.analyze],
    ["SUBSCRIPT", row.subscript],
    ["COLLATABLE", row.collatable ? "true" : null],
    ["DEFAULT", row.default],
    ["ELEMENT", row.element],
    // The defaults of CREATE TYPE: category U, a comma.
    ["CATEGORY", row.category === "U" ? null : quoteLiteral(row.category)],
    ["PREFERRED", row.isPreferred ? "true" : null],
    ["DELIMITER", row.delimiter === "," ? null : quoteLiteral(row.delimiter)],
    ["ALIGNMENT", ALIGNMENT[row.alignment]],
    ["STORAGE", STORAGE[row.storage]],
    ["PASSEDBYVALUE", row.passedByValue],
  ])}`;
}
