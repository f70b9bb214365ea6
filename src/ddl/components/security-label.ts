/** SECURITY LABEL ON, for pieces and their columns. A restore needs the label's provider to be loaded on the target. */
import { type Address, address } from "../../catalog/address.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import { columnTarget, relationOf } from "./comment.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject } from "../dumpable-object.ts";
import { component } from "./component.ts";

/** Security labels of the pieces; an object has at most one from each provider. */
export function securityLabels(
  { catalog }: DdlContext,
  objects: readonly DumpableObject[],
): DumpableObject[] {
  if (catalog.securityLabels.length === 0) return [];
  const byAddress = new Map<Address, DumpableObject>();
  const byRelation = new Map<Address, DumpableObject>();
  for (const object of objects) {
    const own = object.addresses[0];
    if (object.target !== undefined && own !== undefined) byAddress.set(own, object);
    const relation = relationOf(object);
    if (object.columns !== undefined && relation !== undefined) byRelation.set(relation, object);
  }
  return catalog.securityLabels.flatMap((row) => {
    const key = address(row.classoid, row.objoid);
    const object = (row.objsubid === 0 ? byAddress : byRelation).get(key);
    const column = object?.columns?.find(({ number }) => number === row.objsubid);
    if (object === undefined || (row.objsubid !== 0 && column === undefined)) return [];
    const target = column === undefined ? object.target! : columnTarget(object, column.name);
    const statement = `SECURITY LABEL FOR ${quoteIdent(row.provider)} ON ${target} IS ${quoteLiteral(row.label)}`;
    return component(object, "security-label", `/${row.objsubid}/${row.provider}`, target, [
      statement,
    ]);
  });
}
