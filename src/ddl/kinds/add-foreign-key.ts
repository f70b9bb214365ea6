/**
 * The statement that adds a foreign key. Not every server can have each of a partitioned table; where it cannot, the
 * partitions that can have it get it (ATAddForeignKeyConstraint(), src/backend/commands/tablecmds.c):
 * - Before 18 it cannot be NOT VALID.
 * - Up to 17 a partitioned table can be unlogged, and its key may refer to an unlogged table. Since 18 it is permanent, and
 *   so can have no such key.
 */
import type { ConstraintRow } from "../../catalog/constraint.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { type Warning, warning } from "../../warnings.ts";
import { byMajorStatements, raiseWarning } from "../conditional-statement.ts";
import type { RelationLookup } from "../relation-lookup.ts";

/** @param inherited the keys that partitions inherit from it, and that have no statement of their own. */
export function addForeignKey(
  relations: RelationLookup,
  key: ConstraintRow,
  inherited: readonly ConstraintRow[],
): string {
  const add = addKey(relations, key);
  const isRefusedBefore = isRefusedBefore18(relations, key);
  const isRefusedSince = isRefusedSince18(relations, key);
  if (!isRefusedBefore && !isRefusedSince) return add;
  // By name, as the catalogs have no order of their own.
  const addInherited = (isRefused: typeof isRefusedSince18): string[] =>
    inherited
      .filter((each) => !isRefused(relations, each))
      .map((each) => addKey(relations, each))
      .sort();
  return byMajorStatements(
    18,
    isRefusedBefore
      ? [...addInherited(isRefusedBefore18), raiseWarning(addedToPartitions(relations, key))]
      : [add],
    isRefusedSince
      ? [...addInherited(isRefusedSince18), raiseWarning(leftOut(relations, key))]
      : [add],
  );
}

function addKey(relations: RelationLookup, key: ConstraintRow): string {
  // ONLY is not allowed where the key reaches into partitions.
  const only = isPartitioned(relations, key) ? "" : "ONLY ";
  const alter = `ALTER TABLE ${only}${relations.sqlName(key.relation)}`;
  const notValid = isMadeNotValid(key) ? " NOT VALID" : "";
  return `${alter}\n    ADD CONSTRAINT ${quoteIdent(key.name)} ${key.definition}${notValid}`;
}

function isPartitioned({ byOid }: RelationLookup, { relation }: ConstraintRow): boolean {
  return byOid.get(relation)!.kind === "p";
}

/** Whether a valid key is restored as NOT VALID. New rows are checked in another way, and so is a PERIOD. */
export function isMadeNotValid(key: ConstraintRow): boolean {
  return key.isMisvalidated && key.isValidated && !key.isTemporal;
}

export function notValidKeyWarning(relations: RelationLookup, key: ConstraintRow): Warning {
  const table = relations.sqlName(key.relation);
  const message = `foreign key ${quoteIdent(key.name)} of table ${table} is restored as NOT VALID${isPartitioned(relations, key) ? ", before PostgreSQL 18 by its partitions alone" : ""}: PostgreSQL refuses existing rows that refer by a composite value of nulls alone, or without columns`;
  return warning("foreign-key-not-valid", `table ${table}`, message);
}

/** Whether servers before PostgreSQL 18 refuse the key: a partitioned table's that is NOT VALID. */
export function isRefusedBefore18(relations: RelationLookup, key: ConstraintRow): boolean {
  // One that is NOT ENFORCED is refused by name.
  const isNotValid = !key.isValidated && key.isEnforced;
  return isPartitioned(relations, key) && (isNotValid || isMadeNotValid(key));
}

function addedToPartitions(relations: RelationLookup, key: ConstraintRow): string {
  return `foreign key ${quoteIdent(key.name)} of table ${relations.sqlName(key.relation)} was added to its partitions alone: before PostgreSQL 18 that of a partitioned table cannot be NOT VALID`;
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
