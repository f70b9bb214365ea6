/**
 * Indexes, keys and exclusion constraints, and the attachment of a partition's index to its parent's. All of them are
 * post-data: building an index over rows that are there is cheaper than keeping it up to date.
 */
import { type Address, address, CATALOG } from "../../catalog/address.ts";
import type { ConstraintRow } from "../../catalog/constraint.ts";
import type { IndexRow } from "../../catalog/index-relation.ts";
import { qualify, quoteIdent } from "../../sql/ident.ts";
import { dollarQuote, quoteLiteral } from "../../sql/literal.ts";
import { storageOptions } from "../../sql/storage-options.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject, DumpId } from "../dumpable-object.ts";
import { groupBy } from "../../util/group-by.ts";
import { relationAddress, relationLookup } from "../relation-lookup.ts";
import { FEATURE, type ServerFeature } from "../server-features.ts";

/** A new index goes where `default_tablespace` says; the clause itself has no fixed place in a definition. */
function inTablespace(context: DdlContext, tablespace: string | null, statement: string): string[] {
  if (tablespace === null || context.options.noTablespaces) return [statement];
  return [
    `SET LOCAL default_tablespace = ${quoteIdent(tablespace)}`,
    statement,
    "SET LOCAL default_tablespace = ''",
  ];
}

/** A key's definition with its storage parameters, which `pg_get_constraintdef` leaves out. */
function keyDefinition(constraint: ConstraintRow, index: IndexRow): string {
  // An exclusion constraint's definition has them (ruleutils.c, pg_get_constraintdef_worker).
  if (index.options === null || constraint.type === "x") return constraint.definition;
  const tail = constraint.deferred
    ? " DEFERRABLE INITIALLY DEFERRED"
    : constraint.deferrable
      ? " DEFERRABLE"
      : "";
  const head = constraint.definition.slice(0, constraint.definition.length - tail.length);
  return `${head} WITH (${storageOptions(index.options)})${tail}`;
}

/** The piece that makes the index: its constraint's, where there is one. */
export function indexDumpId(index: IndexRow, constraint: ConstraintRow | undefined): Address {
  return constraint === undefined
    ? relationAddress(index.oid)
    : address(CATALOG.constraint, constraint.oid);
}

/** Indexes that PostgreSQL left invalid, which are not carried (nor by pg_dump): a later REINDEX or DROP decides. */
export function invalidIndexes(context: DdlContext): string[] {
  const relations = relationLookup(context);
  return context.catalog.indexes
    .filter((row) => relations.carries(row.relation, relationAddress(row.oid)) && !isCarried(row))
    .map((row) =>
      qualify(context.namespace(relations.byOid.get(row.relation)!.namespace), row.name),
    );
}

function isCarried(row: IndexRow): boolean {
  // A partitioned index is invalid until each partition has its part, which restoring it repeats.
  return row.isReady && (row.isValid || row.isPartitioned);
}

/**
 * Of unique indexes over the same columns, the ones that foreign keys lean on, by those columns. A foreign key takes the
 * oldest that fits (transformFkeyCheckAttrs, src/backend/commands/tablecmds.c), so these are made before their twins.
 */
function referredIndexes(context: DdlContext): (row: IndexRow) => IndexRow | undefined {
  const candidates = context.catalog.indexes.filter(({ referable }) => referable.length > 0);
  // Most tables have one such index at most.
  const several = groupBy(candidates, (row) => row.relation);
  const isAlone = ({ relation }: IndexRow): boolean => (several.get(relation)?.length ?? 0) < 2;
  const byOid = new Map(candidates.map((row) => [row.oid, row]));
  const key = ({ relation, referable }: IndexRow): string =>
    `${relation} ${[...referable].sort((a, b) => a - b).join()}`;
  const referred = new Map<string, IndexRow>();
  for (const co of context.catalog.constraints) {
    const row = co.type === "f" && co.parent === 0 ? byOid.get(co.index) : undefined;
    if (row !== undefined && !isAlone(row)) referred.set(key(row), row);
  }
  return (row) => (isAlone(row) ? undefined : referred.get(key(row)));
}

/** Gives a partition's share of an exclusion constraint the name that it had, in place of the one that the server chose. */
function renameInheritedConstraint(
  table: string,
  parent: ConstraintRow,
  inheritedConstraint: ConstraintRow,
): string {
  const [of, from, to] = [table, parent.name, inheritedConstraint.name].map(quoteLiteral);
  return `DO ${dollarQuote(`DECLARE
  given name;
BEGIN
  SELECT s.conname INTO given
  FROM pg_catalog.pg_constraint s JOIN pg_catalog.pg_constraint p ON p.oid = s.conparentid
  WHERE s.conrelid = ${of}::pg_catalog.regclass AND p.conname = ${from};
  IF given <> ${to} THEN
    EXECUTE pg_catalog.format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I', ${of}, given, ${to});
  END IF;
END`)}`;
}

function features(
  row: IndexRow,
  constraint: ConstraintRow | undefined,
): ServerFeature[] | undefined {
  const isPartitionedExclusion = constraint?.type === "x" && row.isPartitioned;
  const isTemporal = constraint?.isTemporal === true;
  // Most have none.
  if (!row.nullsNotDistinct && !isPartitionedExclusion && !isTemporal) return undefined;
  return [
    ...(row.nullsNotDistinct ? [FEATURE.nullsNotDistinct] : []),
    ...(isPartitionedExclusion ? [FEATURE.partitionedExclusion] : []),
    ...(isTemporal ? [FEATURE.withoutOverlaps] : []),
  ];
}

export function indexes(context: DdlContext): DumpableObject[] {
  const relations = relationLookup(context);
  const referencedEquivalentIndex = referredIndexes(context);
  const constraintOf = new Map(
    context.catalog.constraints.filter((co) => "pux".includes(co.type)).map((co) => [co.index, co]),
  );
  const byOid = new Map(context.catalog.indexes.map((row) => [row.oid, row]));
  const objectOf = (row: IndexRow): Address => indexDumpId(row, constraintOf.get(row.oid));
  return context.catalog.indexes
    .filter(
      (row) =>
        relations.carries(row.relation, objectOf(row)) &&
        (isCarried(row) || constraintOf.has(row.oid)),
    )
    .flatMap((row) => {
      const constraint = constraintOf.get(row.oid);
      const relation = relations.byOid.get(row.relation)!;
      const namespace = context.namespace(relation.namespace);
      const table = relations.sqlName(row.relation);
      const sqlName = qualify(namespace, row.name);
      const id = objectOf(row);
      const name = quoteIdent(constraint?.name ?? row.name);
      const parent = byOid.get(row.parent);
      // Such indexes can't be attached to each other (CompareIndexInfo(), src/backend/catalog/index.c): the parent's
      // constraint makes those of the partitions, which get their names afterwards.
      const byExclusion = constraint?.byExclusion === true;
      const comesWithParent = byExclusion && parent !== undefined;
      const only = byExclusion && row.isPartitioned ? "" : "ONLY ";
      const equivalentIndex = referencedEquivalentIndex(row);
      const common = {
        namespace,
        section: "post-data",
        parent: relationAddress(row.relation),
      } as const;
      const result: DumpableObject[] = [
        {
          id,
          kind: constraint === undefined ? "index" : "key-constraint",
          name: constraint === undefined ? row.name : `${relation.name} ${constraint.name}`,
          addresses: [id, relationAddress(row.oid)],
          requires: [
            common.parent,
            ...(comesWithParent ? [objectOf(parent)] : []),
            ...(equivalentIndex === undefined ? [] : [objectOf(equivalentIndex)]),
          ],
          sql: () => [
            ...(comesWithParent
              ? [renameInheritedConstraint(table, constraintOf.get(parent.oid)!, constraint)]
              : inTablespace(
                  context,
                  row.tablespace,
                  constraint === undefined
                    ? row.definition!
                    : `ALTER TABLE ${only}${table}\n    ADD CONSTRAINT ${name} ${keyDefinition(constraint, row)}`,
                )),
            ...row.statisticsColumns.map(
              (column, n) =>
                `ALTER INDEX ${sqlName} ALTER COLUMN ${column} SET STATISTICS ${row.statisticsTargets[n]!}`,
            ),
          ],
          features: comesWithParent ? undefined : features(row, constraint),
          target: constraint === undefined ? `INDEX ${sqlName}` : `CONSTRAINT ${name} ON ${table}`,
          // A comment can stand on the index behind a constraint as well.
          parts:
            constraint === undefined
              ? undefined
              : [{ address: relationAddress(row.oid), target: `INDEX ${sqlName}` }],
          ...common,
        },
      ];
      if (parent !== undefined && !comesWithParent) {
        result.push({
          id: `${relationAddress(row.oid)}#attach`,
          kind: "index-attach",
          name: row.name,
          addresses: [],
          requires: [id, objectOf(parent), `${common.parent}#attach`],
          sql: () => [
            `ALTER INDEX ${qualify(context.namespace(relations.byOid.get(parent.relation)!.namespace), parent.name)} ATTACH PARTITION ${sqlName}`,
          ],
          ...common,
        });
      }
      if (row.isClustered) {
        result.push({
          id: `${relationAddress(row.oid)}#cluster`,
          kind: "cluster",
          name: row.name,
          addresses: [],
          requires: [id],
          sql: () => [
            `ALTER ${relation.kind === "m" ? "MATERIALIZED VIEW" : "TABLE"} ${table} CLUSTER ON ${quoteIdent(row.name)}`,
          ],
          ...common,
        });
      }
      if (row.isReplicaIdentity) {
        result.push({
          id: `${relationAddress(row.oid)}#replica-identity`,
          kind: "replica-identity",
          name: relation.name,
          addresses: [],
          // A partitioned index can be the identity once it is valid: when all its parts are attached.
          requires: [id, ...attachmentsBelow(context, row.oid)],
          sql: () => [
            `ALTER TABLE ONLY ${table} REPLICA IDENTITY USING INDEX ${quoteIdent(row.name)}`,
          ],
          ...common,
        });
      }
      return result;
    });
}

const childrenOf = new WeakMap<object, Map<number, number[]>>();

/** The attachment pieces of all indexes below a partitioned one. */
export function attachmentsBelow(context: DdlContext, oid: number): DumpId[] {
  let children = childrenOf.get(context.catalog);
  if (children === undefined) {
    children = new Map();
    for (const row of context.catalog.indexes) {
      if (row.parent !== 0)
        children.set(row.parent, [...(children.get(row.parent) ?? []), row.oid]);
    }
    childrenOf.set(context.catalog, children);
  }
  return (children.get(oid) ?? []).flatMap((child): DumpId[] => [
    `${relationAddress(child)}#attach`,
    ...attachmentsBelow(context, child),
  ]);
}

/** REPLICA IDENTITY NOTHING and FULL; one that names an index follows the index. */
export function replicaIdentities(context: DdlContext): DumpableObject[] {
  const relations = relationLookup(context);
  return (
    relations.dumpable
      .filter((row) => row.replicaIdentity === "n" || row.replicaIdentity === "f")
      // A materialized view or system table has its kind's own default.
      .filter((row) => row.kind === "r" || row.kind === "p")
      .map((row) => ({
        id: `${relationAddress(row.oid)}#replica-identity`,
        kind: "replica-identity",
        namespace: context.namespace(row.namespace),
        name: row.name,
        section: "post-data",
        addresses: [],
        requires: [relationAddress(row.oid)],
        parent: relationAddress(row.oid),
        sql: () => [
          `ALTER TABLE ONLY ${relations.sqlName(row.oid)} REPLICA IDENTITY ${row.replicaIdentity === "n" ? "NOTHING" : "FULL"}`,
        ],
      }))
  );
}
