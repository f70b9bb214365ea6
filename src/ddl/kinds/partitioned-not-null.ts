/**
 * NOT NULL of a partitioned table that its partitions do not have (18). ALTER CONSTRAINT made it until 18.5, and refuses it
 * since (ATExecAlterConstraint(), src/backend/commands/tablecmds.c). There the partitions decide: without a primary key the
 * table has none, as their rows may hold nulls, and with one they have it in any case.
 */
import type { ConstraintRow } from "../../catalog/constraint.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { type Warning, warning } from "../../warnings.ts";
import { raiseWarning, unlessRefused } from "../conditional-statement.ts";
import type { RelationLookup } from "../relation-lookup.ts";
import { keyBefore } from "./key-not-null.ts";

/** The statement that makes a table's NOT NULL its own alone. */
export function makeNoInherit(
  relations: RelationLookup,
  notNull: ConstraintRow,
  name: string,
): string {
  const { kind } = relations.byOid.get(notNull.relation)!;
  const table = relations.sqlName(notNull.relation);
  // A partitioned table has no partitions yet, and the server refuses ONLY.
  const alter = `ALTER TABLE ${table} ALTER CONSTRAINT ${quoteIdent(name)} NO INHERIT`;
  if (kind !== "p") return alter;
  if (keyBefore(relations, notNull) !== undefined)
    return unlessRefused(alter, [
      raiseWarning(
        `NOT NULL ${quoteIdent(name)} of ${table} is that of its partitions as well: this server refuses NO INHERIT of a partitioned table`,
      ),
    ]);
  const column = relations.columns
    .get(notNull.relation)!
    .find(({ number }) => number === notNull.columns[0])!;
  return unlessRefused(alter, [
    `ALTER TABLE ONLY ${table} ALTER COLUMN ${quoteIdent(column.name)} DROP NOT NULL`,
    raiseWarning(
      `NOT NULL ${quoteIdent(name)} of ${table} was left out: this server refuses NO INHERIT of a partitioned table`,
    ),
  ]);
}

/** What a dump says of a partitioned table's. */
export function noInheritWarnings(
  { byOid, constraints, sqlName }: RelationLookup,
  relation: number,
): Warning[] {
  if (byOid.get(relation)!.kind !== "p") return [];
  const table = `table ${sqlName(relation)}`;
  return (constraints.get(relation) ?? [])
    .filter(({ type, noInherit }) => type === "n" && noInherit)
    .map(({ name }) => {
      const message = `${table}: ${quoteIdent(name)} is NO INHERIT, which PostgreSQL 18.6 and later refuse of a partitioned table; there it is left out, or the partitions have it as well where a primary key needs it`;
      return warning("partitioned-not-null", table, message);
    });
}
