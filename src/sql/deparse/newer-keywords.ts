/**
 * Text that a server deparsed quotes the words that are keywords to that server, and not those that became keywords
 * later: on a newer server such a text is an error, or means something else (`system_user`). Read again with
 * `quote_all_identifiers`, the text shows which of its words are names, and these alone are quoted here, so that the
 * result is what a newer server would have written.
 */
import { KEYWORDS } from "../keywords.ts";
import { skipQuoted } from "./scan.ts";

/** Words that must be quoted on some major, and are none to a server with these keywords. */
export function newerKeywords(keywords: Iterable<string>): ReadonlySet<string> {
  const known = new Set(keywords);
  return new Set([...KEYWORDS].filter((word) => !known.has(word)));
}

/** A test whether text may hold one of the words as a name; undefined where there are no such words. */
export function mayHoldName(words: ReadonlySet<string>): ((text: string) => boolean) | undefined {
  if (words.size === 0) return undefined;
  const pattern = new RegExp(String.raw`(?<![\w"$:])(?:${[...words].join("|")})(?![\w"$])`);
  return (text) => pattern.test(text);
}

/** Whether a text is the type json alone, which newer servers write as it is, or an array of it. */
export function isJsonTypeAlone(text: string): boolean {
  return text === "json" || text === "json[]";
}

const NAME = /[a-z_][a-z0-9_$]*/y;

/**
 * The text with these words quoted where they are names.
 * @param plain as deparsed.
 * @param quoted the same with all names quoted.
 * @param isTypes whether it is a list of types, or of arguments, which can have no names.
 * @returns undefined when the two are not the same text.
 */
export function quoteNewerKeywords(
  plain: string,
  quoted: string,
  { words, isTypes }: { readonly words: ReadonlySet<string>; readonly isTypes: boolean },
): string | undefined {
  if (plain === quoted) return plain;
  let result = "";
  let at = 0;
  let quotedAt = 0;
  while (at < plain.length) {
    const end = skipQuoted(plain, at);
    const quotedEnd = skipQuoted(quoted, quotedAt);
    if (end > at) {
      // A literal of `regclass` and its kin holds names that are never keywords.
      if (quotedEnd === quotedAt || plain[at] !== quoted[quotedAt]) return undefined;
      result += plain.slice(at, end);
      at = end;
      quotedAt = quotedEnd;
    } else if (quotedEnd > quotedAt && quoted[quotedAt] === '"') {
      NAME.lastIndex = at;
      const name = NAME.exec(plain)?.[0];
      if (name === undefined || `"${name}"` !== quoted.slice(quotedAt, quotedEnd)) return undefined;
      const isName = words.has(name) && !isJsonType(plain, at, { name, isTypes });
      result += isName ? `"${name}"` : name;
      at += name.length;
      quotedAt = quotedEnd;
    } else {
      if (plain[at] !== quoted[quotedAt]) return undefined;
      result += plain[at]!;
      at++;
      quotedAt++;
    }
  }
  return quotedAt === quoted.length ? result : undefined;
}

/** Ends behind a name that is not qualified; behind a table's name, which is, comes its alias. */
const UNQUALIFIED_NAME = /(?:^|[^.\w$"])(?:"(?:[^"]|"")+"|[a-z_][a-z0-9_$]*) $/;
/** Characters that a name of 63 bytes has at most, with every one of them doubled in quotes, and what is around it. */
const MAX_NAME = 130;

/** Whether this is the type: behind `::`, behind the name of an argument or column, or an argument without a name. */
function isJsonType(
  text: string,
  at: number,
  { name, isTypes }: { readonly name: string; readonly isTypes: boolean },
): boolean {
  // Beside a dot it is part of a qualified name, and the type json is not qualified.
  if (name !== "json" || text[at + name.length] === "." || text[at - 1] === ".") return false;
  const before = text.slice(Math.max(0, at - MAX_NAME), at);
  if (before.endsWith("::") || UNQUALIFIED_NAME.test(before)) return true;
  const next = text.slice(at + name.length);
  return isTypes && (next === "" || /^(?:[,)[]| DEFAULT )/.test(next));
}
