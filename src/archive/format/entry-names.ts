/**
 * The names of an archive's entries, both ways. A name says where an entry stands in the format and nothing else:
 * tables are numbers here, and no name from an archive is ever used as a path.
 */

export const FORMAT_ENTRY = "nexushub-dump.json";
export const PRE_DATA_ENTRY = "schema/pre-data.sql";
export const POST_DATA_ENTRY = "schema/post-data.sql";
export const OWNERSHIP_ENTRY = "schema/ownership.sql";
export const RESTORE_SQL_ENTRY = "restore.sql";
export const README_ENTRY = "RESTORE.md";
export const MANIFEST_ENTRY = "manifest.json";

/** Entries of text that an archive may hold besides its data, the manifest apart. */
export const TEXT_ENTRIES = [
  FORMAT_ENTRY,
  PRE_DATA_ENTRY,
  POST_DATA_ENTRY,
  OWNERSHIP_ENTRY,
  RESTORE_SQL_ENTRY,
  README_ENTRY,
] as const;
export type TextEntry = (typeof TEXT_ENTRIES)[number];

const TEXTS: ReadonlySet<string> = new Set(TEXT_ENTRIES);
const DATA = /^data\/(0|[1-9]\d{0,8})\/([1-9]\d{0,8})\.copy$/;

/** The name of a relation's part; parts count from 1 in order of arrival, save those that another archive had. */
export function dataEntry(relation: number, part: number): string {
  return `data/${relation}/${part}.copy`;
}

/** The relation's number and the part's; undefined when the name is not one of a data entry. */
export function parseDataEntry(name: string): { relation: number; part: number } | undefined {
  const match = DATA.exec(name);
  return match === null ? undefined : { relation: Number(match[1]), part: Number(match[2]) };
}

export function isTextEntry(name: string): name is TextEntry {
  return TEXTS.has(name);
}
