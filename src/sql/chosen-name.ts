/** The name that PostgreSQL chooses for what is given none. */

/** NAMEDATALEN - 1 (src/include/pg_config_manual.h). */
const NAME_BYTES = 63;

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
  return `${clipped(table, tableBytes)}_${clipped(column, columnBytes)}_${label}`;
}

/** The whole characters in the first bytes of a text. */
function clipped(text: string, bytes: number): string {
  const encoded = Buffer.from(text);
  let end = Math.min(bytes, encoded.length);
  // Continuation bytes are 10xxxxxx.
  while (end > 0 && end < encoded.length && (encoded[end]! & 0xc0) === 0x80) end--;
  return encoded.subarray(0, end).toString();
}
