/** What stands in the way of rows that come back, as values and as text. No row's values are in them. Pure. */
import { RowConflictError } from "../errors.ts";
import { qualify, quoteIdent } from "../sql/ident.ts";
import { listed, plural } from "../util/format.ts";
import type { TypeChange } from "./type-changes.ts";

/** Why rows cannot come back. */
export type ConflictReason =
  /** The target has no such table. */
  | "missing-table"
  /** `columns` were dropped or renamed since the archive was made. */
  | "missing-columns"
  /** `columns` were added since, allow no null and have no default. */
  | "required-columns"
  /** The types of `columns` changed since, and the archive's texts may have another meaning now. */
  | "changed-types"
  /** `columns` were computed when the archive was made, which has no values of them, and are not by now. */
  | "was-generated"
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
  /** What the types of `columns` were and are; empty where it is not about types. */
  readonly types: readonly TypeChange[];
}

const TEXTS: Readonly<Record<ConflictReason, (conflict: UndeleteConflict) => string>> = {
  "missing-table": () => "is not in the target",
  "missing-columns": ({ columns }) =>
    `lacks columns that the archive has: ${columns.map(quoteIdent).join(", ")}`,
  "required-columns": ({ columns }) =>
    `has new columns that need a value: ${columns.map(quoteIdent).join(", ")}`,
  "changed-types": ({ types }) =>
    `has other types than the archive: ${types.map(typeText).join(", ")}`,
  "was-generated": ({ columns }) =>
    `computed ${columns.map(quoteIdent).join(", ")} when the archive was made, which has no values of it, and does not now`,
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

function typeText({ column, archived, target }: TypeChange): string {
  return `${quoteIdent(column)} was ${archived} and is ${target}`;
}

function counted(rows: number | null): string {
  return rows === 1 ? "1 row is" : `${plural(rows ?? 0, "row")} are`;
}

/** `table public.users: 2 rows are there with other values in email`. */
export function conflictText(conflict: UndeleteConflict): string {
  const table = `table ${qualify(conflict.namespace, conflict.name)}`;
  return `${table}: ${TEXTS[conflict.reason](conflict)}`;
}

/** The table itself changed since the archive was made. */
const OTHER_TABLE: ReadonlySet<ConflictReason> = new Set([
  "missing-table",
  "missing-columns",
  "required-columns",
  "changed-types",
  "was-generated",
]);

/** @param conflicts at least one. */
export function conflictError(conflicts: readonly UndeleteConflict[]): RowConflictError {
  const texts = conflicts.map(conflictText);
  return new RowConflictError(`the rows cannot come back: ${listed(texts)}`, texts, {
    object: `table ${qualify(conflicts[0]!.namespace, conflicts[0]!.name)}`,
    hint: hintFor(new Set(conflicts.map(({ reason }) => reason))),
  });
}

function hintFor(reasons: ReadonlySet<ConflictReason>): string {
  if ([...reasons].some((reason) => OTHER_TABLE.has(reason)))
    return "restore the archive into an empty database, change the tables there as they were changed here, dump it, and undelete from that archive; nothing was changed";
  if (reasons.has("changed"))
    return "select other rows, remove what is in the way, or leave rows that changed as they are with --keep-changed; nothing was changed";
  return "select other rows, or remove what is in the way; nothing was changed";
}

/** What made it impossible to read rows of the archive: no other conflict can be looked for. */
export class UnreadableRows extends Error {
  readonly conflicts: readonly UndeleteConflict[];

  constructor(conflicts: readonly UndeleteConflict[]) {
    super("rows of the archive cannot be read into the tables of the target");
    this.name = "UnreadableRows";
    this.conflicts = conflicts;
  }
}

export function conflict(
  { namespace, name }: Pick<UndeleteConflict, "namespace" | "name">,
  reason: ConflictReason,
  facts: Partial<UndeleteConflict> = {},
): UndeleteConflict {
  return {
    reason,
    namespace,
    name,
    columns: [],
    constraint: null,
    rows: null,
    types: [],
    ...facts,
  };
}
