/**
 * ATTACH PARTITION, and INHERIT where CREATE TABLE … INHERITS would put the columns in another order. Partitions are
 * created as tables of their own and attached, which keeps their column order, defaults and storage (as pg_dump does).
 */
import type { RelationRow } from "../../catalog/relation.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject, DumpId } from "../dumpable-object.ts";
import { isAttachedLater } from "../inheritance.ts";
import { ownNotNulls } from "./column-not-null.ts";
import { notNullsBeforeChildren } from "./key-not-null.ts";
import { notNullsBeforePartitions } from "./not-null.ts";
import { inheritanceFeatures } from "./generated-column.ts";
import { type RelationLookup, relationAddress } from "../relation-lookup.ts";

/** One object for each parent, in the order of the parents. */
export function attachments(
  context: DdlContext,
  relations: RelationLookup,
  row: RelationRow,
): DumpableObject[] {
  if (!isAttachedLater(relations, row)) return [];
  const parents = (relations.parents.get(row.oid) ?? []).filter((oid) => relations.byOid.has(oid));
  const id = relationAddress(row.oid);
  const table = relations.sqlName(row.oid);
  const attachId = (n: number): DumpId => `${id}#attach${n === 0 ? "" : `/${n}`}`;
  return parents.map((parent, n) => ({
    id: attachId(n),
    kind: "table-attach",
    namespace: context.namespace(row.namespace),
    name: row.name,
    section: "pre-data",
    addresses: [],
    requires: [
      id,
      relationAddress(parent),
      ...(n === 0 ? [] : [attachId(n - 1)]),
      ...notNullsBeforePartitions(relations, parent),
      ...notNullsBeforeChildren(relations, parent),
    ],
    parent: id,
    attachesTo: { id: relationAddress(parent), name: relations.sqlName(parent) },
    features: inheritanceFeatures(relations, row, parent),
    sql: () =>
      row.isPartition
        ? [
            `ALTER TABLE ONLY ${relations.sqlName(parent)} ATTACH PARTITION ${table} ${row.partitionBound!}`,
            ...ownNotNulls(context, relations, row),
          ]
        : [`ALTER TABLE ONLY ${table} INHERIT ${relations.sqlName(parent)}`],
  }));
}
