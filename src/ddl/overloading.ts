/**
 * Functions that share their names with others of their schema. No text tells which of them it calls where arguments are converted
 * without a cast or left to a default, so a view that is older than another function of the name would call that one after a
 * restore, or none: it is not unique. Such a function comes after all objects before the data that do not use it.
 */
import type { FunctionRow } from "../catalog/function.ts";
import type { DdlContext } from "./context.ts";
import { oncePerCatalog } from "./once-per-catalog.ts";

export const isOverloaded: (context: DdlContext) => (row: FunctionRow) => boolean = oncePerCatalog(
  ({ catalog }) => {
    const counts = new Map<string, number>();
    const keyOf = ({ namespace, name }: FunctionRow): string => `${namespace} ${name}`;
    for (const row of catalog.functions) counts.set(keyOf(row), (counts.get(keyOf(row)) ?? 0) + 1);
    return (row) => counts.get(keyOf(row))! > 1;
  },
);
