/** CREATE CAST. */
import { address, CATALOG } from "../../catalog/address.ts";
import type { CastRow } from "../../catalog/cast.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject } from "../dumpable-object.ts";

const CONTEXT = { e: "", a: " AS ASSIGNMENT", i: " AS IMPLICIT" } as const;

export function casts({ catalog, isMember }: DdlContext): DumpableObject[] {
  return catalog.casts
    .filter((row) => !isMember(CATALOG.cast, row.oid))
    .map((row) => {
      const id = address(CATALOG.cast, row.oid);
      const name = `(${row.sourceType} AS ${row.targetType})`;
      return {
        id,
        kind: "cast",
        namespace: null,
        name,
        section: "pre-data",
        // Expressions that use the cast depend on its function. Nothing depends on PostgreSQL's own, or on no function.
        late: row.isFunctionOfUser ? 0 : undefined,
        addresses: [id],
        sql: () => [`CREATE CAST ${name} ${method(row)}${CONTEXT[row.context]}`],
        target: `CAST ${name}`,
      };
    });
}

function method(row: CastRow): string {
  if (row.method === "b") return "WITHOUT FUNCTION";
  return row.method === "i" ? "WITH INOUT" : `WITH FUNCTION ${row.castFunction!}`;
}
