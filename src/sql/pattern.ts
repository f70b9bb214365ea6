/**
 * Name patterns as `psql` and `pg_dump` read them (PostgreSQL docs, psql, "Patterns"): letters fold to lower case
 * outside double quotes, `*` is any text, `?` any character, a dot parts schema from name, quotes take all literally,
 * and the signs of regular expressions but `$` keep their meaning.
 */
import { UsageError } from "../errors.ts";

export interface NamePattern {
  /** As given, for messages. */
  readonly text: string;
  /** Null when the pattern names no schema. */
  readonly namespace: RegExp | null;
  readonly name: RegExp;
}

/** The parts between unquoted dots, as sources of regular expressions. */
function parts(text: string): string[] {
  const result = [""];
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    let add: string;
    if (char === '"') {
      if (quoted && text[at + 1] === '"') {
        add = '"';
        at++;
      } else {
        quoted = !quoted;
        continue;
      }
    } else if (!quoted && char === ".") {
      result.push("");
      continue;
    } else if (!quoted && char === "*") add = ".*";
    else if (!quoted && char === "?") add = ".";
    else if (char === "$" || (quoted && /[\\^.*+?()[\]{}|/]/.test(char))) add = `\\${char}`;
    else add = quoted ? char : char.toLowerCase();
    result[result.length - 1] += add;
  }
  if (quoted)
    throw new UsageError(`the pattern ${text} has an unclosed double quote`, { object: text });
  return result;
}

function anchored(source: string, text: string): RegExp {
  try {
    return new RegExp(`^(?:${source})$`, "su");
  } catch (cause) {
    throw new UsageError(`the pattern ${text} is not a valid regular expression`, {
      object: text,
      cause,
    });
  }
}

/**
 * A pattern for relations and other objects in schemas: `name` or `schema.name`.
 * @throws UsageError when a quote is not closed, a part is no regular expression, or there are too many dots.
 */
export function namePattern(text: string): NamePattern {
  const sources = parts(text);
  if (sources.length > 2) {
    throw new UsageError(`the pattern ${text} has too many dots`, {
      object: text,
      hint: "write name or schema.name; a dot inside a name needs double quotes around it",
    });
  }
  const name = anchored(sources.at(-1)!, text);
  return { text, namespace: sources.length === 2 ? anchored(sources[0]!, text) : null, name };
}

/**
 * A pattern for objects without a schema, schemas themselves among them: a dot in it is an error.
 * @throws UsageError as `namePattern` does, and for any dot.
 */
export function simplePattern(text: string): NamePattern {
  const pattern = namePattern(text);
  if (pattern.namespace !== null) {
    throw new UsageError(`the pattern ${text} must not hold a dot`, { object: text });
  }
  return pattern;
}
