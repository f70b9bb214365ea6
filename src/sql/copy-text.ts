/** Writes fields and rows in COPY's text format (PostgreSQL docs, COPY, "Text Format"). */

const SPECIAL = /[\\\n\r\t]/;
const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

/** One field: null as `\N`; separators of fields and rows, and backslashes, are escaped. */
export function copyField(text: string | null): string {
  if (text === null) return "\\N";
  if (!SPECIAL.test(text)) return text;
  return text.replaceAll(/[\\\n\r\t]/g, (char) => ESCAPES[char]!);
}

/** One row with its newline. */
export function copyRow(fields: readonly (string | null)[]): string {
  return `${fields.map(copyField).join("\t")}\n`;
}
