/**
 * The statement that adds a foreign key. Up to 17 a partitioned table can be unlogged, and its key may refer to an
 * unlogged table. Since 18 it is permanent, and so can have no such key (ATAddForeignKeyConstraint(),
 * src/backend/commands/tablecmds.c): there the key is added to its unlogged partitions.
 */
import type { ConstraintRow } from "../../catalog/constraint.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { type Warning, warning } from "../../warnings.ts";
import { byMajorStatements, raiseWarning } from "../conditional-statement.ts";
import type { RelationLookup } from "../relation-lookup.ts";

export function addForeignKey(relations: RelationLookup, key: ConstraintRow): string {
  // ONLY is not allowed where the key reaches into partitions.
  const only = relations.byOid.get(key.relation)!.kind === "p" ? "" : "ONLY ";
  const alter = `ALTER TABLE ${only}${relations.sqlName(key.relation)}`;
  const notValid = isMadeNotValid(relations, key) ? " NOT VALID" : "";
  return `${alter}\n    ADD CONSTRAINT ${quoteIdent(key.name)} ${key.definition}${notValid}`;
}

/**
 * Whether a valid key is restored as NOT VALID, because PostgreSQL refuses every row that exists: it looks for rows without a
 * partner by `IS NULL`, which is true of a value without columns (RI_Initial_Check(), src/backend/utils/adt/ri_triggers.c). A
 * new row is checked in another way, and so is a PERIOD. Before 18 the key of a partitioned table cannot be NOT VALID.
 */
export function isMadeNotValid(relations: RelationLookup, key: ConstraintRow): boolean {
  if (!key.refersToColumnless || !key.isValidated || key.isTemporal) return false;
  return relations.byOid.get(key.relation)!.kind !== "p";
}

export function notValidKeyWarning(relations: RelationLookup, key: ConstraintRow): Warning {
  const table = relations.sqlName(key.relation);
  const message = `foreign key ${quoteIdent(key.name)} of table ${table} is restored as NOT VALID: PostgreSQL cannot check existing rows against a column of a type without columns`;
  return warning("foreign-key-not-valid", `table ${table}`, message);
}

/**
 * The statements, without hash joins where the key compares ranges: the planner takes all of them for hashable
 * (op_hashjoinable(), src/backend/utils/cache/lsyscache.c), and the join that checks the rows fails where their subtype is
 * not, as tsvector and money.
 */
export function withoutHashJoins(
  { comparesRanges }: ConstraintRow,
  statements: readonly string[],
): readonly string[] {
  if (!comparesRanges) return statements;
  return ["SET LOCAL enable_hashjoin = off", ...statements, "SET LOCAL enable_hashjoin TO DEFAULT"];
}

/** Whether PostgreSQL 18 and later refuse the key: a permanent table's, into an unlogged one. */
export function isRefusedSince18({ byOid }: RelationLookup, key: ConstraintRow): boolean {
  const referenced = byOid.get(key.references);
  if (referenced?.persistence !== "u" || referenced.kind === "p") return false;
  const { kind, persistence } = byOid.get(key.relation)!;
  return kind === "p" || persistence === "p";
}

/**
 * Adds a key that `isRefusedSince18`; since 18 those of its inherited keys that are not, with a warning.
 * @param inherited the keys that partitions inherit from it.
 */
export function addRefusedForeignKey(
  relations: RelationLookup,
  key: ConstraintRow,
  inherited: readonly ConstraintRow[],
): string {
  const below = inherited
    .filter((each) => !isRefusedSince18(relations, each))
    .map((each) => addForeignKey(relations, each));
  return byMajorStatements(
    18,
    [addForeignKey(relations, key)],
    [...below, raiseWarning(leftOut(relations, key))],
  );
}

function leftOut(relations: RelationLookup, key: ConstraintRow): string {
  return `foreign key ${quoteIdent(key.name)} of table ${relations.sqlName(key.relation)} was left out but for its unlogged partitions: since PostgreSQL 18 a partitioned table is not unlogged and may not refer to the unlogged table ${relations.sqlName(key.references)}`;
}

/** What a dump says of such a key. */
export function refusedKeyWarning(relations: RelationLookup, key: ConstraintRow): Warning {
  const table = `table ${relations.sqlName(key.relation)}`;
  const name = `${table}: the foreign key ${quoteIdent(key.name)}`;
  return warning(
    "unlogged-foreign-key",
    table,
    `${name} refers to the unlogged table ${relations.sqlName(key.references)}; restored into PostgreSQL 18, where partitioned tables are not unlogged, only unlogged partitions have it`,
  );
}
