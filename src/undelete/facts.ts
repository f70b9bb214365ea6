/** What is known of a table of the target into which rows may come back. Types only. */
import type { TargetTrigger } from "../restore/target/facts.ts";

export interface TargetColumn {
  readonly name: string;
  /** As `format_type()` prints it. */
  readonly declaredType: string;
  /** The type under its domains, as SQL. */
  readonly type: string;
  /** As SQL; null for the type's own, or for a type without. */
  readonly collation: string | null;
  readonly notNull: boolean;
  /** `attgenerated`: empty, stored, virtual. */
  readonly generated: "" | "s" | "v";
  readonly isIdentity: boolean;
  /** The expression of a default or of a generated column; null where there is none. */
  readonly expression: string | null;
  /** Whether the key can be shown: a number or a UUID. */
  readonly isShown: boolean;
}

/** Columns that identify a row: none is null, and no two rows have the same. */
export interface TargetKey {
  /** Null for the archive's primary key where the target has no index for it, so that rows of the target can share a key. */
  readonly index: string | null;
  readonly columns: readonly string[];
  /** The index's own equality operators, as SQL; null where texts are compared. */
  readonly operators: readonly string[] | null;
}

/** An index that lets no two rows have the same values, or an exclusion constraint's. */
export interface DistinctIndex {
  readonly name: string;
  /** Columns and expressions, as SQL. */
  readonly columns: readonly string[];
  readonly operators: readonly string[];
  /** Of a partial index; null for all rows. */
  readonly predicate: string | null;
  readonly nullsEqual: boolean;
}

export interface TargetCheck {
  readonly name: string;
  readonly expression: string;
}

/** A trigger or a rule that acts when rows are inserted or updated. */
export interface RowAction extends Pick<TargetTrigger, "name" | "table"> {
  readonly kind: "TRIGGER" | "RULE";
  /** As in `TargetTrigger`; `D` for a partition's copy of a trigger that is disabled there alone. */
  readonly enabled: TargetTrigger["enabled"] | "D";
  readonly onInsert: boolean;
  readonly onUpdate: boolean;
}

export interface TableFacts {
  readonly columns: readonly TargetColumn[];
  /** The best first. */
  readonly keys: readonly TargetKey[];
  readonly distinct: readonly DistinctIndex[];
  readonly checks: readonly TargetCheck[];
  readonly actions: readonly RowAction[];
}
