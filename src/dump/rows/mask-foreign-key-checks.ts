/** Checks that masked rows still refer to rows of the archive. */
import { quoteIdent } from "../../sql/ident.ts";
import { matchRows, type ReadForeignKey } from "../../pg/foreign-keys.ts";
import { brokenConstraint, checking, type MaskChecks } from "./masked-rows.ts";
import { leavesOf } from "./partition-leaves.ts";
import type { SelectedRelation } from "./selected-relation.ts";

/**
 * @param selected by oid.
 * @throws UsageError naming the key, only when a row refers to one that is missing.
 */
export async function checkForeignKey(
  context: MaskChecks,
  key: ReadForeignKey,
  selected: ReadonlyMap<number, SelectedRelation>,
): Promise<void> {
  const { reader, catalog, isChanged } = context;
  const child = selected.get(key.child);
  const parents = leavesOf(catalog, key.parent).flatMap((oid) => selected.get(oid) ?? []);
  // A key that was never validated is restored NOT VALID.
  if (child === undefined || parents.length === 0 || !key.validated) return;
  const mayChange =
    key.columns.some((column) => isChanged(key.child, column)) ||
    parents.some(({ relation }) => key.references.some((name) => isChanged(relation.oid, name)));
  if (!mayChange) return;
  const hasUserSql = [child, ...parents].some((each) => each.hasUserSql);
  const [row] = await reader
    .allowingViews(hasUserSql)
    .query<{ violated: boolean }>(
      violationSql(context, key, child, parents),
      checking(`foreign key ${key.name}`),
    );
  if (!row!.violated) return;
  const constraint = `the foreign key ${quoteIdent(key.name)}`;
  throw brokenConstraint("it refers to a row that is missing", constraint, child);
}

function violationSql(
  { rowsOf }: MaskChecks,
  key: ReadForeignKey,
  child: SelectedRelation,
  parents: readonly SelectedRelation[],
): string {
  const references = key.references.map(quoteIdent).join(", ");
  const referenced = parents
    .map((parent) => `SELECT ${references} FROM ${rowsOf(parent)} AS masked`)
    .join(" UNION ALL ");
  const matching = `FROM (${referenced}) AS parent WHERE ${matchRows(key)}`;
  const [period, covering] = [key.columns.at(-1)!, key.references.at(-1)!].map(quoteIdent);
  const exists = key.period
    ? `COALESCE(child.${period} OPERATOR(pg_catalog.<@) (SELECT pg_catalog.range_agg(parent.${covering}) ${matching}), false)`
    : `EXISTS (SELECT ${matching})`;
  const columns = key.columns.map((column) => `child.${quoteIdent(column)}`).join(", ");
  const nulls = `pg_catalog.num_nulls(${columns})`;
  const partlyNull = key.matchFull ? `${nulls} BETWEEN 1 AND ${key.columns.length - 1} OR ` : "";
  return `SELECT EXISTS (SELECT FROM ${rowsOf(child)} AS child WHERE ${partlyNull}${nulls} = 0
       AND NOT ${exists}) AS violated`;
}
