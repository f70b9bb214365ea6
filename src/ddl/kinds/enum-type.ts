/** CREATE TYPE … AS ENUM. */
import { quoteLiteral } from "../../sql/literal.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject } from "../dumpable-object.ts";
import { sqlName } from "../schema-object.ts";
import { typeObject, typesOf } from "./type.ts";

export function enumTypes(context: DdlContext): DumpableObject[] {
  const labels = new Map(context.catalog.enumLabels.map((row) => [row.type, row.labels]));
  return typesOf(context, "e").map((row) => ({
    ...typeObject(context, row),
    sql: () => [
      `CREATE TYPE ${sqlName(context, row)} AS ENUM (${list(labels.get(row.oid) ?? [])})`,
    ],
  }));
}

function list(labels: readonly string[]): string {
  return labels.length === 0 ? "" : `\n    ${labels.map(quoteLiteral).join(",\n    ")}\n`;
}
