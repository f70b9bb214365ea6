/**
 * Since PostgreSQL 14 a sequence has no type of its own, so a type can have its name. But CREATE SEQUENCE still refuses a
 * name that a type has (heap_create_with_catalog, src/backend/catalog/heap.c), and CREATE TYPE does not look at
 * sequences: the sequence must come first. pg_dump creates them the other way round.
 */
import type { DumpableObject } from "../ddl/dumpable-object.ts";

const TYPES: ReadonlySet<DumpableObject["kind"]> = new Set(["type", "domain", "shell-type"]);

/** Pairs of the indexes of a type and of the sequence that has its name. */
export function typesNamedLikeSequences(objects: readonly DumpableObject[]): [number, number][] {
  /** By name, and then by schema. */
  const sequences = new Map<string, Map<string | null, number>>();
  objects.forEach(({ kind, parent, namespace, name }, index) => {
    // The sequence of an identity column cannot come before the types of its table.
    if (kind !== "sequence" || parent !== undefined) return;
    const bySchema = sequences.get(name);
    if (bySchema === undefined) sequences.set(name, new Map([[namespace, index]]));
    else bySchema.set(namespace, index);
  });
  if (sequences.size === 0) return [];
  return objects.flatMap(({ kind, namespace, name }, index) => {
    const sequence = TYPES.has(kind) ? sequences.get(name)?.get(namespace) : undefined;
    return sequence === undefined ? [] : [[index, sequence]];
  });
}
