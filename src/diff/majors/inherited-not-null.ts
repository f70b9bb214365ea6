/** NOT NULL of columns that come from a parent, which 18 writes in CREATE TABLE, and older servers after it. */
import { IDENTIFIER } from "../../sql/deparse/queries.ts";
import { rewrite } from "../../sql/deparse/scan.ts";
import type { ComparedObject } from "../compared-object.ts";

const KINDS: ReadonlySet<string> = new Set(["table", "foreign-table"]);
const TABLE = new RegExp(
  `^CREATE (?:UNLOGGED )?((?:FOREIGN )?TABLE) ((?:${IDENTIFIER}\\.)?${IDENTIFIER}) `,
);
const ELEMENT = new RegExp(`(,?)\\n {4}NOT NULL (${IDENTIFIER})(,?)(?=\\n)`, "y");
const ALTER = /^ALTER (?:FOREIGN )?TABLE ONLY [^]+ ALTER COLUMN /;

/** A table with each such NOT NULL in a statement of its own, and these and the like in the order of their texts. */
export function notNullOutside(object: ComparedObject): ComparedObject {
  if (!KINDS.has(object.kind)) return object;
  const statements = object.statements.flatMap(apart);
  const isAlter = (statement: string): boolean => ALTER.test(statement);
  return {
    ...object,
    statements: [
      ...statements.filter((statement) => !isAlter(statement)),
      ...statements.filter(isAlter).sort(),
    ],
  };
}

function apart(statement: string): string[] {
  const [head, kind, table] = TABLE.exec(statement) ?? [];
  if (head === undefined) return [statement];
  const alters: string[] = [];
  const create = rewrite(statement, (at) => {
    ELEMENT.lastIndex = at;
    const match = ELEMENT.exec(statement);
    if (match === null) return null;
    const [, before, column, after] = match;
    alters.push(`ALTER ${kind!} ONLY ${table!} ALTER COLUMN ${column!} SET NOT NULL`);
    // An element has a comma on one of its sides, the only one has none.
    return { text: before === "," ? after! : "", end: ELEMENT.lastIndex };
  });
  return [create.replace(`${head}(\n)`, `${head}()`), ...alters];
}
