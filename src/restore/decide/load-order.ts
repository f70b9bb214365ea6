/**
 * In which order rows can be loaded into tables whose foreign keys exist already: referenced tables first. Where tables
 * refer to each other in a circle, the foreign keys inside it must wait until all are loaded. Pure.
 */

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
  const loaded = new Set(tables.map(({ oid }) => oid));
  const needs = new Map<number, Set<number>>(tables.map(({ oid }) => [oid, new Set()]));
  for (const { tableOid, referenced } of foreignKeys) {
    for (const oid of referenced) {
      if (oid !== tableOid && loaded.has(oid)) needs.get(tableOid)?.add(oid);
    }
  }
  const cycles = components(tables, needs);
  const cycleOf = new Map(cycles.flatMap((cycle, i) => cycle.map(({ oid }) => [oid, i] as const)));
  const byOid = new Map(foreignKeys.map((key) => [key.oid, key]));
  // Only the foreign key at the top of a partition tree can be altered.
  const top = (key: ForeignKey): ForeignKey => {
    const parent = byOid.get(key.parent);
    return parent === undefined ? key : top(parent);
  };
  const inside = foreignKeys.filter(({ tableOid, referenced }) =>
    referenced.some(
      (oid) => oid !== tableOid && cycleOf.has(oid) && cycleOf.get(oid) === cycleOf.get(tableOid),
    ),
  );
  return {
    tables: cycles.flat(),
    toDefer: [...new Set(inside.map(top))].filter(({ deferrable }) => !deferrable),
  };
}

/** Strongly connected components, each after those that it needs (Tarjan's algorithm, without recursion). */
function components<Table extends { readonly oid: number }>(
  tables: readonly Table[],
  needs: ReadonlyMap<number, ReadonlySet<number>>,
): Table[][] {
  const byOid = new Map(tables.map((table) => [table.oid, table]));
  const position = new Map(tables.map(({ oid }, i) => [oid, i]));
  const index = new Map<number, number>();
  const low = new Map<number, number>();
  const stack: number[] = [];
  const onStack = new Set<number>();
  const result: Table[][] = [];
  for (const { oid: start } of tables) {
    if (index.has(start)) continue;
    const path: { oid: number; rest: Iterator<number> }[] = [];
    const visit = (oid: number): void => {
      index.set(oid, index.size);
      low.set(oid, index.get(oid)!);
      stack.push(oid);
      onStack.add(oid);
      path.push({ oid, rest: needs.get(oid)!.values() });
    };
    visit(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const { oid } = top;
      const next = top.rest.next();
      if (next.done !== true) {
        if (!index.has(next.value)) visit(next.value);
        else if (onStack.has(next.value))
          low.set(oid, Math.min(low.get(oid)!, index.get(next.value)!));
        continue;
      }
      path.pop();
      const below = path.at(-1);
      if (below !== undefined) low.set(below.oid, Math.min(low.get(below.oid)!, low.get(oid)!));
      if (low.get(oid) !== index.get(oid)) continue;
      const members = stack.splice(stack.indexOf(oid));
      for (const member of members) onStack.delete(member);
      members.sort((a, b) => position.get(a)! - position.get(b)!);
      result.push(members.map((member) => byOid.get(member)!));
    }
  }
  return result;
}
