/** From what the options say of rows to what is copied: named masks become SQL, samples become rows, masks are checked. */
import { createHash, randomBytes } from "node:crypto";
import type { Catalog } from "../../catalog/read.ts";
import { UsageError } from "../../errors.ts";
import type { Connection } from "../../pg/connection.ts";
import type { Plan } from "../../plan/plan.ts";
import { qualify, quoteIdent } from "../../sql/ident.ts";
import { columnTypes } from "../column-types.ts";
import { checkMasks } from "./mask-check.ts";
import { isNamedMask, namedMask } from "./named-mask.ts";
import type { DumpOptions } from "../options.ts";
import { sampleRows } from "./sample-rows.ts";
import { parentTables } from "./parent-tables.ts";
import { type SelectedRelation, selectLists } from "./select-list.ts";

/**
 * What is copied of each of the plan's relations, in their order.
 * @throws UsageError when an option names nothing, or a mask breaks a constraint.
 */
export async function selectRows(
  connection: Connection,
  catalog: Catalog,
  plan: Plan,
  options: DumpOptions,
): Promise<SelectedRelation[]> {
  const searchPath = options.searchPath ?? ["public"];
  const further = options.masksFrom === undefined ? {} : await options.masksFrom(connection.query);
  const lists = selectLists(plan.relations, {
    parents: parentTables(catalog),
    where: options.where ?? {},
    mask: { ...options.mask, ...further },
    searchPath,
  });
  const named = resolveMasks(catalog, lists, maskKey(options));
  const sampled =
    Object.keys(options.sample ?? {}).length === 0
      ? named
      : await sampleRows(connection, catalog, named, options.sample!, searchPath);
  await checkMasks(connection, catalog, sampled);
  return sampled;
}

/** Without a key pseudonyms could be guessed by trying names; a fixed one only where the output must be the same. */
function maskKey({ maskKey, reproducible }: DumpOptions): string {
  if (maskKey === "") throw new UsageError("the mask key is empty");
  if (maskKey !== undefined) return createHash("sha256").update(maskKey).digest("hex");
  return reproducible === true ? "nexushub-dump" : randomBytes(32).toString("hex");
}

function resolveMasks(
  catalog: Catalog,
  lists: readonly SelectedRelation[],
  key: string,
): SelectedRelation[] {
  const typeOf = columnTypes(catalog);
  return lists.map((one) => {
    if (one.masks.size === 0) return one;
    const { oid, namespace, name } = one.relation;
    const masks = [...one.masks].map(([column, text]) => {
      const label = `${qualify(namespace, name)}.${quoteIdent(column)}`;
      const sql = isNamedMask(text)
        ? namedMask(text, { label, name: column, type: typeOf(oid, column) }, key)
        : text;
      return [column, sql] as const;
    });
    return { ...one, masks: new Map(masks) };
  });
}
