/**
 * Statements that have the same result as one of an archive and let others work on the table meanwhile: a key whose index
 * is built before it becomes a constraint, a foreign key whose rows are checked after it was added. Only for statements that
 * are exactly as a dump writes the plain forms. Pure.
 */
import type { StatementStep } from "../../restore/decide/steps.ts";
import { columnList, quoteIdent } from "../../sql/ident.ts";
import { isWord } from "../../sql/statement-shape.ts";
import { type Token, tokensOf } from "../../sql/tokens.ts";
import { objectLabel } from "../../util/label.ts";
import type { LockMode, LockSet } from "./locks.ts";
import type { Work } from "./task.ts";

/** Two works in place of one, to be done in order. */
export interface Halves {
  readonly first: Work;
  readonly locks: LockSet;
  readonly second: Work;
  readonly secondLocks: LockSet;
}

/** A PRIMARY KEY or UNIQUE constraint of plain columns, without anything behind them; undefined for all others. */
export function adoptedKey(step: StatementStep, table: string): Halves | undefined {
  const [statement] = step.object.statements;
  if (step.object.kind !== "key-constraint" || statement === undefined) return undefined;
  const tokens = tokensOf(statement);
  const columns = lastGroup(tokens);
  if (columns === undefined) return undefined;
  const name = quoteIdent(step.object.name);
  const head = `ALTER TABLE ONLY ${table}\n    ADD CONSTRAINT ${name}`;
  const kind = ["PRIMARY KEY", "UNIQUE"].find(
    (each) => statement === `${head} ${each} ${columnList(columns)}`,
  );
  if (kind === undefined) return undefined;
  return {
    first: first(
      step,
      `CREATE UNIQUE INDEX ${name} ON ${table} USING btree ${columnList(columns)}`,
    ),
    locks: new Map([[table, "Share"]]),
    second: second(step, `${head} ${kind} USING INDEX ${name}`),
    secondLocks: new Map([[table, "AccessExclusive"]]),
  };
}

/** The object itself with another statement, which can hold text of the archive. */
function first(step: StatementStep, statement: string): Work {
  const object = { ...step.object, statements: [statement] };
  return { type: "objects", steps: [{ ...step, object }] };
}

function second({ object }: StatementStep, statement: string): Work {
  return { type: "statements", statements: [statement], action: `restore ${objectLabel(object)}` };
}

/** The names in the group that ends the statement. */
function lastGroup(tokens: readonly Token[]): string[] | undefined {
  const open = tokens.findLastIndex(({ kind, value }) => kind === "symbol" && value === "(");
  const last = tokens.at(-1);
  if (open < 0 || last?.kind !== "symbol" || last.value !== ")") return undefined;
  const names = tokens.slice(open + 1, -1).filter((_, i) => i % 2 === 0);
  return names.every(({ kind }) => kind === "word" || kind === "name")
    ? names.map(({ value }) => value)
    : undefined;
}

/** A foreign key that is valid and enforced; undefined for all others. */
export function notValidForeignKey(
  step: StatementStep,
  tables: readonly string[],
): Halves | undefined {
  const [statement] = step.object.statements;
  const [table] = tables;
  if (step.object.kind !== "foreign-key" || statement === undefined) return undefined;
  const name = quoteIdent(step.object.name);
  const head = `ALTER TABLE ONLY ${table}\n    ADD CONSTRAINT ${name} FOREIGN KEY (`;
  if (!statement.startsWith(head)) return undefined;
  if (tokensOf(statement).some((token) => isWord(token, "not"))) return undefined;
  const locked = (referring: LockMode, referenced: LockMode): LockSet =>
    new Map(tables.map((each) => [each, each === table ? referring : referenced]));
  return {
    first: first(step, `${statement} NOT VALID`),
    locks: locked("ShareRowExclusive", "ShareRowExclusive"),
    second: second(step, `ALTER TABLE ONLY ${table} VALIDATE CONSTRAINT ${name}`),
    secondLocks: locked("ShareUpdateExclusive", "RowShare"),
  };
}
