/** The parenthesized lists of `NAME = value` that define types, aggregates, operators and text search objects. */

/** Values are SQL. An item with null or false is left out, true writes the name alone. */
export type DefinitionItem = readonly [name: string, value: string | number | boolean | null];

/** `(\n    A = 1,\n    B\n)`. */
export function definition(items: readonly DefinitionItem[]): string {
  const written = items.flatMap(([name, value]) => {
    if (value === null || value === false) return [];
    return value === true ? name : `${name} = ${value}`;
  });
  return `(\n    ${written.join(",\n    ")}\n)`;
}
