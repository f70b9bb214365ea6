/** CREATE TYPE … AS (columns). */
import { address, CATALOG } from "../../catalog/address.ts";
import type { CompositeColumnRow } from "../../catalog/composite-type.ts";
import { quoteIdent } from "../../sql/ident.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject } from "../dumpable-object.ts";
import { groupBy } from "../../util/group-by.ts";
import { sqlName } from "../schema-object.ts";
import { typeObject, typesOf } from "./type.ts";

export function compositeTypes(context: DdlContext): DumpableObject[] {
  const byType = groupBy(context.catalog.compositeColumns, (row) => row.type);
  return typesOf(context, "c").map((row) => {
    const rows = byType.get(row.oid) ?? [];
    const common = typeObject(context, row);
    // In pg_depend the columns belong to the relation of the type.
    const relations = rows.slice(0, 1).map(({ relation }) => address(CATALOG.class, relation));
    return {
      ...common,
      addresses: [...common.addresses, ...relations],
      columns: rows.flatMap(({ number, name }) =>
        number === null || name === null ? [] : [{ number, name, acl: null }],
      ),
      sql: () => [`CREATE TYPE ${sqlName(context, row)} AS (${rows.map(column).join(",")}\n)`],
    };
  });
}

function column({ name, columnType, collation }: CompositeColumnRow): string {
  if (name === null || columnType === null) return "";
  return `\n    ${quoteIdent(name)} ${columnType}${collation === null ? "" : ` COLLATE ${collation}`}`;
}
