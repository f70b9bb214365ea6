/** ALTER … DEPENDS ON EXTENSION: the object is dropped when the extension is. */
import { type Address, address, CATALOG } from "../../catalog/address.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { groupBy } from "../../util/group-by.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject } from "../dumpable-object.ts";
import { component } from "./component.ts";

/** For functions, procedures, triggers, materialized views and indexes, those of keys too. */
export function extensionDependencies(
  { catalog }: DdlContext,
  objects: readonly DumpableObject[],
): DumpableObject[] {
  const extensionsOf = groupBy(
    catalog.depends
      .filter(({ deptype }) => deptype === "x")
      .flatMap(({ classid, objids, refobjids }) =>
        objids.map((oid, n) => ({ dependent: address(classid, oid), extension: refobjids[n]! })),
      ),
    ({ dependent }) => dependent,
  );
  if (extensionsOf.size === 0) return [];
  const names = new Map(catalog.extensions.map((row) => [row.oid, row.name]));
  const dependencies = (
    object: DumpableObject,
    dependent: Address,
    target: string,
  ): DumpableObject[] => {
    // Old servers allow the same dependency twice, and an upgrade keeps both.
    const oids = new Set(extensionsOf.get(dependent)?.map(({ extension }) => extension));
    return [...oids].map((oid) =>
      component(object, "extension-dependency", {
        part: `/${dependent}/${oid}`,
        name: target,
        statements: [`ALTER ${target} DEPENDS ON EXTENSION ${quoteIdent(names.get(oid)!)}`],
        requires: [address(CATALOG.extension, oid)],
      }),
    );
  };
  return objects.flatMap((object) => [
    ...(object.target === undefined
      ? []
      : dependencies(object, object.addresses[0]!, object.target)),
    ...(object.parts ?? []).flatMap((part) => dependencies(object, part.address, part.target)),
  ]);
}
