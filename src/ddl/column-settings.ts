/** What ALTER … ALTER COLUMN alone can say of a column: statistics target, storage, compression, options. */
import type { ColumnRow } from "../catalog/column.ts";
import { storageOptions } from "../sql/options.ts";

const STORAGE = { p: "PLAIN", e: "EXTERNAL", m: "MAIN", x: "EXTENDED" } as const;
const COMPRESSION = { p: "pglz", l: "lz4" } as const;

/** The actions, to stand after `ALTER COLUMN name`. */
export function columnSettings(column: ColumnRow): string[] {
  return [
    ...(column.statisticsTarget >= 0 ? [`SET STATISTICS ${column.statisticsTarget}`] : []),
    ...(column.storage === null ? [] : [`SET STORAGE ${STORAGE[column.storage]}`]),
    ...(column.compression === "" ? [] : [`SET COMPRESSION ${COMPRESSION[column.compression]}`]),
    ...(column.options === null ? [] : [`SET (${storageOptions(column.options)})`]),
  ];
}
