/** ALTER … DEPENDS ON EXTENSION: what a user tied to an extension, so that it goes when the extension goes. */
import { type Address, address, CATALOG } from "../../catalog/address.ts";
import { quoteIdent } from "../../sql/ident.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject } from "../dumpable-object.ts";
import { groupBy } from "../../util/group-by.ts";
import { component } from "./component.ts";

/** For functions, procedures, triggers, materialized views and indexes, those behind keys too. */
export function extensionDependencies(
  { catalog }: DdlContext,
  objects: readonly DumpableObject[],
): DumpableObject[] {
  const names = new Map(catalog.extensions.map((row) => [row.oid, row.name]));
  const ties = groupBy(
    catalog.depends
      .filter(({ deptype }) => deptype === "x")
      .flatMap(({ classid, objids, refobjids }) =>
        objids.map((oid, n) => ({ own: address(classid, oid), extension: refobjids[n]! })),
      ),
    ({ own }) => own,
  );
  if (ties.size === 0) return [];
  const tie = (object: DumpableObject, own: Address, target: string): DumpableObject[] =>
    // Old servers let the same be said twice, and an upgrade keeps it.
    [...new Set(ties.get(own)?.map(({ extension }) => extension))].map((extension) =>
      component(
        object,
        "extension-dependency",
        `/${own}/${extension}`,
        target,
        [`ALTER ${target} DEPENDS ON EXTENSION ${quoteIdent(names.get(extension)!)}`],
        { requires: [address(CATALOG.extension, extension)] },
      ),
    );
  return objects.flatMap((object) => [
    ...(object.target === undefined ? [] : tie(object, object.addresses[0]!, object.target)),
    ...(object.parts ?? []).flatMap((part) => tie(object, part.address, part.target)),
  ]);
}
