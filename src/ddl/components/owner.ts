/** ALTER … OWNER TO, for every object that has an owner and a target. */
import { quoteIdent } from "../../sql/ident.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject, DumpId } from "../dumpable-object.ts";
import { component } from "./component.ts";

/** The owners of all objects. A sequence that belongs to a column follows the owner of the table. */
export function owners({ role }: DdlContext, objects: readonly DumpableObject[]): DumpableObject[] {
  // ALTER SEQUENCE … OWNED BY requires one owner of both, as they have until the first of them is given another.
  const sequenceOwners = new Map<DumpId, DumpId[]>();
  for (const object of objects) {
    if (object.kind !== "sequence-owner") continue;
    for (const id of object.requires ?? [])
      sequenceOwners.set(id, [...(sequenceOwners.get(id) ?? []), object.id]);
  }
  return objects.flatMap((object) => {
    const { id, owner, target } = object;
    if (owner === undefined || target === undefined) return [];
    return component(object, "owner", {
      name: target,
      statements: [`ALTER ${target} OWNER TO ${quoteIdent(role(owner))}`],
      requires: sequenceOwners.get(id) ?? [],
      roles: [owner],
    });
  });
}
