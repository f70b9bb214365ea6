/** What ALTER … ALTER COLUMN alone can say of a column: statistics target, storage, compression, options. */
import type { ColumnRow } from "../catalog/column.ts";
import { storageOptions } from "../sql/storage-options.ts";

const STORAGE = { p: "PLAIN", e: "EXTERNAL", m: "MAIN", x: "EXTENDED" } as const;
const COMPRESSION = { p: "pglz", l: "lz4", "": "default" } as const;

/**
 * Minor releases since 15.20 and its siblings keep a column's version among its options (ATTRIBUTE_VERSION_ATTOPTION,
 * src/include/catalog/pg_attribute.h). The server's own business: those before do not know it, these do not take it.
 */
const VERSION = "pg_attver=";

/**
 * The actions, to stand after `ALTER COLUMN name`.
 * @param parent the column of a parent from which CREATE TABLE … INHERITS takes storage and compression.
 */
export function columnSettings(column: ColumnRow, parent?: ColumnRow): string[] {
  const { statisticsTarget, storage, compression } = column;
  const options = column.options?.filter((option) => !option.startsWith(VERSION)) ?? [];
  const settings: string[] = [];
  if (statisticsTarget >= 0) settings.push(`SET STATISTICS ${statisticsTarget}`);
  if (storage !== (parent?.storage ?? column.typeStorage))
    settings.push(`SET STORAGE ${STORAGE[storage]}`);
  if (compression !== (parent?.compression ?? ""))
    settings.push(`SET COMPRESSION ${COMPRESSION[compression]}`);
  if (options.length > 0) settings.push(`SET (${storageOptions(options)})`);
  return settings;
}
