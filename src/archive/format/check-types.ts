/** Checks the types of a manifest: each refers to earlier ones alone, so that whoever follows them comes to an end. */
import { contradiction, uniqueValues } from "./contradiction.ts";
import type { Manifest, ManifestType } from "./manifest.ts";

/** @throws ArchiveError naming "manifest", only when something does not fit. */
export function checkTypes({ types, relations }: Manifest): void {
  for (const { number, kind, columns, types: numbers } of relations) {
    if (kind !== "table" || types === undefined) {
      if (numbers !== undefined)
        contradiction(`relation ${number} has types, and there can be none`);
    } else if (numbers?.length !== columns.length)
      contradiction(`relation ${number} does not have a type for each column`);
    for (const each of numbers ?? [])
      if (each >= types!.length)
        contradiction(`relation ${number} has type ${each}, which is missing`);
  }
  if (types === undefined) return;
  uniqueValues(
    types.map(({ name }) => name),
    "type",
  );
  for (const [index, type] of types.entries()) {
    const parts = partsOf(type);
    if (parts.length > 1) contradiction(`type ${type.name} is of several kinds`);
    const later = parts.flat().find((part) => part >= index);
    if (later !== undefined)
      contradiction(`type ${type.name} consists of type ${later}, which does not come before it`);
  }
}

/** For each field that tells the kind of the type: the types that it names. */
function partsOf({ domainOf, arrayOf, rangeOf, labels, attributes }: ManifestType): number[][] {
  return [
    ...[domainOf, arrayOf, rangeOf].flatMap((part) => (part === undefined ? [] : [[part]])),
    ...(labels === undefined ? [] : [[]]),
    ...(attributes === undefined ? [] : [attributes.map(({ type }) => type)]),
  ];
}
