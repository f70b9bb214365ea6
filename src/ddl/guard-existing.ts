/**
 * What users hung on an extension's relations. An extension's script may make the same, now or in another version, so
 * it is made only where it is not there.
 */
import { type Address, address } from "../catalog/address.ts";
import {
  type ExtensionUserObjectRow,
  BY_RELATION,
} from "../catalog/inferred/extension-user-object.ts";
import { qualify } from "../sql/ident.ts";
import { quoteLiteral } from "../sql/literal.ts";
import type { DdlContext } from "./context.ts";
import { conditionalStatement } from "./conditional-statement.ts";
import type { DumpableObject } from "./dumpable-object.ts";
import { relationLookup } from "./relation-lookup.ts";
import { syntaxFeatures } from "./server-features.ts";

const MAKES = /^(?:CREATE |ALTER TABLE [^]*?\bADD CONSTRAINT )/;

/** The pieces, with those of additions made careful. */
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
    const condition = absent(context, row);
    return {
      ...object,
      // The plan does not look into the blocks that the statements end up in.
      features: [...(object.features ?? []), ...syntaxFeatures(object.sql())],
      sql: () =>
        object
          .sql()
          .map((statement) =>
            MAKES.test(statement) ? conditionalStatement(condition, statement) : statement,
          ),
    };
  });
}

/** True where the addition is not there. */
function absent(context: DdlContext, { classid, relation, name }: ExtensionUserObjectRow): string {
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
