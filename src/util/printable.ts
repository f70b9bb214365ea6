/** Text from databases and archives as people may see it: nothing in it acts on a terminal, or looks like another line. Pure. */

// Control characters other than tab and newline (ECMA-48, C0 and C1), line and paragraph separators, and those that reorder
// text (Unicode Standard Annex 9).
const CONTROL =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/g;

/** Replaces control characters, which an object's name may contain, by escapes such as `\x1b`. Lines stay lines. */
export function printable(text: string): string {
  return text.replace(CONTROL, (character) => {
    const code = character.charCodeAt(0).toString(16);
    return code.length > 2 ? `\\u${code.padStart(4, "0")}` : `\\x${code.padStart(2, "0")}`;
  });
}

/** The same for what is to be one line. */
export function printableLine(text: string): string {
  return printable(text)
    .replaceAll("\n", String.raw`\n`)
    .replaceAll("\t", " ");
}
