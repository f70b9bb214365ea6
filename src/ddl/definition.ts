/** The parenthesised lists of `NAME = value` in which types, aggregates, operators and their like are defined. */

/** Values are SQL. One that is null or false is left out, true stands for the bare name. */
export type DefinitionItem = readonly [name: string, value: string | number | boolean | null];

/** `(\n    A = 1,\n    B\n)`. */
export function definition(items: readonly DefinitionItem[]): string {
  const written = items.flatMap(([name, value]) => {
    if (value === null || value === false) return [];
    return value === true ? name : `${name} = ${value}`;
  });
  return `(\n    ${written.join(",\n    ")}\n)`;
}
