/** How long it takes to build an index, as an estimate: the longest builds begin first. Pure. */
import type { ManifestObject } from "../../archive/format/manifest.ts";
import { type Token, tokensOf } from "../../sql/tokens.ts";

/** Cost over as many bytes of rows, by access method; 1 where nothing is known. */
const METHOD_COST: Readonly<Record<string, number>> = {
  brin: 0.3,
  hash: 1.2,
  spgist: 3,
  gin: 4,
  gist: 5,
};

/**
 * @param bytes of the table's rows.
 * @returns bytes of rows that could be read in the same time. A B-tree compares its columns one after the other (1.5 million rows:
 * one column 0.7 s, two 2.5 s, three 3.8 s, a GIN index 3.7 s).
 */
export function indexCost(
  { accessMethod, statements }: Pick<ManifestObject, "accessMethod" | "statements">,
  bytes: number,
): number {
  if (accessMethod !== null && accessMethod !== "btree")
    return bytes * (METHOD_COST[accessMethod] ?? 1);
  return bytes * keyColumns(tokensOf(statements[0] ?? ""));
}

/** The number of items in the first parentheses: nothing before them in CREATE INDEX and ADD CONSTRAINT has any. */
function keyColumns(tokens: readonly Token[]): number {
  let depth = 0;
  let columns = 1;
  for (const { kind, value } of tokens) {
    if (kind !== "symbol") continue;
    if (value === "(") depth++;
    else if (value === ")" && --depth === 0) break;
    else if (value === "," && depth === 1) columns++;
  }
  return columns;
}
