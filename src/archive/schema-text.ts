/** The readable SQL entries of an archive, from the statements that the manifest lists object by object. Pure. */
import { objectHeading } from "../util/label.ts";
import {
  OWNERSHIP_ENTRY,
  POST_DATA_ENTRY,
  PRE_DATA_ENTRY,
  type TextEntry,
} from "./format/entry-names.ts";
import type { ManifestObject } from "./format/manifest.ts";
import { isOwnership } from "./format/ownership.ts";

/** The parts of an object that the text shows. */
type ObjectText = Pick<ManifestObject, "kind" | "namespace" | "name" | "section" | "statements">;

/**
 * The entries of an archive, with their texts, made when needed. Owners and privileges are apart, because roles may be
 * missing where it is restored.
 */
export function schemaEntries(
  objects: readonly ObjectText[],
): (readonly [TextEntry, () => string])[] {
  const schema = objects.filter((object) => !isOwnership(object));
  const ownership = objects.filter(isOwnership);
  return [
    [PRE_DATA_ENTRY, () => schemaText(schema, "pre-data")],
    [POST_DATA_ENTRY, () => schemaText(schema, "post-data")],
    ...(ownership.length === 0 ? [] : [[OWNERSHIP_ENTRY, () => ownershipText(ownership)] as const]),
  ];
}

function ownershipText(objects: readonly ObjectText[]): string {
  return `${schemaText(objects, "pre-data")}${schemaText(objects, "post-data")}`;
}

/** The statements of one section, each object's under a comment that names it. */
export function schemaText(
  objects: readonly ObjectText[],
  section: ManifestObject["section"],
): string {
  let text = "";
  for (const object of objects) {
    if (object.section !== section) continue;
    text += `${text === "" ? "" : "\n"}-- ${objectHeading(object)}\n`;
    for (const statement of object.statements) text += `${statement};\n`;
  }
  return text;
}
