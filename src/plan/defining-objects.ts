/** Which dumpable object defines which database object. */
import { type ByAddress, CATALOG, setByAddress } from "../catalog/address.ts";
import type { Catalog } from "../catalog/read.ts";
import type { DumpableObject } from "../ddl/dumpable-object.ts";

/** The index in `objects` of the dumpable object whose statements create each database object. */
export function definingObjects(
  objects: readonly DumpableObject[],
): Map<number, Map<number, number>> {
  const defining = new Map<number, Map<number, number>>();
  objects.forEach(({ addresses }, index) => {
    addresses.forEach((address) => setByAddress(defining, address, index));
  });
  return defining;
}

/** As `definingObjects`, with the members of extensions, which CREATE EXTENSION creates. */
export function definingObjectsAndMembers(
  catalog: Catalog,
  objects: readonly DumpableObject[],
): ByAddress<number> {
  const defining = definingObjects(objects);
  const extensions = defining.get(CATALOG.extension);
  for (const [member, extension] of catalog.members) {
    const index = extensions?.get(extension);
    if (index !== undefined) setByAddress(defining, member, index);
  }
  return defining;
}
