/**
 * A stable topological order: what is needed comes first, and of what is free, the kind decides, then the name. Oids
 * never do, so two databases of one schema give one text.
 */
import type { ObjectKind } from "../catalog/kinds.ts";
import type { Piece } from "../ddl/piece.ts";
import type { Graph } from "./edges.ts";

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

/** The pieces as they would stand if none needed another: by section, kind and name. */
function wishedOrder(pieces: Iterable<Piece>): Piece[] {
  // Kind by kind, because comparing names alone is what most of the time would go into.
  const groups = Array.from({ length: 2 * ORDER.length }, (): Piece[] => []);
  for (const piece of pieces) {
    const section = piece.section === "pre-data" ? 0 : ORDER.length;
    groups[section + RANK.get(piece.kind)!]!.push(piece);
  }
  return groups.flatMap((group) => group.sort(compare));
}

/** Texts that order the pieces of one kind; the statements decide only where all else is equal. */
function compare(a: Piece, b: Piece): number {
  return (
    compareText(a.namespace ?? "", b.namespace ?? "") ||
    compareText(a.name, b.name) ||
    compareText(a.target ?? "", b.target ?? "") ||
    compareText(String(a.sql()), String(b.sql()))
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A binary heap of numbers that gives the least first. */
class Heap {
  readonly #items: number[] = [];

  get size(): number {
    return this.#items.length;
  }

  push(item: number): void {
    const items = this.#items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (items[above]! <= item) break;
      items[at] = items[above]!;
      at = above;
    }
    items[at] = item;
  }

  pop(): number {
    const items = this.#items;
    const least = items[0]!;
    const last = items.pop()!;
    if (items.length === 0) return least;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= items.length) break;
      if (below + 1 < items.length && items[below + 1]! < items[below]!) below++;
      if (last <= items[below]!) break;
      items[at] = items[below]!;
      at = below;
    }
    items[at] = last;
    return least;
  }
}

/** All pieces of an acyclic graph in creation order. */
export function sort(graph: Graph): Piece[] {
  const wished = wishedOrder(graph.pieces.values());
  const place = new Map(wished.map((piece, at) => [piece.id, at]));
  const waiting = wished.map((piece) => graph.requires.get(piece.id)!.size);
  const neededBy = wished.map((): number[] => []);
  const ready = new Heap();
  for (const [at, piece] of wished.entries()) {
    if (waiting[at] === 0) ready.push(at);
    for (const need of graph.requires.get(piece.id)!) neededBy[place.get(need)!]!.push(at);
  }
  const sorted: Piece[] = [];
  while (ready.size > 0) {
    const at = ready.pop();
    sorted.push(wished[at]!);
    for (const dependent of neededBy[at]!) {
      waiting[dependent]!--;
      if (waiting[dependent] === 0) ready.push(dependent);
    }
  }
  return sorted;
}
