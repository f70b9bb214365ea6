/** CREATE CONVERSION. */
import { quoteLiteral } from "../../sql/literal.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject } from "../dumpable-object.ts";
import { dumpableRows, schemaObject, sqlName } from "../schema-object.ts";

export function conversions(context: DdlContext): DumpableObject[] {
  return dumpableRows(context, "conversion", context.catalog.conversions).map((row) => {
    const name = sqlName(context, row);
    const encodings = `FOR ${quoteLiteral(row.from)} TO ${quoteLiteral(row.to)}`;
    return {
      ...schemaObject(context, "conversion", "conversion", row),
      sql: () => [
        `CREATE ${row.isDefault ? "DEFAULT " : ""}CONVERSION ${name} ${encodings} FROM ${row.function}`,
      ],
      target: `CONVERSION ${name}`,
      owner: row.owner,
    };
  });
}
