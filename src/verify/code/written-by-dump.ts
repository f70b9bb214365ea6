/**
 * Whether a dump could have written a statement: its shape is one of those for its kind of object, or it is one of the DO
 * blocks in which dumps make a statement depend on the server. Such a block is taken apart, and its statements are judged
 * like others.
 */
import { freeForeignKeyNameSql, renameConstraintSql } from "../../ddl/rename-constraint.ts";
import { isWord, shapeOf, statementsOf } from "../../sql/statement-shape.ts";
import { type Token, tokensOf } from "../../sql/tokens.ts";
import { isKnownShape } from "./known-shapes.ts";
import { olderRenameConstraintBlock } from "./older-blocks.ts";

/** Functions of pg_catalog that the conditions of such blocks call; none of them changes anything. */
const HARMLESS: ReadonlySet<string> = new Set([
  "count",
  "current_setting",
  "pg_has_role",
  "to_regclass",
  "to_regnamespace",
  "to_regprocedure",
  "to_regtype",
]);

/** Words before a parenthesis that call nothing. */
const OPERATORS: ReadonlySet<string> = new Set(["and", "exists", "if", "in", "not", "or"]);

/** @returns whether it could have, and the tokens of the statement, or of those in its block. */
export function writtenByDump(
  kind: string,
  statement: string,
): { readonly isKnown: boolean; readonly tokens: readonly Token[] } {
  const statements = statementsOf(statement);
  const tokens = statements.flat();
  // One text is one statement.
  if (statements.length !== 1) return { isKnown: false, tokens };
  const [first, body] = tokens;
  if (!isWord(first, "do")) return { isKnown: isKnownShape(kind, shapeOf(tokens)), tokens };
  if (tokens.length !== 2 || body?.kind !== "string") return { isKnown: false, tokens };
  const inner = statementsOfBlock(tokensOf(body.value));
  if (inner === undefined) return { isKnown: false, tokens: tokensOf(body.value) };
  const isKnown = inner.every((each) => isKnownShape(kind, shapeOf(each)));
  return { isKnown, tokens: inner.flat() };
}

/** The statements of a block of a dump; undefined when it is none. */
function statementsOfBlock(block: readonly Token[]): Token[][] | undefined {
  if (isRenaming(block)) return [];
  return inThisDatabase(block) ?? conditional(block) ?? unlessRefused(block);
}

/** A block that renames a constraint: made again from the names in it, it is the same. */
function isRenaming(block: readonly Token[]): boolean {
  const [table, from, to] = block.filter(({ kind }) => kind === "string");
  if (table === undefined || from === undefined || to === undefined) return false;
  const names = [table.value, from.value, to.value] as const;
  const text = JSON.stringify(block);
  return [
    bodyOf(renameConstraintSql(...names)),
    bodyOf(freeForeignKeyNameSql(table.value, from.value)),
    olderRenameConstraintBlock(...names),
  ].some((known) => JSON.stringify(tokensOf(known)) === text);
}

function bodyOf(statement: string): string {
  return tokensOf(statement)[1]!.value;
}

const THIS_DATABASE =
  "BEGIN EXECUTE PG_CATALOG.FORMAT ( 's' , PG_CATALOG.CURRENT_DATABASE ( ) ) ; END";

/** EXECUTE of one statement in which the database's name is filled in. */
function inThisDatabase(block: readonly Token[]): Token[][] | undefined {
  if (flatShape(block) !== THIS_DATABASE) return undefined;
  const { value } = block.find(({ kind }) => kind === "string")!;
  if (value.replaceAll("%%", "").replaceAll("%1$I", "").includes("%")) return undefined;
  const statements = statementsOf(value.replaceAll("%1$I", "x").replaceAll("%%", "%"));
  return statements.length === 1 ? statements : undefined;
}

/** `BEGIN IF condition THEN statements [ELSE statements] END IF; END`. */
function conditional(block: readonly Token[]): Token[][] | undefined {
  if (!isWord(block[0], "begin") || !isWord(block[1], "if")) return undefined;
  const then = block.findIndex((token) => isWord(token, "then"));
  if (then < 0 || !isHarmless(block.slice(2, then))) return undefined;
  const parts = splitAtSemicolons(block.slice(then + 1));
  const [end, last] = parts.splice(-2);
  if (end === undefined || last === undefined) return undefined;
  if (shapeOf(end) !== "END IF" || shapeOf(last) !== "END") return undefined;
  return withoutWarnings(parts.map((part) => (isWord(part[0], "else") ? part.slice(1) : part)));
}

const REFUSED = "EXCEPTION WHEN FEATURE_NOT_SUPPORTED OR INVALID_TABLE_DEFINITION THEN ";

/** `BEGIN statement; EXCEPTION WHEN … THEN statements END`. */
function unlessRefused(block: readonly Token[]): Token[][] | undefined {
  if (!isWord(block[0], "begin")) return undefined;
  const parts = splitAtSemicolons(block.slice(1));
  const [statement, first, ...others] = parts;
  const last = others.pop();
  if (statement === undefined || first === undefined || last === undefined) return undefined;
  if (!flatShape(first).startsWith(REFUSED) || shapeOf(last) !== "END") return undefined;
  const then = first.findIndex((token) => isWord(token, "then"));
  return withoutWarnings([statement, first.slice(then + 1), ...others]);
}

function withoutWarnings(statements: Token[][]): Token[][] {
  return statements.filter((each) => shapeOf(each) !== "RAISE WARNING USING MESSAGE = 's'");
}

function splitAtSemicolons(tokens: readonly Token[]): Token[][] {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    const symbol = token.kind === "symbol" ? token.value : "";
    if (symbol === "(") depth++;
    if (symbol === ")") depth--;
    if (symbol === ";" && depth === 0) parts.push([]);
    else parts.at(-1)!.push(token);
  }
  return parts;
}

/** Whether a condition reads pg_catalog alone and calls only what is known there. */
function isHarmless(condition: readonly Token[]): boolean {
  return condition.every((token, index) => {
    if (token.kind === "unended") return false;
    if (token.kind !== "word" && token.kind !== "name") return true;
    const [before, after] = [condition[index - 1]?.value, condition[index + 1]?.value];
    if (after === ".") return token.value === "pg_catalog" && before !== ".";
    if (after !== "(") return true;
    return before === "." ? HARMLESS.has(token.value) : OPERATORS.has(token.value);
  });
}

/** The shape with its parentheses as they are. */
function flatShape(tokens: readonly Token[]): string {
  return tokens
    .map(({ kind, value }) => (kind === "string" ? "'s'" : value.toUpperCase()))
    .join(" ")
    .replaceAll(" . ", ".");
}
