/**
 * Asks the server whether the masked rows still satisfy their constraints, before anything is copied: an archive that
 * could not be restored must not be written. Each masked table is read once for the constraints on single rows, and once
 * for each index or foreign key that a mask concerns.
 */
import type { Catalog } from "../../catalog/read.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import { readForeignKeys } from "../../pg/foreign-keys.ts";
import { checkForeignKey } from "./mask-foreign-key-checks.ts";
import {
  checkExclusions,
  checkUnique,
  type ExclusionRow,
  exclusionsSql,
  type UniqueRow,
  uniqueSql,
} from "./mask-index-checks.ts";
import { checkRows, type CheckRow, checksSql } from "./mask-row-checks.ts";
import { maskChecks } from "./masked-rows.ts";
import type { SelectedRelation } from "./selected-relation.ts";
import type { TableReader } from "./table-reader.ts";

/** @throws UsageError naming the constraint, only when a mask breaks one; ServerError when an expression fails. */
export async function checkMasks(
  reader: TableReader,
  catalog: Catalog,
  selected: readonly SelectedRelation[],
): Promise<void> {
  const masked = selected.filter(({ masks }) => masks.size > 0);
  if (masked.length === 0) return;
  const { major } = catalog.version;
  const oids = `${quoteLiteral(`{${masked.map(({ relation }) => relation.oid).join(",")}}`)}::pg_catalog.oid[]`;
  const checks = await reader.query<CheckRow>(checksSql(oids));
  const unique = await reader.query<UniqueRow>(uniqueSql(oids, major));
  const exclusions = await reader.query<ExclusionRow>(exclusionsSql(oids));
  const shared = maskChecks(reader, catalog, selected);
  for (const each of masked) {
    const context = { ...shared, reader: reader.allowingViews(each.hasUserSql) };
    await checkRows(context, each, checks);
    await checkUnique(context, each, unique);
    await checkExclusions(context, each, exclusions);
  }
  const byOid = new Map(selected.map((each) => [each.relation.oid, each]));
  for (const key of await readForeignKeys(reader, { major, keys: "each-table" }))
    await checkForeignKey(shared, key, byOid);
}
