/**
 * A stable topological order: objects come after those that they require; where that leaves a choice, kind and then name
 * decide. Oids never do, so two databases with the same schema give the same text.
 */
import type { ObjectKind } from "../catalog/kinds.ts";
import type { DumpableObject } from "../ddl/dumpable-object.ts";
import { MinHeap } from "../util/graph.ts";
import type { DependencyGraph } from "./graph.ts";

/**
 * Kinds in the order in which they are created where dependencies leave a choice (compare dbObjectTypePriorities,
 * src/bin/pg_dump/pg_dump_sort.c). Those before `database` directly follow the object that they belong to. Privileges
 * are late, because a REVOKE could hinder the restoring role itself; refreshes and event triggers come after them.
 */
const ORDER: readonly ObjectKind[] = [
  "comment",
  "owner",
  "security-label",
  "extension-dependency",
  "database",
  "schema",
  "extension",
  "language",
  "collation",
  "shell-type",
  "type",
  "domain",
  "cast",
  "function",
  "procedure",
  "aggregate",
  "access-method",
  "operator",
  "operator-family",
  "operator-class",
  "conversion",
  "transform",
  "text-search-parser",
  "text-search-template",
  "text-search-dictionary",
  "text-search-configuration",
  "foreign-data-wrapper",
  "foreign-server",
  "user-mapping",
  "sequence",
  "table",
  "foreign-table",
  "view",
  "materialized-view",
  "default",
  "check-constraint",
  "table-attach",
  "sequence-owner",
  "large-object",
  "index",
  "key-constraint",
  "index-attach",
  "cluster",
  "statistics",
  "foreign-key",
  "replica-identity",
  "rule",
  "trigger",
  "policy",
  "row-security",
  "publication",
  "publication-relation",
  "publication-schema",
  "subscription",
  "default-privileges",
  "privileges",
  "refresh",
  "event-trigger",
];

const RANK = new Map(ORDER.map((kind, rank) => [kind, rank]));

/** The indexes of the objects in the order that they would have if none required another: by section, kind and name. */
function preferredOrder(objects: readonly DumpableObject[]): number[] {
  const keys = objects.map(sortKey);
  // By kind first: most of the time would go into comparing names alone.
  const groups = Array.from({ length: 2 * ORDER.length }, (): number[] => []);
  objects.forEach(({ section, kind, late }, index) => {
    // Statistics follow keys and indexes, as late objects must, and all objects with expressions before the data.
    const rank = RANK.get(late === undefined ? kind : "statistics")!;
    groups[(section === "pre-data" ? 0 : ORDER.length) + rank]!.push(index);
  });
  // The statements decide only where all else is equal.
  const compare = (a: number, b: number): number =>
    (objects[b]!.late ?? 0) - (objects[a]!.late ?? 0) ||
    compareText(keys[a]!, keys[b]!) ||
    compareText(String(objects[a]!.sql()), String(objects[b]!.sql()));
  return ([] as number[]).concat(...groups.map((group) => group.sort(compare)));
}

/** Orders the objects of one kind. No name holds a zero byte, which sorts first, so a name comes before its extensions. */
function sortKey({ namespace, name, target }: DumpableObject): string {
  return `${namespace ?? ""}\0${name}\0${target ?? ""}`;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The indexes of all objects of an acyclic graph in the order of creation. */
export function sort({ objects, requires, requiredBy }: DependencyGraph): number[] {
  const preferred = preferredOrder(objects);
  /** The position of each object in `preferred`. */
  const rank = new Int32Array(objects.length);
  /** How many edges of each object lead to objects that are not sorted yet. */
  const waiting = new Int32Array(objects.length);
  const ready = new MinHeap();
  preferred.forEach((index, position) => {
    rank[index] = position;
    waiting[index] = requires[index]!.length;
    if (waiting[index] === 0) ready.push(position);
  });
  const sorted: number[] = [];
  while (ready.size > 0) {
    const index = preferred[ready.pop()!]!;
    sorted.push(index);
    requiredBy[index]!.forEach((dependent) => {
      waiting[dependent]!--;
      if (waiting[dependent] === 0) ready.push(rank[dependent]!);
    });
  }
  return sorted;
}
