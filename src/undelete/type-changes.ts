/** The columns of a table whose types are others than those that the archive records. Pure. */
import type { Manifest } from "../archive/format/manifest.ts";
import { mapParts, type ValueType, type ValueTypes } from "../catalog/value-types.ts";
import { compareTypes, type Reading } from "./compare-types.ts";
import type { TargetColumn } from "./facts.ts";
import type { UndeleteTable } from "./tables.ts";

/** A column with the types that it had and has. */
export interface TypeChange {
  readonly column: string;
  /** As `format_type()` prints them. */
  readonly archived: string;
  readonly target: string;
}

/** The types of both sides. */
export interface TypeSides {
  readonly archived: ValueTypes;
  readonly target: ValueTypes;
  /** Of the archive, by their index in the manifest. */
  readonly names: readonly string[];
}

/** @returns undefined where the archive records no types. */
export function archivedTypes({ types }: Manifest): Omit<TypeSides, "target"> | undefined {
  if (types === undefined) return undefined;
  const names = types.map(({ name }) => name);
  const nameOf = (index: number): string => names[index]!;
  const known = new Map(
    types.map((type): [string, ValueType] => [type.name, mapParts(type, nameOf)]),
  );
  return { names, archived: (name) => known.get(name)! };
}

/** Changes of which the server has to tell, and those of which nobody can. */
export type TypeChanges = Readonly<Record<Exclude<Reading, "same">, readonly TypeChange[]>>;

/** Columns that the target lacks or computes are left out: nothing is inserted into them. */
export function typeChanges(
  { sources }: UndeleteTable,
  columns: readonly TargetColumn[],
  sides: TypeSides | undefined,
): TypeChanges {
  const changes = { checked: [] as TypeChange[], changed: [] as TypeChange[] };
  if (sides === undefined) return changes;
  const { names, archived, target } = sides;
  for (const column of columns.filter(({ generated }) => generated === "")) {
    const types = sources.flatMap(({ relation }) => {
      const index = relation.columns.indexOf(column.name);
      return index < 0 || relation.types === undefined ? [] : [names[relation.types[index]!]!];
    });
    for (const name of new Set(types)) {
      const now = { name: column.declaredType, lookUp: target };
      const reading = compareTypes({ name, lookUp: archived }, now);
      if (reading === "same") continue;
      changes[reading].push({ column: column.name, archived: name, target: column.declaredType });
    }
  }
  return changes;
}
