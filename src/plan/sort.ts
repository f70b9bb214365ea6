/**
 * A stable topological order: what is needed comes first, and of what is free, the kind decides, then the name. Oids
 * never do, so two databases of one schema give one text.
 */
import type { ObjectKind } from "../catalog/kinds.ts";
import type { DumpableObject } from "../ddl/dumpable-object.ts";
import { MinHeap } from "../util/graph.ts";
import type { DependencyGraph } from "./graph.ts";

/**
 * Kinds in the order in which they are written where dependencies leave a choice (compare dbObjectTypePriorities,
 * src/bin/pg_dump/pg_dump_sort.c). What stands before `schema` follows its object at once. Privileges come last:
 * they could hold back the restoring role itself; refreshing views and event triggers after them.
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

/** The places of the pieces in the order in which they would stand if none needed another: by section, kind and name. */
function wishedOrder(objects: readonly DumpableObject[]): number[] {
  const texts = objects.map(sortText);
  // Kind by kind, because comparing names alone is what most of the time would go into.
  const groups = Array.from({ length: 2 * ORDER.length }, (): number[] => []);
  objects.forEach(({ section, kind }, place) => {
    groups[(section === "pre-data" ? 0 : ORDER.length) + RANK.get(kind)!]!.push(place);
  });
  // The statements decide only where all else is equal.
  const compare = (a: number, b: number): number =>
    compareText(texts[a]!, texts[b]!) ||
    compareText(String(objects[a]!.sql()), String(objects[b]!.sql()));
  return ([] as number[]).concat(...groups.map((group) => group.sort(compare)));
}

/** What orders the pieces of one kind: a zero byte is less than all that a name can hold, so a shorter name comes first. */
function sortText({ namespace, name, target }: DumpableObject): string {
  return `${namespace ?? ""}\0${name}\0${target ?? ""}`;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The places of all pieces of an acyclic graph in creation order. */
export function sort({ objects, requires, neededBy }: DependencyGraph): number[] {
  const wished = wishedOrder(objects);
  const rank = new Int32Array(objects.length);
  const waiting = new Int32Array(objects.length);
  const ready = new MinHeap();
  wished.forEach((place, at) => {
    rank[place] = at;
    waiting[place] = requires[place]!.length;
    if (waiting[place] === 0) ready.push(at);
  });
  const sorted: number[] = [];
  while (ready.size > 0) {
    const place = wished[ready.pop()!]!;
    sorted.push(place);
    neededBy[place]!.forEach((dependent) => {
      waiting[dependent]!--;
      if (waiting[dependent] === 0) ready.push(rank[dependent]!);
    });
  }
  return sorted;
}
