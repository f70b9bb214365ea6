/** The two readable SQL entries of an archive, from the same statements that the manifest holds one by one. Pure. */
import type { PlannedObject } from "../plan/plan.ts";

/**
 * The statements of one section, each under a comment that names its object. A name can hold line breaks, and what
 * follows one would be run: they are shown as blanks.
 */
export function schemaText(
  objects: readonly PlannedObject[],
  section: PlannedObject["section"],
): string {
  let text = "";
  for (const { section: its, kind, namespace, name, statements } of objects) {
    if (its !== section) continue;
    const label = `${kind} ${namespace === null ? "" : `${namespace}.`}${name}`;
    text += `${text === "" ? "" : "\n"}-- ${label.replaceAll(/[\r\n]+/g, " ")}\n`;
    for (const statement of statements) text += `${statement};\n`;
  }
  return text;
}
