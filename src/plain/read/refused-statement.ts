/** Statements of a plain dump that a restore in one transaction cannot run, or does not run for anybody. Pure. */
import type { Token } from "../../sql/tokens.ts";

export interface Refused {
  readonly why: string;
  readonly hint: string;
}

const IN_TRANSACTION =
  "a restore is one transaction, in which it cannot run: take it out of the dump, and run it apart";
const WITH_CREATE =
  "the dump was made with --create (-C): make it without, or take out CREATE DATABASE, ALTER DATABASE and \\connect";
const OF_OTHERS = "pg_dump writes no such statement: find out who wrote the file";

/** First words of statements. */
const REFUSED: readonly (readonly [words: string, hint: string])[] = [
  ["create database", WITH_CREATE],
  ["alter database", WITH_CREATE],
  ["drop database", WITH_CREATE],
  ["create tablespace", IN_TRANSACTION],
  ["drop tablespace", IN_TRANSACTION],
  ["alter system", IN_TRANSACTION],
  ["vacuum", IN_TRANSACTION],
  ["reindex", IN_TRANSACTION],
  ["cluster ;", IN_TRANSACTION],
  ["discard", IN_TRANSACTION],
  ["load", OF_OTHERS],
  [
    "create role",
    "roles are no part of a database: restore the dump of pg_dumpall with psql first",
  ],
  ["start transaction", OF_OTHERS],
  ["end", OF_OTHERS],
  ["rollback", OF_OTHERS],
  ["abort", OF_OTHERS],
  ["savepoint", OF_OTHERS],
  ["release", OF_OTHERS],
  ["prepare transaction", OF_OTHERS],
  ["commit prepared", OF_OTHERS],
  ["commit and", OF_OTHERS],
  ["commit work", OF_OTHERS],
  ["commit transaction", OF_OTHERS],
  ["set transaction", OF_OTHERS],
  ["set session characteristics", OF_OTHERS],
];

/** @returns undefined for a statement that may run. */
export function refusedStatement(tokens: readonly Token[]): Refused | undefined {
  const words = tokens.slice(0, 4).map(({ kind, value }) => (kind === "name" ? '"n"' : value));
  const text = `${words.join(" ")} `;
  const match = REFUSED.find(([begins]) => text.startsWith(`${begins} `));
  if (match !== undefined) return { why: match[0].replace(" ;", "").toUpperCase(), hint: match[1] };
  const isConcurrent =
    /^(?:create|drop) (?:unique )?index /.test(text) &&
    tokens.slice(0, 5).some(({ kind, value }) => kind === "word" && value === "concurrently");
  return isConcurrent ? { why: "an index built CONCURRENTLY", hint: IN_TRANSACTION } : undefined;
}
