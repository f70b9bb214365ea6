/** What stands in the way of rows that come back, as values and as text. No row's values are in them. Pure. */
import { RowConflictError } from "../errors.ts";
import { qualify, quoteIdent } from "../sql/ident.ts";
import { listed, plural } from "../util/format.ts";

/** Why rows cannot come back. */
export type ConflictReason =
  /** The target has no such table. */
  | "missing-table"
  /** `columns` were dropped or renamed since the archive was made. */
  | "missing-columns"
  /** `columns` were added since, allow no null and have no default. */
  | "required-columns"
  /** The archive has other values in `columns`: they were masked. */
  | "masked"
  /** Rows exist with other values in `columns`. */
  | "changed"
  /** Another row has the same values in a unique index or exclusion constraint. */
  | "duplicate"
  /** The rows do not satisfy a check, or have null in `columns` that allow none. */
  | "check"
  | "not-null"
  /** What the rows refer to is neither in the target nor in the archive, or must not come along. */
  | "missing-reference"
  /** The server refused the rows for a constraint that nobody could check before. */
  | "constraint";

/** One reason for which rows of one table cannot come back. */
export interface UndeleteConflict {
  readonly reason: ConflictReason;
  readonly namespace: string;
  readonly name: string;
  readonly columns: readonly string[];
  /** The constraint or index; null where there is none. */
  readonly constraint: string | null;
  /** How many rows; null where it concerns all of them. */
  readonly rows: number | null;
}

const TEXTS: Readonly<Record<ConflictReason, (conflict: UndeleteConflict) => string>> = {
  "missing-table": () => "is not in the target",
  "missing-columns": ({ columns }) =>
    `lacks columns that the archive has: ${columns.map(quoteIdent).join(", ")}`,
  "required-columns": ({ columns }) =>
    `has new columns that need a value: ${columns.map(quoteIdent).join(", ")}`,
  masked: ({ columns }) =>
    `has masked values in the archive: ${columns.map(quoteIdent).join(", ")}`,
  changed: ({ rows, columns }) =>
    `${counted(rows)} there with other values in ${columns.map(quoteIdent).join(", ")}`,
  duplicate: ({ rows, constraint }) =>
    `${counted(rows)} in the way of another by ${quoteIdent(constraint!)}`,
  check: ({ rows, constraint }) => `${counted(rows)} against the check ${quoteIdent(constraint!)}`,
  "not-null": ({ rows, columns }) =>
    `${counted(rows)} null in ${columns.map(quoteIdent).join(", ")}, which allows none now`,
  "missing-reference": ({ rows, constraint }) =>
    `${counted(rows)} without what ${quoteIdent(constraint!)} refers to`,
  constraint: ({ constraint }) =>
    constraint === null
      ? "has no partition for the rows, or another constraint against them"
      : `the rows violate ${quoteIdent(constraint)}`,
};

function counted(rows: number | null): string {
  return rows === 1 ? "1 row is" : `${plural(rows ?? 0, "row")} are`;
}

/** `table public.users: 2 rows are there with other values in email`. */
export function conflictText(conflict: UndeleteConflict): string {
  const table = `table ${qualify(conflict.namespace, conflict.name)}`;
  return `${table}: ${TEXTS[conflict.reason](conflict)}`;
}

/** @param conflicts at least one. */
export function conflictError(conflicts: readonly UndeleteConflict[]): RowConflictError {
  const texts = conflicts.map(conflictText);
  return new RowConflictError(`the rows cannot come back: ${listed(texts)}`, texts, {
    object: `table ${qualify(conflicts[0]!.namespace, conflicts[0]!.name)}`,
    hint: conflicts.some(({ reason }) => reason === "changed")
      ? "select other rows, remove what is in the way, or leave rows that changed as they are with --keep-changed; nothing was changed"
      : "select other rows, or remove what is in the way; nothing was changed",
  });
}
