/**
 * In which order rows can be loaded into tables whose foreign keys exist already: referenced tables first. Where tables
 * refer to each other in a circle, the foreign keys inside it must wait until all are loaded. Pure.
 */
import { stronglyConnectedComponents } from "../../util/graph.ts";

export interface ForeignKey {
  readonly oid: number;
  readonly name: string;
  /** The referring table, as SQL names it. */
  readonly table: string;
  readonly tableOid: number;
  /** The referenced table and, when that is partitioned, all its partitions. */
  readonly referenced: readonly number[];
  /** The foreign key of the partitioned table that this one follows; 0 when there is none. */
  readonly parent: number;
  readonly deferrable: boolean;
}

export interface LoadOrder<Table> {
  readonly tables: readonly Table[];
  /** Foreign keys to make deferrable for the time of the load; none of them is already. */
  readonly toDefer: readonly ForeignKey[];
}

/** Orders tables by their foreign keys; ties keep the given order. A table's references to itself do not matter. */
export function loadOrder<Table extends { readonly oid: number }>(
  tables: readonly Table[],
  foreignKeys: readonly ForeignKey[],
): LoadOrder<Table> {
  const positions = new Map(tables.map(({ oid }, position) => [oid, position]));
  const references = tables.map(() => new Set<number>());
  for (const { tableOid, referenced } of foreignKeys) {
    const from = positions.get(tableOid);
    if (from === undefined) continue;
    for (const oid of referenced) {
      const to = positions.get(oid);
      if (to !== undefined && to !== from) references[from]!.add(to);
    }
  }
  const components = stronglyConnectedComponents(references.map((to) => [...to])).map((members) =>
    members.sort((a, b) => a - b).map((position) => tables[position]!),
  );
  const componentOf = new Map(
    components.flatMap((members, i) => members.map(({ oid }) => [oid, i] as const)),
  );
  const byOid = new Map(foreignKeys.map((key) => [key.oid, key]));
  // Only the foreign key at the top of a partition tree can be altered.
  const top = (key: ForeignKey): ForeignKey => {
    const parent = byOid.get(key.parent);
    return parent === undefined ? key : top(parent);
  };
  const inside = foreignKeys.filter(({ tableOid, referenced }) =>
    referenced.some(
      (oid) =>
        oid !== tableOid &&
        componentOf.has(oid) &&
        componentOf.get(oid) === componentOf.get(tableOid),
    ),
  );
  return {
    tables: components.flat(),
    toDefer: [...new Set(inside.map(top))].filter(({ deferrable }) => !deferrable),
  };
}
