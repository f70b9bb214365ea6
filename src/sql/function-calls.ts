/**
 * Calls of functions in statements that the server deparsed with an empty search_path: names of pg_catalog are bare, all
 * others qualified. So a qualified name before a parenthesis is a function of a user, unless the word before it says that
 * it is a table; at worst too much is listed.
 */
import { qualify } from "./ident.ts";
import { KEYWORDS } from "./keywords.ts";
import { isWord } from "./statement-shape.ts";
import type { Token } from "./tokens.ts";

/** The clause of a CREATE TABLE, CREATE DOMAIN or ALTER TABLE statement in which a call stands. */
export type Clause = "default" | "check" | "generated" | "partition-key" | "other";

export interface FunctionCall {
  /** `public.f`, or `OPERATOR(public.+)`. */
  readonly name: string;
  readonly clause: Clause;
}

/** Schemas whose functions are the server's own. */
const OWN_SCHEMAS: ReadonlySet<string> = new Set(["pg_catalog", "information_schema"]);

/** Words after which a name before a parenthesis is no function. */
const BEFORE_RELATION: ReadonlySet<string> = new Set([
  "table",
  "only",
  "exists",
  "references",
  "into",
  "on",
  "of",
  "view",
  "function",
  "procedure",
  "aggregate",
  "as",
]);

const CLAUSES: Readonly<Record<string, Clause>> = {
  default: "default",
  check: "check",
  generated: "generated",
  partition: "partition-key",
};

/** @param isBare whether search_path names schemas of users, so that a name without a schema can be a user's, too. */
export function functionCalls(tokens: readonly Token[], isBare = false): FunctionCall[] {
  const calls: FunctionCall[] = [];
  let depth = 0;
  let clause: Clause = "other";
  for (const [index, token] of tokens.entries()) {
    if (token.kind === "symbol") {
      if (token.value === "(") depth++;
      else if (token.value === ")") depth--;
      // A comma in the list of columns and constraints, or behind it, ends the clause.
      else if (token.value === "," && depth <= 1) clause = "other";
    } else if (token.kind === "word" && depth <= 1) {
      clause = (Object.hasOwn(CLAUSES, token.value) ? CLAUSES[token.value] : undefined) ?? clause;
    }
    const name = callAt(tokens, index) ?? (isBare ? bareCallAt(tokens, index) : undefined);
    if (name !== undefined) calls.push({ name, clause });
  }
  return calls;
}

/** The function whose call begins at a token; undefined when none does. */
function callAt(tokens: readonly Token[], index: number): string | undefined {
  const schema = tokens[index];
  const dot = tokens[index + 1];
  const name = tokens[index + 2];
  if (isWord(schema, "operator") && isSymbol(dot, "(")) return operatorAt(tokens, index + 2);
  if (!isIdentifier(schema) || !isSymbol(dot, ".") || !isIdentifier(name)) return undefined;
  if (!isSymbol(tokens[index + 3], "(") || OWN_SCHEMAS.has(schema.value)) return undefined;
  const before = tokens[index - 1];
  if (isSymbol(before, ".")) return undefined;
  if (before?.kind === "word" && BEFORE_RELATION.has(before.value)) {
    const isExecuted = isWord(tokens[index - 2], "execute");
    if (!isExecuted) return undefined;
  }
  return qualify(schema.value, name.value);
}

/** A name without a schema before a parenthesis, which no keyword is that must be quoted. */
function bareCallAt(tokens: readonly Token[], index: number): string | undefined {
  const name = tokens[index];
  if (!isIdentifier(name) || !isSymbol(tokens[index + 1], "(")) return undefined;
  if (isSymbol(tokens[index - 1], ".")) return undefined;
  return name.kind === "word" && KEYWORDS.has(name.value) ? undefined : qualify(null, name.value);
}

/** `OPERATOR(schema.+)`, from the schema on. */
function operatorAt(tokens: readonly Token[], index: number): string | undefined {
  const schema = tokens[index];
  if (!isIdentifier(schema) || OWN_SCHEMAS.has(schema.value)) return undefined;
  let symbol = "";
  for (let at = index + 2; tokens[at]?.kind === "symbol" && tokens[at]?.value !== ")"; at++)
    symbol += tokens[at]!.value;
  return `OPERATOR(${qualify(null, schema.value)}.${symbol})`;
}

function isIdentifier(token: Token | undefined): token is Token {
  return token?.kind === "word" || token?.kind === "name";
}

function isSymbol(token: Token | undefined, value: string): boolean {
  return token?.kind === "symbol" && token.value === value;
}
