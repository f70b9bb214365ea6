/**
 * The order in which rows can be loaded into tables whose foreign keys exist already: referenced tables first. Where
 * tables refer to each other in a cycle, the foreign keys inside it must be deferred until all are loaded. Pure.
 */
import { stronglyConnectedComponents } from "../../util/graph.ts";
import type { ForeignKey } from "../target/facts.ts";

export interface LoadOrder<Table> {
  readonly tables: readonly Table[];
  /** Foreign keys to make deferrable for the time of the load; those that are deferrable already are not listed. */
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
