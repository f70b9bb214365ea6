/** Procedures as PostgreSQL 14 and later write them: with the mode IN before arguments without another. */
import { withIn } from "../../sql/deparse/normalize.ts";
import { unquotedIndexes } from "../../sql/deparse/scan.ts";
import type { ComparedObject } from "../compared-object.ts";

const CREATE = /^CREATE (?:OR REPLACE )?PROCEDURE /;
/** The target of a comment, owner and so on; a label of PL/pgSQL or of a provider has none of these. */
const TARGET = "PROCEDURE ";

/** A procedure of a server before 14, or a comment, owner or privileges of one. */
export function procedureWithIn(object: ComparedObject): ComparedObject {
  if (object.kind === "procedure")
    return {
      ...object,
      statements: object.statements.map((statement) =>
        CREATE.test(statement) ? withModes(statement) : statement,
      ),
    };
  if (!object.name.startsWith(TARGET)) return object;
  const name = withModes(object.name);
  const statements = object.statements.map((statement) => statement.replaceAll(object.name, name));
  return { ...object, name, statements };
}

/** With the modes in the first list in parentheses. */
function withModes(text: string): string {
  let depth = 0;
  let open = -1;
  for (const at of unquotedIndexes(text)) {
    if (text[at] === "(" && depth++ === 0) open = at + 1;
    else if (text[at] === ")" && --depth === 0)
      return text.slice(0, open) + withIn(text.slice(open, at)) + text.slice(at);
  }
  return text;
}
