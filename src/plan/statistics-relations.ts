/** The relations whose planner statistics a dump records. Pure. */
import { address, CATALOG } from "../catalog/address.ts";
import type { RelationRow } from "../catalog/relation.ts";
import type { DdlContext } from "../ddl/context.ts";
import { indexLookup } from "../ddl/index-lookup.ts";
import { relationAddress, relationLookup, type RelationLookup } from "../ddl/relation-lookup.ts";
import { groupBy } from "../util/group-by.ts";
import type { PlannedId } from "./planned-objects.ts";

/** A relation whose statistics are about rows in the archive. */
export interface StatisticsRelation {
  readonly oid: number;
  readonly namespace: string;
  readonly name: string;
  /** `id` of the planned object that creates it. */
  readonly object: number;
  readonly isIndex: boolean;
  /** The table, partitioned table or materialized view itself, or that of an index. */
  readonly relation: number;
  /** Whether it has rows of its own in the archive; those of others make a partitioned table or a materialized view. */
  readonly hasRows: boolean;
  /** The partitioned tables above it: ANALYZE of the topmost one is about all that is below. */
  readonly partitionedParents: readonly number[];
  /** Its statistics objects (CREATE STATISTICS); none of an index. */
  readonly extended: readonly StatisticsObject[];
}

/** A statistics object that the archive creates. */
export interface StatisticsObject {
  readonly oid: number;
  readonly name: string;
  /** `id` of the planned object that creates it. */
  readonly object: number;
}

/**
 * Tables whose rows are dumped, materialized views and partitioned tables, and all indexes of these. Tables that were never
 * analyzed are left out.
 * @param withRows oids of the tables whose rows are dumped.
 */
export function statisticsRelations(
  context: DdlContext,
  withRows: ReadonlySet<number>,
  plannedId: PlannedId,
): StatisticsRelation[] {
  const lookup = relationLookup(context);
  const { idOf } = indexLookup(context);
  const objects = groupBy(context.catalog.statistics, ({ relation }) => relation);
  const relations = new Map<number, StatisticsRelation>();
  for (const row of lookup.dumpable) {
    const object = plannedId(relationAddress(row.oid));
    if (object === null || row.rows < 0 || !holdsRows(row, withRows)) continue;
    relations.set(row.oid, {
      oid: row.oid,
      namespace: context.namespace(row.namespace),
      name: row.name,
      object,
      isIndex: false,
      relation: row.oid,
      hasRows: row.kind === "r",
      partitionedParents: row.isPartition ? partitionedParents(lookup, row.oid) : [],
      extended: (objects.get(row.oid) ?? []).flatMap(({ oid, name }) => {
        const id = plannedId(address(CATALOG.statistics, oid));
        return id === null ? [] : [{ oid, name, object: id }];
      }),
    });
  }
  const indexes = context.catalog.indexes.flatMap((row) => {
    const of = relations.get(row.relation);
    const object = of === undefined ? null : plannedId(idOf(row));
    if (of === undefined || object === null || row.isPartitioned) return [];
    return [{ ...of, oid: row.oid, name: row.name, object, isIndex: true, extended: [] }];
  });
  return [...relations.values(), ...indexes].sort(byName);
}

function holdsRows(
  { kind, oid, isPopulated }: RelationRow,
  withRows: ReadonlySet<number>,
): boolean {
  return kind === "r" ? withRows.has(oid) : kind === "p" || (kind === "m" && isPopulated);
}

function partitionedParents({ parents }: Pick<RelationLookup, "parents">, oid: number): number[] {
  const [parent] = parents.get(oid) ?? [];
  return parent === undefined ? [] : [parent, ...partitionedParents({ parents }, parent)];
}

function byName(a: StatisticsRelation, b: StatisticsRelation): number {
  if (a.namespace !== b.namespace) return a.namespace < b.namespace ? -1 : 1;
  return a.name < b.name ? -1 : 1;
}
