/**
 * Since PostgreSQL 14 a sequence has no type of its own, so a type can have its name. But CREATE SEQUENCE still refuses a
 * name that a type has (heap_create_with_catalog, src/backend/catalog/heap.c), and CREATE TYPE does not look at
 * sequences: the sequence must come first. pg_dump creates them the other way round.
 */
import { type Address, address, type ByAddress, CATALOG } from "../catalog/address.ts";
import type { Catalog } from "../catalog/read.ts";
import type { DumpId } from "../ddl/dumpable-object.ts";

/** The id of the shell type that the input and output functions of a base type are declared with. */
export function shellOf(type: DumpId): DumpId {
  return `${type}#shell`;
}

/**
 * Pairs of the indexes of an object that creates a type and of the sequence that has the type's name. A range creates a
 * multirange type, which can be in another schema; an extension creates those of its members.
 */
export function typesNamedLikeSequences(
  { sequences }: Pick<Catalog, "sequences">,
  indexById: ReadonlyMap<DumpId, number>,
  defining: ByAddress<number>,
): [type: number, sequence: number][] {
  return sequences.flatMap(({ oid, typeOfSameName, ownerType }) => {
    // The sequence of an identity column is created under another name (ddl/kinds/sequence.ts).
    if (typeOfSameName === null || ownerType === "i") return [];
    const sequence = indexById.get(address(CATALOG.class, oid));
    if (sequence === undefined) return [];
    const type: Address = address(CATALOG.type, typeOfSameName);
    const creators = [
      defining.get(CATALOG.type)?.get(typeOfSameName),
      indexById.get(shellOf(type)),
    ];
    return creators.flatMap((creator): [number, number][] =>
      creator === undefined ? [] : [[creator, sequence]],
    );
  });
}
