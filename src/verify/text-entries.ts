/**
 * Compares the readable texts of an archive with what the manifest makes of them. People restore with psql from these texts
 * and reviewers read them, while a restore takes the manifest: they must not say different things.
 */
import {
  FORMAT_ENTRY,
  POST_DATA_ENTRY,
  PRE_DATA_ENTRY,
  README_ENTRY,
  RESTORE_SQL_ENTRY,
  type TextEntry,
} from "../archive/format/entry-names.ts";
import type { Manifest, ManifestEntry, ManifestObject } from "../archive/format/manifest.ts";
import { FORMAT_VERSION } from "../archive/format/version.ts";
import type { ArchiveReader } from "../archive/reader.ts";
import { schemaEntries, schemaText, unrestrictedEntries } from "../archive/schema-text.ts";
import type { DamagedEntry } from "../archive/verify-entries.ts";
import { EARLIER_STYLES, psqlEntries, restoreSql } from "../dump/psql-script.ts";
import { isNexushubDumpError } from "../errors.ts";
import { ownPackage } from "../util/package.ts";

/**
 * @param skip names of entries that are known to be damaged.
 * @returns entries whose text differs, in file order.
 */
export async function textMismatches(
  reader: ArchiveReader,
  skip: ReadonlySet<string>,
): Promise<DamagedEntry[]> {
  const mismatches: DamagedEntry[] = [];
  const { manifest } = reader;
  const expected = expectedTexts(manifest);
  for (const { name, size } of manifest.entries) {
    const texts = expected.get(name);
    if (texts === undefined || skip.has(name)) continue;
    if (await isOneOf(reader, { name, size }, texts)) continue;
    mismatches.push({ entry: name, message: `${name} is not what the manifest says` });
  }
  return mismatches;
}

async function isOneOf(
  reader: ArchiveReader,
  { name, size }: Pick<ManifestEntry, "name" | "size">,
  texts: readonly MakeText[],
): Promise<boolean> {
  for (const make of texts) {
    const expected = make();
    const text = typeof expected === "string" ? Buffer.from(expected) : expected;
    // An entry of another size need not be inflated.
    if (size === text.length && (await isText(reader, name, text))) return true;
  }
  return false;
}

async function isText(reader: ArchiveReader, name: string, text: Buffer): Promise<boolean> {
  try {
    return (await reader.readEntry(name)).equals(text);
  } catch (error) {
    if (isNexushubDumpError(error) && error.code === "ARCHIVE_DAMAGED") return false;
    throw error;
  }
}

type MakeText = () => string | Buffer;

/** The texts that each entry may have, made when they are needed. */
function expectedTexts(manifest: Manifest): ReadonlyMap<string, readonly MakeText[]> {
  const { format, tool, objects, entries } = manifest;
  const texts = new Map<string, MakeText[]>();
  const add = (name: string, text: MakeText): void => {
    texts.set(name, [...(texts.get(name) ?? []), text]);
  };
  add(FORMAT_ENTRY, () => `${JSON.stringify({ format, tool })}\n`);
  // Earlier writers of format 2 did not restrict psql.
  const schemas = [
    ...(format === 1 ? format1SchemaEntries(objects) : schemaEntries(objects)),
    ...(format === 1 ? [] : unrestrictedEntries(objects)),
  ];
  for (const [name, text] of schemas) add(name, text);
  const names = entries.map(({ name }) => name);
  for (const [name, text] of psqlEntries(manifest, names)) {
    if (name !== README_ENTRY || hasOurReadme(manifest)) add(name, () => text);
  }
  if (texts.has(RESTORE_SQL_ENTRY))
    for (const style of EARLIER_STYLES)
      add(RESTORE_SQL_ENTRY, () => restoreSql(manifest, names, style));
  return texts;
}

/** Format 1 had owners and privileges among the other statements. */
function format1SchemaEntries(
  objects: readonly ManifestObject[],
): (readonly [TextEntry, () => string])[] {
  return [
    [PRE_DATA_ENTRY, () => schemaText(objects, "pre-data")],
    [POST_DATA_ENTRY, () => schemaText(objects, "post-data")],
  ];
}

/** The wording of the instructions may change with every release, and no script depends on it. */
function hasOurReadme({ format, tool }: Manifest): boolean {
  return format === FORMAT_VERSION && tool.version === ownPackage().version;
}
