/** The readable SQL entries of an archive, from the statements that the manifest lists object by object. Pure. */
import { objectHeading } from "../util/label.ts";
import {
  OWNERSHIP_ENTRY,
  POST_DATA_ENTRY,
  PRE_DATA_ENTRY,
  type TextEntry,
} from "./format/entry-names.ts";
import { sha256 } from "./format/digest.ts";
import type { ManifestObject } from "./format/manifest.ts";
import { isOwnership } from "./format/ownership.ts";
import { type Allocate, allocate } from "./part-buffers.ts";

/** The parts of an object that the text shows. */
type ObjectText = Pick<ManifestObject, "kind" | "namespace" | "name" | "section" | "statements">;

/**
 * The entries of an archive, with their texts, made when needed. Owners and privileges are apart, because roles may be
 * missing where it is restored.
 */
export function schemaEntries(
  objects: readonly ObjectText[],
): (readonly [TextEntry, (take?: Allocate) => Buffer])[] {
  return unrestrictedEntries(objects).map(([name, text]) => [
    name,
    (take) => restricted(text(), take),
  ]);
}

/** Hex digits of a key: 160 bits. */
const KEY_DIGITS = 40;

/**
 * The text between `\restrict` and `\unrestrict`, so that psql runs no backslash command of it (CVE-2025-8714): what a hostile
 * server deparsed could have one at the beginning of a line. The key is a digest of the text, which therefore cannot
 * hold it.
 */
export function restricted(text: string, take: Allocate = allocate): Buffer {
  if (text === "") return Buffer.alloc(0);
  const before = (key: string): string => `\\restrict ${key}\n\n`;
  const after = (key: string): string => `\n\\unrestrict ${key}\n`;
  // Encoded once, and where it stays: a large schema has many megabytes.
  const start = before("0".repeat(KEY_DIGITS)).length;
  const end = start + Buffer.byteLength(text);
  const size = end + after("0".repeat(KEY_DIGITS)).length;
  const bytes = take(size).subarray(0, size);
  bytes.write(text, start);
  const key = sha256(bytes.subarray(start, end)).slice(0, KEY_DIGITS);
  bytes.write(before(key));
  bytes.write(after(key), end);
  return bytes;
}

/** The same entries without `\restrict`, as earlier versions wrote them. */
export function unrestrictedEntries(
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
  return objects
    .filter((object) => object.section === section)
    .map(objectText)
    .join("\n");
}

/** The statements of one object under a comment that names it. */
export function objectText(object: ObjectText): string {
  const statements = object.statements.map((statement) => `${statement};\n`);
  return `-- ${objectHeading(object)}\n${statements.join("")}`;
}
