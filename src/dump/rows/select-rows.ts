/** Turns the options about rows into the relations to copy: resolves named masks, selects samples, checks masks. */
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
import { selectLists } from "./select-list.ts";
import { tableReader } from "./table-reader.ts";
import type { SelectedRelation } from "./selected-relation.ts";

/**
 * Selects the rows of the plan's relations, in their order.
 * @throws UsageError when an option names nothing, or a mask breaks a constraint.
 */
export async function selectRows(
  connection: Connection,
  catalog: Catalog,
  plan: Plan,
  options: DumpOptions,
): Promise<SelectedRelation[]> {
  const searchPath = options.searchPath ?? ["public"];
  const reader = tableReader(connection, catalog, plan.relations);
  const further =
    options.masksFrom === undefined
      ? {}
      : await options.masksFrom(reader.allowingViews(true).query);
  const lists = selectLists(plan.relations, {
    parents: parentTables(catalog),
    where: options.where ?? {},
    mask: { ...options.mask, ...further },
    searchPath,
  });
  const named = resolveMasks(catalog, lists, maskKey(options));
  const samples = options.sample ?? {};
  const sampled =
    Object.keys(samples).length === 0
      ? named
      : await sampleRows(reader, catalog, named, { samples, searchPath });
  await checkMasks(reader, catalog, sampled);
  return sampled;
}

/** A random key unless the output must be the same: with a known key, pseudonyms could be found by trying names. */
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
  return lists.map((selected) => {
    if (selected.masks.size === 0) return selected;
    const { oid, namespace, name } = selected.relation;
    const masks = [...selected.masks].map(([column, text]) => {
      const label = `${qualify(namespace, name)}.${quoteIdent(column)}`;
      const sql = isNamedMask(text)
        ? namedMask(text, { label, name: column, type: typeOf(oid, column) }, key)
        : text;
      return [column, sql] as const;
    });
    return { ...selected, masks: new Map(masks) };
  });
}
