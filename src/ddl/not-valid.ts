/**
 * CHECK and NOT NULL constraints that are NOT VALID, in a tree of tables: what they are created after, and whether before
 * or after the data.
 */
import { address, type Address, CATALOG } from "../catalog/address.ts";
import type { ConstraintRow } from "../catalog/constraint.ts";

export interface NotValid {
  /** Whether the constraint comes after the data: it, or the parent's that it comes from, is not valid. */
  readonly isPostData: boolean;
  /** Whether it is valid and comes from a parent's that is not: it is inherited as not valid, and validated afterwards. */
  readonly isValidatedLater: boolean;
  /** The constraints that must exist before this one. */
  readonly requires: readonly Address[];
}

/**
 * @param above the constraints of the parents from which this one comes; empty where it has a statement of its own.
 * @param below the constraints of the tables that inherit it.
 */
export function notValid(
  { isValidated }: ConstraintRow,
  above: readonly ConstraintRow[],
  below: readonly ConstraintRow[],
): NotValid {
  const notValidAbove = above.filter((constraint) => !constraint.isValidated);
  // A parent's constraint is merged into one that exists; the other way round is an error.
  const merged = isValidated
    ? []
    : below.filter((constraint) => constraint.isLocal && !constraint.isValidated);
  return {
    isPostData: !isValidated || notValidAbove.length > 0,
    isValidatedLater: isValidated && notValidAbove.length > 0,
    requires: [...notValidAbove, ...merged].map(({ oid }) => address(CATALOG.constraint, oid)),
  };
}
