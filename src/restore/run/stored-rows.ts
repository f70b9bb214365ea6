/** The error of rows that did not all arrive. */
import { MismatchError } from "../../errors.ts";
import { plural } from "../../util/format.ts";

export interface HeldRows {
  readonly by: "archive" | "dump";
  readonly rows: number;
}

export function storedOtherRows(
  object: string | undefined,
  stored: number,
  { by, rows }: HeldRows,
): MismatchError {
  return new MismatchError(`the server stored ${plural(stored, "row")}, the ${by} holds ${rows}`, {
    object,
    hint: "a trigger or rule of the target changes the rows that are inserted",
  });
}
