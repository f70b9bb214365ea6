/** Replaces the conditions of sampled relations by the addresses of the sampled rows, and of all rows that these need. */
import type { Catalog } from "../../catalog/read.ts";
import { UsageError } from "../../errors.ts";
import type { DataRelation } from "../../plan/data-relations.ts";
import { qualify } from "../../sql/ident.ts";
import { ReferentialClosure } from "./referential-closure.ts";
import { isAtAddress } from "./row-address.ts";
import { type SampleTargetOptions, sampleTargets } from "./sample-targets.ts";
import type { SelectedRelation } from "./selected-relation.ts";
import type { TableReader } from "./table-reader.ts";

/** @throws UsageError when a sample cannot be read, names nothing that is dumped, or refers to rows that are left out. */
export async function sampleRows(
  reader: TableReader,
  catalog: Catalog,
  selected: readonly SelectedRelation[],
  options: SampleTargetOptions,
): Promise<SelectedRelation[]> {
  const targets = sampleTargets(catalog, selected, options);
  const sampled = new Map<number, Set<number>>();
  const texts = new Map<number, string>();
  for (const { text, leaves } of targets) {
    for (const oid of leaves) {
      if (sampled.has(oid)) {
        throw new UsageError("two samples are given for the same table", { object: text });
      }
      sampled.set(oid, new Set());
      texts.set(oid, text);
    }
  }
  const closure = new ReferentialClosure(reader, { catalog, selected, sampled });
  for (const { sql, label, hasUserSql } of targets)
    await closure.add(sql, { action: "choose the sample", object: label }, hasUserSql);
  await closure.complete();

  const result: SelectedRelation[] = [];
  for (const each of selected) {
    const rows = sampled.get(each.relation.oid);
    if (rows === undefined) {
      result.push(each);
      continue;
    }
    const total = await countRows(reader, each.relation);
    result.push({
      ...each,
      // The rows are listed by address, so ranges of blocks would gain nothing: without pages there is one statement.
      relation: { ...each.relation, pages: 0, toastPages: 0 },
      where: isAtAddress(rows),
      sample: `${texts.get(each.relation.oid)!} (${rows.size} of ${total} rows, ${total - rows.size} left out)`,
    });
  }
  return result;
}

async function countRows(reader: TableReader, { namespace, name }: DataRelation): Promise<number> {
  const [row] = await reader.query<{ count: string }>(
    `SELECT pg_catalog.count(*) AS count FROM ONLY ${qualify(namespace, name)}`,
  );
  return Number(row!.count);
}
