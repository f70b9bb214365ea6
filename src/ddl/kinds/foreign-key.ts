/**
 * Foreign keys, added after the keys that they refer to: each is checked once over the rows that exist. A partition
 * inherits the foreign key of its partitioned table. One with a name of its own, or that is valid where the partitioned table's
 * is not (18), is created before, and the partitioned table's key then becomes its parent (tryAttachPartitionForeignKey, src/backend/commands/tablecmds.c).
 */
import { address, CATALOG } from "../../catalog/address.ts";
import type { ConstraintRow } from "../../catalog/constraint.ts";
import { groupBy } from "../../util/group-by.ts";
import type { Warning } from "../../warnings.ts";
import { constraintObject } from "../constraint-object.ts";
import type { DdlContext } from "../context.ts";
import { type DumpableObject, unguarded } from "../dumpable-object.ts";
import { type RelationLookup, relationAddress, relationLookup } from "../relation-lookup.ts";
import { FEATURE, type ServerFeature } from "../server-features.ts";
import {
  addForeignKey,
  isMadeNotValid,
  isRefusedBefore18,
  isRefusedSince18,
  notValidKeyWarning,
  refusedKeyWarning,
  withoutHashJoins,
} from "./add-foreign-key.ts";
import { freeNames, triggersBefore } from "./foreign-key-names.ts";
import { attachmentsBelow } from "./index-attach.ts";

export function foreignKeys(context: DdlContext): DumpableObject[] {
  const relations = relationLookup(context);
  const keys = foreignKeyTree(context, relations);
  const triggersOn = groupBy(context.catalog.triggers, ({ relation }) => relation);
  return [...keys.written, ...keys.emptyEntries].map((key) => {
    const isWritten = keys.written.has(key);
    const before = isWritten
      ? [...(keys.createdBelow.get(key) ?? []), ...equivalentAbove(relations, keys, key)]
      : [keys.writtenParent(key)];
    const common = constraintObject(context, relations, key);
    return {
      kind: "foreign-key",
      section: "post-data",
      requires: [
        common.parent,
        relationAddress(key.references),
        ...attachmentsBelow(context, key.index),
        ...before.map(({ oid }) => address(CATALOG.constraint, oid)),
        ...triggersBefore(relations, triggersOn, key).map(({ oid }) =>
          address(CATALOG.trigger, oid),
        ),
      ],
      sql: (guard = unguarded) => {
        if (!isWritten) return [];
        const inherited = keys.inheritedFrom.get(key) ?? [];
        const add = addForeignKey(relations, key, inherited);
        const free = freeNames(relations, keys.writtenOn, [key, ...inherited]);
        return withoutHashJoins(key, [...free, guard(add)]);
      },
      features: isWritten ? foreignKeyFeatures(key) : undefined,
      absentBefore: isRefusedBefore18(relations, key) ? 18 : undefined,
      absentSince: isRefusedSince18(relations, key) ? 18 : undefined,
      warnings: isWritten ? keyWarnings(relations, key) : undefined,
      ...common,
    };
  });
}

function keyWarnings(relations: RelationLookup, key: ConstraintRow): Warning[] | undefined {
  const warnings = [
    ...(isRefusedSince18(relations, key) ? [refusedKeyWarning(relations, key)] : []),
    ...(isMadeNotValid(key) ? [notValidKeyWarning(relations, key)] : []),
  ];
  return warnings.length === 0 ? undefined : warnings;
}

interface ForeignKeyTree {
  /** The keys that get a statement. */
  readonly written: ReadonlySet<ConstraintRow>;
  readonly writtenOn: ReadonlyMap<number, readonly ConstraintRow[]>;
  /** Inherited keys that a comment refers to. */
  readonly emptyEntries: readonly ConstraintRow[];
  /** The key whose statement creates an inherited one. */
  readonly writtenParent: (inherited: ConstraintRow) => ConstraintRow;
  /** By that key, the inherited ones that get no statement of their own. */
  readonly inheritedFrom: ReadonlyMap<ConstraintRow, readonly ConstraintRow[]>;
  /** By that key, the inherited ones that are created before it. */
  readonly createdBelow: ReadonlyMap<ConstraintRow, readonly ConstraintRow[]>;
}

function foreignKeyTree({ catalog }: DdlContext, relations: RelationLookup): ForeignKeyTree {
  const keys = withRightColumns(
    catalog.constraints.filter(
      ({ type, relation, oid }) =>
        type === "f" && relations.isDumpedOn(relation, address(CATALOG.constraint, oid)),
    ),
  );
  const byOid = new Map(keys.map((key) => [key.oid, key]));
  // A key into a partitioned table has further rows of its own, one for each partition there: they inherit nothing.
  const inherited = keys.filter((key) => (byOid.get(key.parent) ?? key).relation !== key.relation);
  const createdBefore = inherited.filter(({ name, isValidated, parent }) => {
    const above = byOid.get(parent)!;
    return name !== above.name || (isValidated && !above.isValidated);
  });
  const written = new Set([...keys.filter(({ parent }) => parent === 0), ...createdBefore]);
  const writtenParent = (key: ConstraintRow): ConstraintRow => {
    const parent = byOid.get(key.parent)!;
    return written.has(parent) ? parent : writtenParent(parent);
  };
  return {
    written,
    writtenOn: groupBy([...written], ({ relation }) => relation),
    emptyEntries: inherited.filter((key) => relations.isCommented(key.oid) && !written.has(key)),
    writtenParent,
    inheritedFrom: groupBy(
      inherited.filter((key) => !written.has(key)),
      writtenParent,
    ),
    createdBelow: groupBy(createdBefore, writtenParent),
  };
}

/** Those that set the wrong columns to null have the text of the partitioned table's, in which columns have names. */
function withRightColumns(keys: readonly ConstraintRow[]): ConstraintRow[] {
  const byOid = new Map(keys.map((key) => [key.oid, key]));
  const definitionOf = ({ definition, deleteSetsOtherColumns, parent }: ConstraintRow): string => {
    const above = byOid.get(parent);
    return deleteSetsOtherColumns && above !== undefined ? definitionOf(above) : definition;
  };
  return keys.map((key) =>
    key.deleteSetsOtherColumns ? { ...key, definition: definitionOf(key) } : key,
  );
}

/**
 * Keys of the partitioned tables above that a partition's own key comes after. Created first, it would become the child of
 * an equal one, and one that is enforced otherwise (18) would be an error.
 */
function equivalentAbove(
  relations: RelationLookup,
  { writtenOn }: ForeignKeyTree,
  { parent, relation, definition, references, isEnforced }: ConstraintRow,
): ConstraintRow[] {
  if (parent !== 0) return [];
  return partitionedAbove(relations, relation)
    .flatMap((oid) => writtenOn.get(oid) ?? [])
    .filter(
      (key) =>
        key.definition === definition ||
        (key.references === references && key.isEnforced !== isEnforced),
    );
}

/** The tables that this one is a partition of, the nearest first. */
function partitionedAbove(relations: RelationLookup, oid: number): number[] {
  if (relations.byOid.get(oid)?.isPartition !== true) return [];
  return (relations.parents.get(oid) ?? []).flatMap((parent) => [
    parent,
    ...partitionedAbove(relations, parent),
  ]);
}

function foreignKeyFeatures(key: ConstraintRow): ServerFeature[] | undefined {
  const features = [
    ...(key.deleteSetsColumns ? [FEATURE.foreignKeySetColumns] : []),
    ...(key.isTemporal ? [FEATURE.foreignKeyPeriod] : []),
    ...(key.isEnforced ? [] : [FEATURE.notEnforced]),
  ];
  return features.length === 0 ? undefined : features;
}
