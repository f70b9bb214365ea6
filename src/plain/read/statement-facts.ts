/**
 * What a statement of a plain dump is, from its tokens. Pure. pg_dump writes every name with its schema and in one form, so a few
 * patterns tell its statements apart; what matches none is run as it is.
 */
import { type Token, tokensOf } from "../../sql/tokens.ts";
import type { DumpStatement } from "./dump-reader.ts";
import { type CreatedObject, creationOf, type TableName } from "./created-object.ts";
import { refusedStatement } from "./refused-statement.ts";
import { settingOf } from "./setting-statement.ts";

export type StatementFacts =
  /** Rows follow. `takesOptions`: whether WITH (…) may be put behind it. */
  | {
      readonly does: "copy";
      readonly table: TableName | null;
      readonly columns: readonly string[];
      readonly takesOptions: boolean;
    }
  | { readonly does: "insert"; readonly table: TableName | null; readonly rows: number }
  | { readonly does: "begin" | "commit" | "drop" | "other" }
  | { readonly does: "set"; readonly name: string; readonly value: string }
  /** `SET SESSION AUTHORIZATION`, around statements that give owners or privileges. */
  | { readonly does: "authorize" }
  | { readonly does: "create"; readonly object: CreatedObject }
  /** A part of an object, or something about one: `comment`, `foreign-key`. */
  | { readonly does: "change"; readonly kind: string }
  | { readonly does: "own" | "grant"; readonly roles: readonly string[] }
  | { readonly does: "position" }
  /** Chooses the compression method of a column, or of those without one. */
  | { readonly does: "compress" }
  /** Cannot be restored: why, and what to do. */
  | { readonly does: "refused"; readonly why: string; readonly hint: string };

/** Text of a statement that is looked at: names and keywords stand at its beginning. */
const HEAD_BYTES = 64 * 1024;

export function factsOf(statement: DumpStatement): StatementFacts {
  const { words } = statement;
  switch (words[0]) {
    case "insert":
      return insertFacts(statement);
    case "copy":
      return copyFacts(tokensOf(statement.bytes.toString("latin1")));
    case undefined:
      return { does: "other" };
    default:
      return otherFacts(headTokens(statement));
  }
}

function headTokens({ bytes }: DumpStatement, most = HEAD_BYTES): Token[] {
  // Names are decoded as UTF-8: they are compared with those of the server.
  return tokensOf(bytes.toString("utf8", 0, Math.min(bytes.length, most)));
}

/** A name's parts: `public`, `users`. */
export function nameAt(tokens: readonly Token[], at: number): string[] {
  const parts: string[] = [];
  for (let index = at; ; index += 2) {
    const token = tokens[index];
    if (token === undefined || (token.kind !== "word" && token.kind !== "name")) return parts;
    parts.push(token.value);
    if (tokens[index + 1]?.value !== "." || tokens[index + 1]?.kind !== "symbol") return parts;
  }
}

function tableAt(tokens: readonly Token[], at: number): TableName | null {
  const [namespace, name, ...more] = nameAt(tokens, at);
  return namespace === undefined || name === undefined || more.length > 0
    ? null
    : { namespace, name };
}

/** Bytes of an INSERT in which its table is named. */
const INSERT_BYTES = 512;

/** Groups behind VALUES are rows; DEFAULT VALUES has none and makes one. */
function insertFacts(statement: DumpStatement): StatementFacts {
  const table = tableAt(headTokens(statement, INSERT_BYTES), 2);
  return { does: "insert", table, rows: Math.max(1, statement.groups) };
}

const isWord = (token: Token | undefined, word: string): boolean =>
  token?.kind === "word" && token.value === word;

function copyFacts(tokens: readonly Token[]): StatementFacts {
  const from = tokens.findIndex(
    (token, at) => isWord(token, "from") && isWord(tokens[at + 1], "stdin"),
  );
  if (from < 0) {
    return {
      does: "refused",
      why: "COPY from or to something else than the dump itself",
      hint: "pg_dump writes no such statement: find out who wrote the file",
    };
  }
  const options = tokens.slice(from + 2).filter(({ value }) => value !== ";");
  if (options.some(({ value }) => value === "csv" || value === "binary" || value === "format")) {
    return {
      does: "refused",
      why: "COPY in another format than text",
      hint: "pg_dump writes no such statement: use psql",
    };
  }
  const table = tableAt(tokens, 1);
  const open = tokens.findIndex(({ kind, value }) => kind === "symbol" && value === "(");
  const columns =
    open < 0 || open > from
      ? []
      : tokens
          .slice(open + 1, from - 1)
          .flatMap(({ kind, value }) => (kind === "symbol" ? [] : [value]));
  return { does: "copy", table, columns, takesOptions: options.length === 0 };
}

function otherFacts(tokens: readonly Token[]): StatementFacts {
  const refused = refusedStatement(tokens);
  if (refused !== undefined) return { does: "refused", ...refused };
  const first = tokens[0]!.value;
  const ends = tokens.filter(({ value }) => value !== ";");
  switch (first) {
    case "begin":
      return { does: "begin" };
    case "commit":
      return { does: "commit" };
    case "set":
    case "reset":
    case "select":
      return settingOf(tokens) ?? selectFacts(tokens);
    case "create": {
      const object = creationOf(tokens);
      return object === undefined ? { does: "other" } : { does: "create", object };
    }
    case "drop":
      return { does: "drop" };
    case "grant":
    case "revoke":
      return { does: "grant", roles: rolesAfter(ends, first === "grant" ? "to" : "from") };
    case "comment":
      return { does: "change", kind: "comment" };
    case "alter":
      return alterFacts(ends);
    default:
      return { does: "other" };
  }
}

function selectFacts(tokens: readonly Token[]): StatementFacts {
  const [, namespace, , name, , argument] = tokens;
  if (!isWord(tokens[0], "select") || !isWord(namespace, "pg_catalog")) return { does: "other" };
  if (isWord(name, "setval")) return { does: "position" };
  if (!isWord(name, "lo_create")) return { does: "other" };
  const object = {
    kind: "large-object",
    namespace: null,
    name: argument?.value ?? "",
    isPartitioned: false,
    index: null,
  };
  return { does: "create", object };
}

function alterFacts(tokens: readonly Token[]): StatementFacts {
  const has = (...words: readonly string[]): boolean =>
    tokens.some((_, at) => words.every((word, i) => isWord(tokens[at + i], word)));
  if (isWord(tokens.at(-3), "owner") && isWord(tokens.at(-2), "to"))
    return { does: "own", roles: [tokens.at(-1)!.value] };
  if (has("alter", "default", "privileges")) {
    const grants = has("grant");
    return { does: "grant", roles: [...rolesAfter(tokens, grants ? "to" : "from")] };
  }
  if (isWord(tokens[1], "table") && has("drop", "constraint")) return { does: "drop" };
  if (has("alter", "column") && has("drop", "default")) return { does: "drop" };
  if (has("foreign", "key")) return { does: "change", kind: "foreign-key" };
  if (has("add", "constraint"))
    return { does: "change", kind: has("check") ? "check-constraint" : "key-constraint" };
  if (has("attach", "partition")) return { does: "change", kind: "attachment" };
  if (has("set", "compression")) return { does: "compress" };
  if (has("set", "default")) return { does: "change", kind: "default" };
  return { does: "other" };
}

/** The roles behind the last TO or FROM, PUBLIC left out. */
function rolesAfter(tokens: readonly Token[], word: string): string[] {
  const at = tokens.findLastIndex((token) => isWord(token, word));
  const names: string[] = [];
  for (let index = at + 1; index < tokens.length; index += 2) {
    const { kind, value } = tokens[index]!;
    if ((kind !== "word" && kind !== "name") || isWord(tokens[index], "with")) break;
    if (kind === "name" || value !== "public") names.push(value);
    if (tokens[index + 1]?.value !== ",") break;
  }
  return names;
}
