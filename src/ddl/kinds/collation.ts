/** CREATE COLLATION. */
import type { CollationRow } from "../../catalog/collation.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject } from "../dumpable-object.ts";
import { dumpableRows, schemaObject, sqlName } from "../schema-object.ts";
import { FEATURE, type ServerFeature } from "../server-features.ts";

const PROVIDER = { b: "builtin", c: "libc", i: "icu" } as const;

export function collations(context: DdlContext): DumpableObject[] {
  return dumpableRows(context, "collation", context.catalog.collations).map((row) => {
    const name = sqlName(context, row);
    return {
      ...schemaObject(context, "collation", "collation", row),
      sql: () => [createCollation(name, row)],
      features: collationFeatures(row),
      target: `COLLATION ${name}`,
      owner: row.owner,
    };
  });
}

function collationFeatures(row: CollationRow): ServerFeature[] {
  return [
    ...(row.provider === "b" ? [FEATURE.builtinCollation] : []),
    ...(row.rules === null ? [] : [FEATURE.collationRules]),
  ];
}

export function createCollation(name: string, row: CollationRow): string {
  const options = [
    `provider = ${PROVIDER[row.provider]}`,
    ...(row.isDeterministic ? [] : ["deterministic = false"]),
    ...localeOptions(row),
    ...(row.rules === null ? [] : [`rules = ${quoteLiteral(row.rules)}`]),
  ];
  return `CREATE COLLATION ${name} (${options.join(", ")})`;
}

function localeOptions({ locale, collate, ctype }: CollationRow): string[] {
  // `locale` sets both, and is the only option for ICU on every version.
  const both = locale ?? (collate === ctype ? collate : null);
  if (both !== null) return [`locale = ${quoteLiteral(both)}`];
  return [
    ...(collate === null ? [] : [`lc_collate = ${quoteLiteral(collate)}`]),
    ...(ctype === null ? [] : [`lc_ctype = ${quoteLiteral(ctype)}`]),
  ];
}
