/**
 * Indexes, keys and exclusion constraints. They are post-data: to build an index over rows that exist is cheaper than to
 * maintain it while they are copied. Only what other tables need is not (`key-not-null.ts`).
 */
import type { ConstraintRow } from "../../catalog/constraint.ts";
import type { IndexRow } from "../../catalog/index-relation.ts";
import { quoteIdent } from "../../sql/ident.ts";
import type { DdlContext } from "../context.ts";
import {
  type CreateGuard,
  type DumpableObject,
  type Section,
  unguarded,
} from "../dumpable-object.ts";
import { indexLookup } from "../index-lookup.ts";
import { relationAddress, relationLookup } from "../relation-lookup.ts";
import { FEATURE, type ServerFeature } from "../server-features.ts";
import { indexAttach } from "./index-attach.ts";
import { addConstraint, isCreatedByParent, renameConstraint } from "./key-constraint.ts";
import { isKeyBeforeChildren } from "./key-not-null.ts";
import { referencedIndexes } from "./referenced-index.ts";
import { identityIndex } from "./replica-identity.ts";

export function indexes(context: DdlContext): DumpableObject[] {
  const relations = relationLookup(context);
  const { idOf, constraintOf } = indexLookup(context);
  const referencedOf = referencedIndexes(context.catalog);
  const beforeRows = new Set(
    context.catalog.indexes
      .filter((row) => row.isPrimary && isKeyBeforeChildren(relations, row.relation))
      .flatMap((row) => [row, referencedOf(row)]),
  );
  return context.catalog.indexes
    .filter(
      (row) =>
        relations.isDumpedOn(row.relation, idOf(row)) &&
        (isUsable(row) || constraintOf(row) !== undefined),
    )
    .flatMap((row) => {
      const section = beforeRows.has(row) ? "pre-data" : "post-data";
      const objects = [indexObject(context, row, section, referencedOf(row))];
      const attach = indexAttach(context, row);
      if (attach !== undefined) objects.push(attach);
      if (row.isClustered) objects.push(cluster(context, row));
      if (row.isReplicaIdentity) objects.push(identityIndex(context, row));
      return objects;
    });
}

/** Indexes that PostgreSQL left invalid. They are not dumped (nor by pg_dump): a later REINDEX or DROP decides. */
export function invalidIndexes(context: DdlContext): string[] {
  const relations = relationLookup(context);
  const { sqlName } = indexLookup(context);
  return context.catalog.indexes
    .filter((row) => relations.isDumpedOn(row.relation, relationAddress(row.oid)) && !isUsable(row))
    .map(sqlName);
}

function isUsable(row: IndexRow): boolean {
  // A partitioned index is invalid until each partition has an index for it, and will be so after a restore.
  return row.isReady && (row.isValid || row.isPartitioned);
}

/** @param referenced an equivalent index that must be created before this one. */
function indexObject(
  context: DdlContext,
  row: IndexRow,
  section: Section,
  referenced: IndexRow | undefined,
): DumpableObject {
  const relations = relationLookup(context);
  const { constraintOf, idOf, parentOf, sqlName } = indexLookup(context);
  const relation = relations.byOid.get(row.relation)!;
  const constraint = constraintOf(row);
  const parent = isCreatedByParent(context, row) ? parentOf(row) : undefined;
  const id = idOf(row);
  const index = `INDEX ${sqlName(row)}`;
  return {
    id,
    kind: constraint === undefined ? "index" : "key-constraint",
    namespace: context.namespace(relation.namespace),
    name: constraint === undefined ? row.name : `${relation.name} ${constraint.name}`,
    section,
    addresses: [id, relationAddress(row.oid)],
    requires: [
      relationAddress(row.relation),
      ...(parent === undefined ? [] : [idOf(parent)]),
      ...(referenced === undefined ? [] : [idOf(referenced)]),
    ],
    parent: relationAddress(row.relation),
    sql: (guard = unguarded) => [
      ...(parent === undefined
        ? createIndex(context, row, guard)
        : [renameConstraint(context, row, parent)]),
      ...row.statisticsColumns.map(
        (column, n) =>
          `ALTER ${index} ALTER COLUMN ${column} SET STATISTICS ${row.statisticsTargets[n]!}`,
      ),
    ],
    features: parent === undefined ? indexFeatures(row, constraint) : undefined,
    accessMethod: row.accessMethod,
    target:
      constraint === undefined
        ? index
        : `CONSTRAINT ${quoteIdent(constraint.name)} ON ${relations.sqlName(row.relation)}`,
    // The index of a constraint can have a comment as well.
    parts:
      constraint === undefined ? undefined : [{ address: relationAddress(row.oid), target: index }],
  };
}

function createIndex(context: DdlContext, row: IndexRow, guard: CreateGuard): string[] {
  const constraint = indexLookup(context).constraintOf(row);
  const statement = guard(
    constraint === undefined ? row.definition! : addConstraint(context, row, constraint),
  );
  if (row.tablespace === null || context.options.noTablespaces) return [statement];
  // The TABLESPACE clause has no fixed position in a definition.
  return [
    `SET LOCAL default_tablespace = ${quoteIdent(row.tablespace)}`,
    statement,
    "SET LOCAL default_tablespace = ''",
  ];
}

function indexFeatures(
  row: IndexRow,
  constraint: ConstraintRow | undefined,
): ServerFeature[] | undefined {
  const features = [
    ...(row.nullsNotDistinct ? [FEATURE.nullsNotDistinct] : []),
    ...(row.hasDefaultInetOps ? [FEATURE.defaultInetOps] : []),
    ...(constraint?.type === "x" && row.isPartitioned ? [FEATURE.partitionedExclusion] : []),
    ...(constraint?.isTemporal === true ? [FEATURE.withoutOverlaps] : []),
  ];
  return features.length === 0 ? undefined : features;
}

function cluster(context: DdlContext, row: IndexRow): DumpableObject {
  const relations = relationLookup(context);
  const relation = relations.byOid.get(row.relation)!;
  const word = relation.kind === "m" ? "MATERIALIZED VIEW" : "TABLE";
  return {
    id: `${relationAddress(row.oid)}#cluster`,
    kind: "cluster",
    namespace: context.namespace(relation.namespace),
    name: row.name,
    section: "post-data",
    addresses: [],
    requires: [indexLookup(context).idOf(row)],
    parent: relationAddress(row.relation),
    sql: () => [
      `ALTER ${word} ${relations.sqlName(row.relation)} CLUSTER ON ${quoteIdent(row.name)}`,
    ],
  };
}
