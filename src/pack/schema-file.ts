/** The schema files of a packed folder: statements under lines that name their objects, both ways. Pure. */
import { UsageError } from "../errors.ts";
import type { ManifestObject } from "../archive/format/manifest.ts";
import { objectHeading } from "../util/label.ts";
import { convertedFile } from "./line-ends.ts";
import type { FolderManifest } from "./folder-schema.ts";
import { FOLDER_MANIFEST, SCHEMA_FILES, type Section } from "./layout.ts";

/** More hyphens than any line of a statement begins with. */
export function markerFor(objects: readonly ManifestObject[]): string {
  let longest = 2;
  for (const { statements } of objects) {
    for (const statement of statements) {
      for (const [hyphens] of statement.matchAll(/^-{3,}/gm))
        longest = Math.max(longest, hyphens.length);
    }
  }
  return "-".repeat(longest + 1);
}

/** The statements of one section, each object under a line with its number and name. */
export function sectionText(
  objects: readonly ManifestObject[],
  section: Section,
  marker: string,
): string {
  return objects
    .filter((object) => object.section === section)
    .map((object) => {
      const head = `${marker} ${object.id} ${objectHeading(object)}\n`;
      return `${head}${object.statements.map((statement) => `${statement};\n`).join(`${marker}\n`)}`;
    })
    .join("\n");
}

/**
 * Reads the statements of a section's objects back, by object id.
 * @throws UsageError only when they are not those of the objects in the manifest.
 */
export function parseSection(
  text: string,
  section: Section,
  { marker, objects }: Pick<FolderManifest, "marker" | "objects">,
): Map<number, string[]> {
  const file = SCHEMA_FILES[section];
  const headings = [...text.matchAll(new RegExp(`^${marker} (\\d+) [^\\n]*\\n`, "gm"))];
  if (headings.some(([line]) => line.endsWith("\r\n"))) throw convertedFile(file);
  const statements = new Map<number, string[]>();
  for (const [i, heading] of headings.entries()) {
    const from = heading.index + heading[0].length;
    const next = headings[i + 1];
    const body = text.slice(from, next === undefined ? text.length : next.index - 1);
    const id = Number(heading[1]);
    statements.set(id, splitStatements(body, marker, { file, id }));
  }
  const expected = objects.filter((object) => object.section === section);
  const missing = expected.find(({ id }) => !statements.has(id));
  const misplaced = objects.find(
    (object) => object.section !== section && statements.has(object.id),
  );
  const differing = missing ?? misplaced;
  if (differing !== undefined) {
    throw new UsageError(
      `${file} and ${FOLDER_MANIFEST} disagree about object ${differing.id}, ${differing.name}`,
      { object: file, hint: "change objects in the database and pack a new dump of it" },
    );
  }
  if (statements.size !== headings.length || headings.length !== expected.length) {
    throw new UsageError(`${file} holds an object that ${FOLDER_MANIFEST} does not list`, {
      object: file,
    });
  }
  return statements;
}

function splitStatements(
  body: string,
  marker: string,
  { file, id }: { readonly file: string; readonly id: number },
): string[] {
  return body.split(new RegExp(`^${marker}\\n`, "m")).map((statement) => {
    if (statement.endsWith(";\n")) return statement.slice(0, -2);
    throw new UsageError(`${file}: object ${id} does not end with a semicolon`, { object: file });
  });
}
