/**
 * Guards for the objects that users added to relations of extensions. An extension's script may create the same object,
 * in this version or another one, so the statement runs only where the object does not exist.
 */
import { type Address, address } from "../catalog/address.ts";
import {
  type ExtensionUserObjectRow,
  BY_RELATION,
} from "../catalog/inferred/extension-user-object.ts";
import { qualify } from "../sql/ident.ts";
import { quoteLiteral } from "../sql/literal.ts";
import { conditionalStatement } from "./conditional-statement.ts";
import type { DdlContext } from "./context.ts";
import type { CreateGuard, DumpableObject } from "./dumpable-object.ts";
import { relationLookup } from "./relation-lookup.ts";
import { syntaxFeatures } from "./server-features.ts";

/** The same objects, with a guard for those that users added to relations of extensions. */
export function guardExisting(
  context: DdlContext,
  objects: readonly DumpableObject[],
): readonly DumpableObject[] {
  const rows = new Map<Address, ExtensionUserObjectRow>(
    context.catalog.extensionUserObjects.map((row) => [address(row.classid, row.objid), row]),
  );
  if (rows.size === 0) return objects;
  return objects.map((object) => {
    const row = object.addresses[0] === undefined ? undefined : rows.get(object.addresses[0]);
    if (row === undefined) return object;
    const guard: CreateGuard = (statement) =>
      conditionalStatement(isMissing(context, row), statement);
    return {
      ...object,
      sql: () => object.sql(guard),
      // The plan does not look into the DO blocks that the guard makes.
      features: [...(object.features ?? []), ...syntaxFeatures(object.sql())],
    };
  });
}

/** An SQL condition that is true where the object does not exist. */
function isMissing(
  context: DdlContext,
  { classid, relation, name }: ExtensionUserObjectRow,
): string {
  const relations = relationLookup(context);
  const known = BY_RELATION.get(classid);
  if (known === undefined) {
    const index = qualify(context.namespace(relations.byOid.get(relation)!.namespace), name);
    return `pg_catalog.to_regclass(${quoteLiteral(index)}) IS NULL`;
  }
  return `NOT EXISTS (
      SELECT FROM pg_catalog.${known.catalog}
      WHERE ${known.relation} = ${quoteLiteral(relations.sqlName(relation))}::pg_catalog.regclass AND ${known.name} = ${quoteLiteral(name)})`;
}
