/** The two readable SQL entries of an archive, from the statements that the manifest lists object by object. Pure. */
import { objectHeading } from "../util/label.ts";
import type { ManifestObject } from "./format/manifest.ts";

/** The parts of an object that the text shows. */
type ObjectText = Pick<ManifestObject, "kind" | "namespace" | "name" | "section" | "statements">;

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
