/** What the connections of a restore have to do, as values. Types only. */
import type { DataStep, StatementStep } from "../../restore/decide/steps.ts";
import type { LockSet } from "./locks.ts";

/** The work of one task, done in one transaction on one connection. */
export type Work =
  /** Rows of relations that no other task loads. The tables are emptied first, so that their rows can be frozen. */
  | { readonly type: "relations"; readonly steps: readonly DataStep[] }
  /** Some parts of a relation that other tasks load, too; `step` has these parts alone. */
  | { readonly type: "parts"; readonly step: DataStep }
  /** Objects of the archive, in order; their statements can be ones that have the same result. */
  | { readonly type: "objects"; readonly steps: readonly StatementStep[] }
  /** Statements of our own. */
  | {
      readonly type: "statements";
      readonly statements: readonly string[];
      readonly action: string;
    }
  /** Statistics of a table, by its quoted name. */
  | { readonly type: "analyze"; readonly table: string };

export interface Task {
  /** Positions of tasks that must be done before, all lower than its own. */
  readonly after: readonly number[];
  readonly locks: LockSet;
  /** An estimate of how long it takes, in bytes of rows that are read once. */
  readonly cost: number;
  readonly work: Work;
}
