/**
 * The shape of a statement: its words in upper case, names and constants without their contents, groups in parentheses
 * emptied unless they hold one number. `CREATE TABLE PUBLIC.T () INHERITS ()`, `COMMENT ON COLUMN "n".A IS 's'`. So a pattern of shapes says which
 * statement it is, and nothing that a name or a constant holds can look like a part of it.
 */
import { type Token, tokensOf } from "./tokens.ts";

const CLOSING: Readonly<Record<string, string>> = { "(": ")", "[": "]" };

/** Symbols beside which a shape has no blank, so that a qualified name is one word of it. */
const JOINED: ReadonlySet<string> = new Set(["."]);

/**
 * The statements in a text, as tokens, none of them empty. A semicolon in parentheses, as in a rule, or in the body of a
 * function in the SQL standard's form, separates none.
 */
export function statementsOf(sql: string): Token[][] {
  const statements: Token[][] = [[]];
  let depth = 0;
  /** Levels of BEGIN ATOMIC and CASE that END closes, as psql counts them (src/fe_utils/psqlscan.l). */
  let blocks = 0;
  const tokens = tokensOf(sql);
  for (const [index, token] of tokens.entries()) {
    const { kind, value } = token;
    if (kind === "symbol" && value === ";" && depth === 0 && blocks === 0) {
      statements.push([]);
      continue;
    }
    if (kind === "symbol" && value === "(") depth++;
    if (kind === "symbol" && value === ")") depth--;
    if (kind === "word") {
      if (value === "begin" && isWord(tokens[index + 1], "atomic")) blocks++;
      else if (value === "case" && blocks > 0) blocks++;
      else if (value === "end" && blocks > 0) blocks--;
    }
    statements.at(-1)!.push(token);
  }
  return statements.filter((statement) => statement.length > 0);
}

export function isWord(token: Token | undefined, word: string): boolean {
  return token?.kind === "word" && token.value === word;
}

export function shapeOf(tokens: readonly Token[]): string {
  const words: string[] = [];
  const groups: string[] = [];
  for (const [index, { kind, value }] of tokens.entries()) {
    const isSymbol = kind === "symbol";
    if (groups.length > 0) {
      if (isSymbol && value === groups.at(-1)) groups.pop();
      else if (isSymbol && CLOSING[value] !== undefined) groups.push(CLOSING[value]);
      continue;
    }
    if (isSymbol && CLOSING[value] !== undefined) {
      groups.push(CLOSING[value]);
      words.push(value + (isLoneNumber(tokens, index) ? "0" : "") + CLOSING[value]);
    } else {
      words.push(wordOf(kind, value));
    }
  }
  // What is not closed is no statement of any shape.
  if (groups.length > 0) words.push("unended");
  return join(words);
}

/** Whether a group holds one number alone. */
function isLoneNumber(tokens: readonly Token[], open: number): boolean {
  return tokens[open + 1]?.kind === "number" && tokens[open + 2]?.value === ")";
}

function wordOf(kind: Token["kind"], value: string): string {
  switch (kind) {
    case "word":
      return value.toUpperCase();
    case "name":
      return '"n"';
    case "string":
      return "'s'";
    case "number":
      return "0";
    case "symbol":
      return value;
    case "unended":
      return "unended";
  }
}

function join(words: readonly string[]): string {
  let shape = "";
  for (const [index, word] of words.entries()) {
    const isJoined = JOINED.has(word) || JOINED.has(words[index - 1] ?? "");
    shape += index === 0 || isJoined ? word : ` ${word}`;
  }
  return shape;
}
