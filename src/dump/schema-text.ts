/** The two readable SQL entries of an archive, from the same statements that the manifest holds one by one. Pure. */
import type { PlannedObject } from "../plan/planned-objects.ts";
import { objectHeading } from "../util/label.ts";

/** The statements of one section, those of each object under a comment that names it. */
export function schemaText(
  objects: readonly PlannedObject[],
  section: PlannedObject["section"],
): string {
  let text = "";
  for (const object of objects) {
    if (object.section !== section) continue;
    text += `${text === "" ? "" : "\n"}-- ${objectHeading(object)}\n`;
    for (const statement of object.statements) text += `${statement};\n`;
  }
  return text;
}
