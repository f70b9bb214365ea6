/** What a CREATE statement of pg_dump creates. Pure. */
import type { Token } from "../../sql/tokens.ts";

/** Words between CREATE and the kind of the object. */
const MODIFIERS: ReadonlySet<string> = new Set([
  "or",
  "replace",
  "unlogged",
  "unique",
  "constraint",
  "default",
  "trusted",
  "procedural",
  "recursive",
]);

/** Kinds as SQL says them, longer ones first, and as a manifest does where that is not the same with dashes. */
const KINDS: readonly (readonly [sql: string, kind?: string])[] = [
  ["foreign data wrapper"],
  ["text search configuration"],
  ["text search dictionary"],
  ["text search parser"],
  ["text search template"],
  ["access method"],
  ["event trigger"],
  ["foreign table"],
  ["materialized view"],
  ["operator class"],
  ["operator family"],
  ["user mapping"],
  ["aggregate"],
  ["cast"],
  ["collation"],
  ["conversion"],
  ["domain"],
  ["extension"],
  ["function"],
  ["index"],
  ["language"],
  ["operator"],
  ["policy"],
  ["procedure"],
  ["publication"],
  ["rule"],
  ["schema"],
  ["sequence"],
  ["server", "foreign-server"],
  ["statistics"],
  ["subscription"],
  ["table"],
  ["transform"],
  ["trigger"],
  ["type"],
  ["view"],
];

export interface CreatedObject {
  /** As a manifest names it: `materialized-view`. */
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
  /** A table that has partitions instead of rows. */
  readonly isPartitioned: boolean;
  /** What an index is of; null for other objects. */
  readonly index: IndexFacts | null;
}

export interface IndexFacts {
  /** `gin` */
  readonly accessMethod: string | null;
  readonly table: TableName | null;
}

export interface TableName {
  readonly namespace: string;
  readonly name: string;
}

/** @returns undefined for what is no object of a database. */
export function creationOf(tokens: readonly Token[]): CreatedObject | undefined {
  let at = 1;
  while (tokens[at]?.kind === "word" && MODIFIERS.has(tokens[at]!.value)) at++;
  const words = tokens.slice(at, at + 3).map(({ kind, value }) => (kind === "word" ? value : ""));
  const match = KINDS.find(([sql]) => `${words.join(" ")} `.startsWith(`${sql} `));
  if (match === undefined) return undefined;
  const [sql, kind = sql.replaceAll(" ", "-")] = match;
  at += sql.split(" ").length;
  const isOptional = ["if", "not", "exists"].every((word, i) => tokens[at + i]?.value === word);
  const [first, second] = parts(tokens, isOptional ? at + 3 : at);
  return {
    kind,
    namespace: second === undefined ? null : (first ?? null),
    name: second ?? first ?? "",
    isPartitioned: sql === "table" && outsideGroups(tokens, "partition", "by") >= 0,
    index: sql === "index" ? indexFacts(tokens) : null,
  };
}

function parts(tokens: readonly Token[], at: number): string[] {
  const isName = (token: Token | undefined): token is Token =>
    token?.kind === "word" || token?.kind === "name";
  const [first, dot, second] = tokens.slice(at, at + 3);
  if (!isName(first)) return [];
  return dot?.value === "." && isName(second) ? [first.value, second.value] : [first.value];
}

function indexFacts(tokens: readonly Token[]): IndexFacts {
  const on = outsideGroups(tokens, "on");
  const using = outsideGroups(tokens, "using");
  const [namespace, name] = parts(tokens, tokens[on + 1]?.value === "only" ? on + 2 : on + 1);
  return {
    accessMethod: using < 0 ? null : (tokens[using + 1]?.value ?? null),
    table: namespace === undefined || name === undefined ? null : { namespace, name },
  };
}

/** The index of these words outside parentheses, in which a column may have such a name; -1 without them. */
function outsideGroups(tokens: readonly Token[], ...words: readonly string[]): number {
  let depth = 0;
  return tokens.findIndex(({ kind, value }, at) => {
    if (kind === "symbol" && value === "(") depth++;
    if (kind === "symbol" && value === ")") depth--;
    const isWord = (word: string, i: number): boolean =>
      tokens[at + i]?.kind === "word" && tokens[at + i]?.value === word;
    return depth === 0 && words.every(isWord);
  });
}
