/** Options of types that PostgreSQL 14 and later record, without those that CREATE TYPE of an older dump implies. */
import { chosenMultirangeName } from "../../sql/chosen-name.ts";
import { qualify } from "../../sql/ident.ts";
import type { ComparedObject } from "../compared-object.ts";

/** What an array of a fixed length gets (DefineType(), src/backend/commands/typecmds.c). */
const ARRAY_SUBSCRIPT = "\n    SUBSCRIPT = raw_array_subscript_handler,";

/** A type of a server since 14. */
export function withoutImpliedTypeOptions(object: ComparedObject): ComparedObject {
  if (object.kind !== "type") return object;
  const multirange = qualify(object.namespace, chosenMultirangeName(object.name));
  // The subtype comes before it.
  const option = `,\n    multirange_type_name = ${multirange}`;
  const statements = object.statements.map((statement) => {
    const at = statement.indexOf(option);
    const isWhole = at >= 0 && ",\n".includes(statement[at + option.length]!);
    const rest = isWhole ? statement.slice(0, at) + statement.slice(at + option.length) : statement;
    return rest.replace(ARRAY_SUBSCRIPT, "");
  });
  return { ...object, statements };
}
