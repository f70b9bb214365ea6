/** CREATE TYPE … AS ENUM. */
import { quoteLiteral } from "../../sql/literal.ts";
import type { DdlContext } from "../context.ts";
import type { Piece } from "../dumpable-object.ts";
import { sqlName } from "../schema-object.ts";
import { typePiece, typesOf } from "./type.ts";

export function enumTypes(context: DdlContext): Piece[] {
  const labels = new Map(context.catalog.enumLabels.map((row) => [row.type, row.labels]));
  return typesOf(context, "e").map((row) => ({
    ...typePiece(context, row),
    sql: () => [
      `CREATE TYPE ${sqlName(context, row)} AS ENUM (${list(labels.get(row.oid) ?? [])})`,
    ],
  }));
}

function list(labels: readonly string[]): string {
  return labels.length === 0 ? "" : `\n    ${labels.map(quoteLiteral).join(",\n    ")}\n`;
}
