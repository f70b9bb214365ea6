/** The table locks that concurrent tasks of a restore take, and which of them exclude each other. Pure. */

/** Modes of table locks, weakest first (PostgreSQL docs, 13.3.1). */
export type LockMode =
  | "RowShare"
  | "RowExclusive"
  | "ShareUpdateExclusive"
  | "Share"
  | "ShareRowExclusive"
  | "AccessExclusive";

/** The locks of a task by relation, as SQL names it; `everything` for statements whose locks are not known. */
export type LockSet = ReadonlyMap<string, LockMode> | "everything";

/** PostgreSQL docs, table 13.2, without the modes that no task takes. */
const CONFLICTS: Readonly<Record<LockMode, readonly LockMode[]>> = {
  RowShare: ["AccessExclusive"],
  RowExclusive: ["Share", "ShareRowExclusive", "AccessExclusive"],
  ShareUpdateExclusive: ["ShareUpdateExclusive", "Share", "ShareRowExclusive", "AccessExclusive"],
  Share: ["RowExclusive", "ShareUpdateExclusive", "ShareRowExclusive", "AccessExclusive"],
  ShareRowExclusive: [
    "RowExclusive",
    "ShareUpdateExclusive",
    "Share",
    "ShareRowExclusive",
    "AccessExclusive",
  ],
  AccessExclusive: [
    "RowShare",
    "RowExclusive",
    "ShareUpdateExclusive",
    "Share",
    "ShareRowExclusive",
    "AccessExclusive",
  ],
};

const STRENGTH: readonly LockMode[] = [
  "RowShare",
  "RowExclusive",
  "ShareUpdateExclusive",
  "Share",
  "ShareRowExclusive",
  "AccessExclusive",
];

/** Whether one of two tasks would have to wait for the other. */
export function locksConflict(a: LockSet, b: LockSet): boolean {
  if (a === "everything" || b === "everything") return true;
  const [small, large] = a.size <= b.size ? [a, b] : [b, a];
  for (const [relation, mode] of small) {
    const held = large.get(relation);
    if (held !== undefined && CONFLICTS[mode].includes(held)) return true;
  }
  return false;
}

/** The locks of a task that does what several do. */
export function joinLocks(sets: readonly LockSet[]): LockSet {
  const joined = new Map<string, LockMode>();
  for (const set of sets) {
    if (set === "everything") return set;
    for (const [relation, mode] of set) {
      const before = joined.get(relation);
      if (before === undefined || STRENGTH.indexOf(before) < STRENGTH.indexOf(mode))
        joined.set(relation, mode);
    }
  }
  return joined;
}
