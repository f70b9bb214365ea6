/** Fields and rows of COPY's text format, as written (PostgreSQL docs, COPY, "Text Format"). Reading is pg's. */

const SPECIAL = /[\\\n\r\t]/;
const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

/** One field: null as `\N`; what would end a field or a row, and the backslash itself, escaped. */
export function copyField(text: string | null): string {
  if (text === null) return "\\N";
  if (!SPECIAL.test(text)) return text;
  return text.replaceAll(/[\\\n\r\t]/g, (char) => ESCAPES[char]!);
}

/** One row with its line end. */
export function copyRow(fields: readonly (string | null)[]): string {
  return `${fields.map(copyField).join("\t")}\n`;
}
