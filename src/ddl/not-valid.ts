/**
 * CHECK and NOT NULL constraints that were never validated, up and down a tree of tables: what they are made after, and
 * whether before or after the data.
 */
import { address, type Address, CATALOG } from "../catalog/address.ts";
import type { ConstraintRow } from "../catalog/constraint.ts";

export interface NotValid {
  /** Whether the constraint comes after the data: itself unproven, or its parent's is. */
  readonly isPostData: boolean;
  /** Proven here and not where it comes from: it can't be inherited as what it is, so it is validated afterwards. */
  readonly isValidatedLater: boolean;
  /** The constraints that must be there before this one. */
  readonly requires: readonly Address[];
}

/**
 * @param above the constraint of the tables from which this one comes; empty where it is written out.
 * @param below the constraint of the tables that inherit it.
 */
export function notValid(
  { isValidated }: ConstraintRow,
  above: readonly ConstraintRow[],
  below: readonly ConstraintRow[],
): NotValid {
  const from = above.filter((it) => !it.isValidated);
  // A parent's constraint is merged into one that is there; the other way round is an error.
  const merged = isValidated ? [] : below.filter((it) => it.isLocal && !it.isValidated);
  return {
    isPostData: !isValidated || from.length > 0,
    isValidatedLater: isValidated && from.length > 0,
    requires: [...from, ...merged].map((it) => address(CATALOG.constraint, it.oid)),
  };
}
