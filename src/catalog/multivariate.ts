/**
 * The text of `pg_ndistinct` and `pg_dependencies`: what ANALYZE found of several columns and expressions together. Before 19 it
 * is an object, `{"1, 2": 3}` and `{"1, 2 => -1": 0.5}` (PostgreSQL docs, 76.2), since then a list, `[{"attributes": [1, 2],
 * "ndistinct": 3}]` and `[{"attributes": [1, 2], "dependency": -1, "degree": 0.5}]`. Pure.
 */

/** By their numbers in the table; expressions of the statistics object from -1 downwards. */
type Attributes = readonly number[];

/** How many different values some attributes have together. */
export interface NDistinct {
  readonly attributes: Attributes;
  readonly ndistinct: number;
}

/** How much the attributes decide the value of another. */
export interface Dependency {
  readonly attributes: Attributes;
  readonly dependency: number;
  /** From 0 to 1. */
  readonly degree: number;
}

/** @returns null for a text of any other shape. */
export function parseNDistinct(text: string): NDistinct[] | null {
  const items = itemsOf(text, (key, ndistinct) => ({ attributes: numbersOf(key), ndistinct }));
  return items?.every(isNDistinct) === true ? items : null;
}

/** @returns null for a text of any other shape. */
export function parseDependencies(text: string): Dependency[] | null {
  const items = itemsOf(text, (key, degree) => {
    const [attributes = "", dependency = ""] = key.split(" => ");
    return { attributes: numbersOf(attributes), dependency: Number(dependency), degree };
  });
  return items?.every(isDependency) === true ? items : null;
}

/** With other numbers for the attributes. */
export function renumberNDistinct(
  items: readonly NDistinct[],
  number: (attribute: number) => number,
): { attributes: number[]; ndistinct: number }[] {
  return items.map(({ attributes, ndistinct }) => ({
    attributes: attributes.map(number),
    ndistinct,
  }));
}

/** With other numbers for the attributes. */
export function renumberDependencies(
  items: readonly Dependency[],
  number: (attribute: number) => number,
): { attributes: number[]; dependency: number; degree: number }[] {
  return items.map(({ attributes, dependency, degree }) => ({
    attributes: attributes.map(number),
    dependency: number(dependency),
    degree,
  }));
}

type Item = Readonly<Record<string, unknown>>;

/** @param older the item that a key and its value were before 19. */
function itemsOf(text: string, older: (key: string, value: unknown) => Item): Item[] | null {
  const value = jsonOf(text);
  if (Array.isArray(value)) return value.every(isItem) ? value : null;
  return isItem(value) ? Object.entries(value).map(([key, each]) => older(key, each)) : null;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isItem(value: unknown): value is Item {
  return typeof value === "object" && value !== null;
}

function isNDistinct(item: Item): item is Item & NDistinct {
  const { attributes, ndistinct } = item;
  return areNumbers(attributes) && Number.isSafeInteger(ndistinct);
}

function isDependency(item: Item): item is Item & Dependency {
  const { attributes, dependency, degree } = item;
  return areNumbers(attributes) && isNumber(dependency) && typeof degree === "number";
}

/** Of an attribute: none has the number 0, which is also that of an empty text. */
function isNumber(value: unknown): value is number {
  return Number.isSafeInteger(value) && value !== 0;
}

function areNumbers(value: unknown): value is Attributes {
  return Array.isArray(value) && value.every(isNumber);
}

function numbersOf(key: string): number[] {
  return key.split(", ").map(Number);
}
