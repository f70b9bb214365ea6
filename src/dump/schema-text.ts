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
  return objects
    .filter((object) => object.section === section)
    .map(({ kind, namespace, name, statements }) => {
      const label = `${kind} ${namespace === null ? "" : `${namespace}.`}${name}`.replaceAll(
        /[\r\n]+/g,
        " ",
      );
      return `-- ${label}\n${statements.map((statement) => `${statement};\n`).join("")}`;
    })
    .join("\n");
}
