/**
 * Foreign keys, added after all keys: each is checked once over the rows that are there. A partition's share comes with
 * the partitioned table's key; one with a name of its own is made before, and the key then takes it as its share
 * (tryAttachPartitionForeignKey, src/backend/commands/tablecmds.c).
 */
import { address, CATALOG } from "../../catalog/address.ts";
import type { ConstraintRow } from "../../catalog/constraint.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { constraintObject } from "../constraint-object.ts";
import type { DdlContext } from "../context.ts";
import { attachmentsBelow } from "./index-relation.ts";
import type { DumpableObject } from "../dumpable-object.ts";
import { groupBy } from "../../util/group-by.ts";
import { type RelationLookup, relationAddress, relationLookup } from "../relation-lookup.ts";
import { FEATURE, type ServerFeature } from "../server-features.ts";

export function foreignKeys(context: DdlContext): DumpableObject[] {
  const relations = relationLookup(context);
  const keys = context.catalog.constraints.filter(
    (co) => co.type === "f" && relations.carries(co.relation, address(CATALOG.constraint, co.oid)),
  );
  const byOid = new Map(keys.map((co) => [co.oid, co]));
  // A key into a partitioned table has further rows of its own, one for each partition there: no table's share.
  const inheritedConstraints = keys.filter(
    (co) => (byOid.get(co.parent) ?? co).relation !== co.relation,
  );
  const named = inheritedConstraints.filter((co) => co.name !== byOid.get(co.parent)!.name);
  const written = new Set([...keys.filter((co) => co.parent === 0), ...named]);
  const emptyEntries = inheritedConstraints.filter(
    (co) => relations.isCommented(co.oid) && !written.has(co),
  );
  /** The key that brings this share along. */
  const bringer = (inheritedConstraint: ConstraintRow): ConstraintRow => {
    const parent = byOid.get(inheritedConstraint.parent)!;
    return written.has(parent) ? parent : bringer(parent);
  };
  const namedBelow = groupBy(named, bringer);
  const writtenOn = groupBy([...written], (co) => co.relation);

  return [...written, ...emptyEntries].map((co) => {
    const relation = relations.byOid.get(co.relation)!;
    const name = quoteIdent(co.name);
    const table = relations.sqlName(co.relation);
    // ONLY is not allowed where the key reaches into partitions.
    const only = relation.kind === "p" ? "" : "ONLY ";
    const before = written.has(co) ? (namedBelow.get(co) ?? []) : [bringer(co)];
    // Made first, a partition's own key would be taken for the share of one like it.
    const equivalentIndexes =
      co.parent !== 0
        ? []
        : partitionedAbove(relations, co.relation)
            .flatMap((oid) => writtenOn.get(oid) ?? [])
            .filter(({ definition }) => definition === co.definition);
    const common = constraintObject(context, relations, co);
    return {
      kind: "foreign-key",
      section: "post-data",
      requires: [
        common.parent,
        relationAddress(co.references),
        ...attachmentsBelow(context, co.index),
        ...[...before, ...equivalentIndexes].map(({ oid }) => address(CATALOG.constraint, oid)),
      ],
      sql: () =>
        written.has(co)
          ? [`ALTER TABLE ${only}${table}\n    ADD CONSTRAINT ${name} ${co.definition}`]
          : [],
      features: written.has(co) ? features(co) : undefined,
      ...common,
    };
  });
}

function features(co: ConstraintRow): ServerFeature[] | undefined {
  // Most have none.
  if (!co.deleteSetsColumns && !co.isTemporal && co.isEnforced) return undefined;
  return [
    ...(co.deleteSetsColumns ? [FEATURE.foreignKeySetColumns] : []),
    ...(co.isTemporal ? [FEATURE.foreignKeyPeriod] : []),
    ...(co.isEnforced ? [] : [FEATURE.notEnforced]),
  ];
}

/** The tables that this one is a partition of, the nearest first. */
function partitionedAbove(relations: RelationLookup, oid: number): number[] {
  if (relations.byOid.get(oid)?.isPartition !== true) return [];
  return (relations.parents.get(oid) ?? []).flatMap((parent) => [
    parent,
    ...partitionedAbove(relations, parent),
  ]);
}
