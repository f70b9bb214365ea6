/** SECURITY LABEL ON, for objects and their columns. A restore needs the label's provider loaded on the target. */
import { type Address, address } from "../../catalog/address.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject } from "../dumpable-object.ts";
import { columnTarget, relationOf } from "./comment.ts";
import { component } from "./component.ts";

/** All security labels; an object has at most one of each provider. */
export function securityLabels(
  { catalog }: DdlContext,
  objects: readonly DumpableObject[],
): DumpableObject[] {
  if (catalog.securityLabels.length === 0) return [];
  const byAddress = new Map<Address, DumpableObject>();
  const byRelation = new Map<Address, DumpableObject>();
  for (const object of objects) {
    const first = object.addresses[0];
    if (object.target !== undefined && first !== undefined) byAddress.set(first, object);
    const relation = relationOf(object);
    if (object.columns !== undefined && relation !== undefined) byRelation.set(relation, object);
  }
  return catalog.securityLabels.flatMap((row) => {
    const isColumn = row.objsubid !== 0;
    const object = (isColumn ? byRelation : byAddress).get(address(row.classoid, row.objoid));
    const column = object?.columns?.find(({ number }) => number === row.objsubid);
    if (object === undefined || (isColumn && column === undefined)) return [];
    const name = column === undefined ? object.target! : columnTarget(object, column.name);
    return component(object, "security-label", {
      part: `/${row.objsubid}/${row.provider}`,
      name,
      statements: [
        `SECURITY LABEL FOR ${quoteIdent(row.provider)} ON ${name} IS ${quoteLiteral(row.label)}`,
      ],
    });
  });
}
