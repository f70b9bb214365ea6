/** Text as roff's macros of man(7) take it. Pure. */

/** Characters that roff has by name, or that any terminal can show in other ones. */
const NAMED: Readonly<Record<string, string>> = { "…": "...", "→": "->", "–": "\\(en" };

/** Escapes backslashes, dashes, and what a line must not begin with; the result is ASCII. */
export function roff(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("'", "\\(aq")
    .replaceAll("`", "\\(ga")
    .replaceAll("^", "\\(ha")
    .replaceAll("~", "\\(ti")
    .replaceAll(/[^\n -~]/gu, (character) => {
      const name = NAMED[character];
      if (name === undefined) throw new Error(`no name in roff for ${character}: add it`);
      return name;
    })
    .replaceAll(/^(?=\.)/gm, "\\&");
}

export const section = (title: string): string => `.SH ${quoted(title)}`;

export const subsection = (title: string): string => `.SS ${quoted(title)}`;

/** A term in bold with its description, indented. */
export const item = (term: string, description: string): string =>
  [".TP", `\\fB${roff(term)}\\fR`, roff(description)].join("\n");

export const paragraph = (text: string): string => `.PP\n${roff(text)}`;

/** Lines as they are. */
export const verbatim = (text: string): string =>
  [".PP", ".RS 4", ".nf", roff(text), ".fi", ".RE"].join("\n");

const quoted = (text: string): string => `"${roff(text.replaceAll('"', "''"))}"`;
