/**
 * Name patterns as `psql` and `pg_dump` read them (PostgreSQL docs, psql, "Patterns"): letters fold to lower case
 * outside double quotes, `*` is any text, `?` any character, a dot parts schema from name, quotes take all literally,
 * and the signs of regular expressions but `$` keep their meaning.
 */
import { UsageError } from "../errors.ts";

export interface NamePattern {
  /** As given, for messages. */
  readonly text: string;
  /** The one database whose objects are meant; null when the pattern names none. Taken literally. */
  readonly database: string | null;
  /** Null when the pattern names no schema. */
  readonly namespace: RegExp | null;
  readonly name: RegExp;
}

/** What stands between unquoted dots. */
interface Part {
  /** Of a regular expression. */
  source: string;
  /** As written, folded and without its quotes. */
  literal: string;
}

/** Classes of PostgreSQL's regular expressions inside brackets, in the words of JavaScript's. */
const CLASSES: Readonly<Record<string, string>> = {
  alpha: "\\p{Alphabetic}",
  digit: "\\d",
  alnum: "\\p{Alphabetic}\\d",
  upper: "\\p{Uppercase}",
  lower: "\\p{Lowercase}",
  space: "\\s",
  punct: "\\p{P}\\p{S}",
  xdigit: "\\da-fA-F",
};
const CLASS = new RegExp(`\\[:(${Object.keys(CLASSES).join("|")}):\\]`, "y");

/** The server folds names so where letters have several bytes: A to Z alone. */
const fold = (char: string): string => (/[A-Z]/.test(char) ? char.toLowerCase() : char);

function parts(text: string): Part[] {
  let part: Part = { source: "", literal: "" };
  const result = [part];
  const add = (source: string, literal: string): void => {
    part.source += source;
    part.literal += literal;
  };
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    CLASS.lastIndex = at;
    const named = quoted ? null : CLASS.exec(text);
    if (named !== null) {
      add(CLASSES[named[1]!]!, named[0]);
      at += named[0].length - 1;
    } else if (char === '"') {
      if (quoted && text[at + 1] === '"') add('"', text[++at]!);
      else quoted = !quoted;
    } else if (!quoted && char === ".") {
      part = { source: "", literal: "" };
      result.push(part);
    } else if (!quoted && char === "*") add(".*", char);
    else if (!quoted && char === "?") add(".", char);
    // Always literal: `$`, and the brackets of an array's name.
    else if (
      char === "$" ||
      text.startsWith("[]", at) ||
      (quoted && /[\\^.*+?()[\]{}|/]/.test(char))
    )
      add(`\\${char}`, char);
    else if (!quoted && char === "]" && text[at - 1] === "[") add("\\]", char);
    else add(quoted ? char : fold(char), quoted ? char : fold(char));
  }
  if (quoted)
    throw new UsageError(`the pattern ${text} has an unclosed double quote`, { object: text });
  return result;
}

function anchored({ source }: Part, text: string): RegExp {
  try {
    return new RegExp(`^(?:${source})$`, "su");
  } catch (cause) {
    throw new UsageError(`the pattern ${text} is not a valid regular expression`, {
      object: text,
      cause,
    });
  }
}

/** @param most how many names a pattern can join by dots. */
function pattern(text: string, most: number, hint: string): Part[] {
  const matched = parts(text);
  if (matched.length > most)
    throw new UsageError(`the pattern ${text} has too many dots`, { object: text, hint });
  return matched;
}

/**
 * A pattern for relations and other objects in schemas: `name` or `schema.name`.
 * @throws UsageError when a quote is not closed, a part is no regular expression, or there are too many dots.
 */
export function namePattern(text: string): NamePattern {
  return relationPattern(text, 2);
}

/**
 * A pattern as `namePattern` takes it, or `database.schema.name`.
 * @throws UsageError as `namePattern` does.
 */
export function qualifiedPattern(text: string): NamePattern {
  return relationPattern(text, 3);
}

function relationPattern(text: string, most: number): NamePattern {
  const hint = "write name or schema.name; a dot inside a name needs double quotes around it";
  const matched = pattern(text, most, hint);
  const namespace = matched.at(-2);
  return {
    text,
    database: matched.at(-3)?.literal ?? null,
    namespace: namespace === undefined ? null : anchored(namespace, text),
    name: anchored(matched.at(-1)!, text),
  };
}

/**
 * A pattern for schemas: `schema` or `database.schema`.
 * @throws UsageError as `namePattern` does.
 */
export function schemaPattern(text: string): NamePattern {
  const hint = "a dot inside a name needs double quotes around it";
  const matched = pattern(text, 2, hint);
  const name = anchored(matched.at(-1)!, text);
  return { text, database: matched.at(-2)?.literal ?? null, namespace: null, name };
}

/**
 * A pattern for objects of a database that live in no schema: a dot in it is an error.
 * @throws UsageError as `namePattern` does, and for any dot.
 */
export function simplePattern(text: string): NamePattern {
  const hint = "these objects have no schema; a dot inside a name needs double quotes around it";
  const name = anchored(pattern(text, 1, hint)[0]!, text);
  return { text, database: null, namespace: null, name };
}

/** Whether an object of this name is found without its schema. */
export type Visibility = (namespace: string, name: string) => boolean;

/** Objects of the schemas on a search path are visible. */
export function onPath(searchPath: readonly string[]): Visibility {
  return (namespace) => searchPath.includes(namespace);
}

/** Whether the pattern matches an object in a schema; one that names no schema matches visible objects alone. */
export function matchesPattern(
  pattern: NamePattern,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  isVisible: Visibility,
): boolean {
  return (
    pattern.name.test(name) && (pattern.namespace?.test(namespace) ?? isVisible(namespace, name))
  );
}

/** @throws UsageError when the pattern names another database than this one. */
export function refuseOtherDatabase({ text, database }: NamePattern, here: string): void {
  if (database === null || database === here) return;
  throw new UsageError(`the pattern ${text} names the database ${database}, not ${here}`, {
    object: text,
    hint: "one dump holds one database: leave the database's name out",
  });
}
