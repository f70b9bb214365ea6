/** Settings of columns that only ALTER COLUMN can set: statistics target, storage, compression, options. */
import type { ColumnRow } from "../catalog/column.ts";
import { storageOptions } from "../sql/storage-options.ts";
import type { DdlContext } from "./context.ts";
import { FEATURE, type ServerFeature } from "./server-features.ts";

const STORAGE = { p: "PLAIN", e: "EXTERNAL", m: "MAIN", x: "EXTENDED" } as const;
const COMPRESSION = { p: "pglz", l: "lz4", "": "default" } as const;

/**
 * Minor releases from 15.20 on and of the same date keep a column's version among its options (ATTRIBUTE_VERSION_ATTOPTION,
 * src/include/catalog/pg_attribute.h). Only the server sets it: older releases do not know it, newer ones refuse it.
 */
const VERSION = "pg_attver=";

/** Requirements of the settings of all columns. */
export function columnSettingFeatures(
  { options: { noToastCompression } }: DdlContext,
  columns: readonly ColumnRow[],
  parentsOf: (column: ColumnRow) => readonly ColumnRow[] = () => [],
): ServerFeature[] {
  if (noToastCompression) return [];
  let isCompression = false;
  let isLz4 = false;
  for (const column of columns) {
    if (column.compression === inheritedCompression(parentsOf(column))) continue;
    isCompression = true;
    isLz4 ||= column.compression === "l";
  }
  return [...(isCompression ? [FEATURE.columnCompression] : []), ...(isLz4 ? [FEATURE.lz4] : [])];
}

/**
 * The actions, to stand after `ALTER COLUMN name`.
 * @param parents the columns of parents from which CREATE TABLE … INHERITS takes storage and compression.
 */
export function columnSettings(
  { options: { noToastCompression } }: DdlContext,
  column: ColumnRow,
  parents: readonly ColumnRow[] = [],
): string[] {
  const { statisticsTarget, storage, compression } = column;
  const options = column.options?.filter((option) => !option.startsWith(VERSION)) ?? [];
  const settings: string[] = [];
  if (statisticsTarget >= 0) settings.push(`SET STATISTICS ${statisticsTarget}`);
  if (storage !== (parents[0]?.storage ?? column.typeStorage)) settings.push(setStorage(storage));
  if (!noToastCompression && compression !== inheritedCompression(parents))
    settings.push(setCompression(compression));
  if (options.length > 0) settings.push(`SET (${storageOptions(options)})`);
  return settings;
}

export function setStorage(storage: ColumnRow["storage"]): string {
  return `SET STORAGE ${STORAGE[storage]}`;
}

export function setCompression(compression: ColumnRow["compression"]): string {
  return `SET COMPRESSION ${COMPRESSION[compression]}`;
}

/** Of several parents, the first one that has a method gives it (MergeAttributes(), src/backend/commands/tablecmds.c). */
export function inheritedCompression(parents: readonly ColumnRow[]): ColumnRow["compression"] {
  return parents.find(({ compression }) => compression !== "")?.compression ?? "";
}
