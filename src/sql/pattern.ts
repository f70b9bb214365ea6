/**
 * Name patterns as in `psql` and `pg_dump` (PostgreSQL docs, psql, "Patterns"): letters are folded to lower case, `*`
 * matches any text, `?` any character, a dot separates schema and name, and other special characters of regular
 * expressions, except `$`, have their usual meaning. Inside double quotes everything is literal.
 */
import { UsageError } from "../errors.ts";

export interface NamePattern {
  /** As the user wrote it, for messages. */
  readonly text: string;
  /** The name of a database, not a pattern; null when there is none. */
  readonly database: string | null;
  /** Null when the pattern has no schema. */
  readonly namespace: RegExp | null;
  readonly name: RegExp;
}

/** The text between two unquoted dots. */
interface Part {
  /** Source of the regular expression. */
  source: string;
  /** The text itself, folded and without quotes. */
  literal: string;
}

/** Character classes of PostgreSQL's regular expressions, as JavaScript writes them inside brackets. */
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

/** Folds only A to Z, as the server does in multibyte encodings. */
const fold = (char: string): string => (/[A-Z]/.test(char) ? char.toLowerCase() : char);

/** @throws UsageError when a double quote is not closed. */
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
    // Always literal: `$`, and `[]`, as in the name of an array type.
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

/** @throws UsageError when there are more parts than `maxParts`. */
function boundedParts(text: string, maxParts: number, hint: string): Part[] {
  const result = parts(text);
  if (result.length > maxParts)
    throw new UsageError(`the pattern ${text} has too many dots`, { object: text, hint });
  return result;
}

/**
 * A pattern for relations and other objects in schemas: `name` or `schema.name`.
 * @throws UsageError when a quote is not closed, a part is not a valid regular expression, or there are too many dots.
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

function relationPattern(text: string, maxParts: number): NamePattern {
  const hint = "write name or schema.name; a dot inside a name needs double quotes around it";
  const names = boundedParts(text, maxParts, hint);
  const namespace = names.at(-2);
  return {
    text,
    database: names.at(-3)?.literal ?? null,
    namespace: namespace === undefined ? null : anchored(namespace, text),
    name: anchored(names.at(-1)!, text),
  };
}

/**
 * A pattern for schemas: `schema` or `database.schema`.
 * @throws UsageError as `namePattern` does.
 */
export function schemaPattern(text: string): NamePattern {
  const hint = "a dot inside a name needs double quotes around it";
  const names = boundedParts(text, 2, hint);
  const name = anchored(names.at(-1)!, text);
  return { text, database: names.at(-2)?.literal ?? null, namespace: null, name };
}

/**
 * A pattern for objects that are in no schema: a dot in it is an error.
 * @throws UsageError as `namePattern` does, and for any dot.
 */
export function simplePattern(text: string): NamePattern {
  const hint = "these objects have no schema; a dot inside a name needs double quotes around it";
  const name = anchored(boundedParts(text, 1, hint)[0]!, text);
  return { text, database: null, namespace: null, name };
}

/** Whether an object is found by its name without the schema. */
export type Visibility = (namespace: string, name: string) => boolean;

/** Makes all objects in the schemas of a search path visible. */
export function onPath(searchPath: readonly string[]): Visibility {
  return (namespace) => searchPath.includes(namespace);
}

/** Whether the pattern matches an object in a schema. A pattern without a schema matches only visible objects. */
export function matchesPattern(
  pattern: NamePattern,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  isVisible: Visibility,
): boolean {
  return (
    pattern.name.test(name) && (pattern.namespace?.test(namespace) ?? isVisible(namespace, name))
  );
}

/** @throws UsageError when the pattern names another database than `current`. */
export function refuseOtherDatabase({ text, database }: NamePattern, current: string): void {
  if (database === null || database === current) return;
  throw new UsageError(`the pattern ${text} names the database ${database}, not ${current}`, {
    object: text,
    hint: "a dump contains one database: leave out the name of the database",
  });
}
