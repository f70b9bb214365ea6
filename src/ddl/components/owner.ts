/** ALTER … OWNER TO, for every piece that names an owner and the target to alter. */
import { quoteIdent } from "../../sql/ident.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject, DumpId } from "../dumpable-object.ts";
import { component } from "./component.ts";

/** Owners of the pieces. A sequence that belongs to a column has none of its own: it follows the table. */
export function owners({ role }: DdlContext, objects: readonly DumpableObject[]): DumpableObject[] {
  // ALTER SEQUENCE … OWNED BY wants both to have one owner, which they have as long as neither was given away.
  const sequences = new Map<DumpId, DumpId[]>();
  for (const object of objects) {
    if (object.kind !== "sequence-owner") continue;
    for (const id of object.requires ?? [])
      sequences.set(id, [...(sequences.get(id) ?? []), object.id]);
  }
  return objects.flatMap((object) => {
    if (object.owner === undefined || object.target === undefined) return [];
    const statement = `ALTER ${object.target} OWNER TO ${quoteIdent(role(object.owner))}`;
    return component(object, "owner", "", object.target, [statement], {
      requires: sequences.get(object.id) ?? [],
      roles: [object.owner],
    });
  });
}
