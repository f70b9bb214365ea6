/** The names that PostgreSQL chooses for what is given none. */
import { clipName, NAME_BYTES } from "./name-bytes.ts";

/**
 * `TABLE_COLUMN_LABEL`, of which the longer one of table and column is shortened until it fits (`makeObjectName()`,
 * src/backend/commands/indexcmds.c). In a database whose encoding is not UTF8 a long name can be shortened elsewhere.
 */
export function chosenName(table: string, column: string, label: string): string {
  let [tableBytes, columnBytes] = [Buffer.byteLength(table), Buffer.byteLength(column)];
  const available = NAME_BYTES - Buffer.byteLength(label) - 2;
  while (tableBytes + columnBytes > available)
    if (tableBytes > columnBytes) tableBytes--;
    else columnBytes--;
  return `${clipName(table, tableBytes)}_${clipName(column, columnBytes)}_${label}`;
}

/**
 * Whether PostgreSQL can have chosen a name: where it is taken, the label gets the first number that makes it free
 * (`ChooseConstraintName()`, src/backend/catalog/pg_constraint.c).
 */
export function isChosenName(name: string, table: string, column: string, label: string): boolean {
  const number = /(?:[1-9]\d*)?$/.exec(name)![0];
  return name === chosenName(table, column, label + number);
}

/**
 * Whether PostgreSQL can have chosen a name for what a foreign key has for a partition that it refers to: up to 17 as for a key
 * without a name, since 18 the key's own with a number (`addFkConstraint()`, src/backend/commands/tablecmds.c).
 */
export function isChosenForPartition(
  name: string,
  table: string,
  columns: readonly string[],
  key: string,
): boolean {
  const number = /_[1-9]\d*$/.exec(name)?.[0];
  const isNumbered =
    number !== undefined && name === clipName(key, NAME_BYTES - number.length) + number;
  return isNumbered || isChosenName(name, table, columns.join("_"), "fkey");
}

/** Bytes of a name that remain before `_multirange`: a name has 63. */
const MULTIRANGE_PREFIX_BYTES = 52;

/**
 * The name of the multirange type of a range type (makeMultirangeTypeName(), src/backend/catalog/pg_type.c). It ends in
 * U+FFFD where the server shortens it in the middle of a character.
 */
export function chosenMultirangeName(range: string): string {
  const prefix = Buffer.from(range).subarray(0, MULTIRANGE_PREFIX_BYTES).toString();
  return range.includes("range") ? range.replace("range", "multirange") : `${prefix}_multirange`;
}
