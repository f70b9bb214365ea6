/**
 * CHECK constraints that call functions or operators of users: such a function may read other tables, so that a row
 * satisfies the constraint only when all rows are there. They are created after the rows, keys and indexes. So are the
 * constraints of domains of which bounds of partitions are values: PostgreSQL holds them against new bounds, and not the bounds
 * that are there against new constraints (validateDomainCheckConstraint(), src/backend/commands/typecmds.c).
 */
import { address, CATALOG } from "../catalog/address.ts";
import type { Catalog } from "../catalog/read.ts";
import { groupBy } from "../util/group-by.ts";
import type { DdlContext } from "./context.ts";
import { oncePerCatalog } from "./once-per-catalog.ts";

const CALLED: ReadonlySet<number> = new Set([CATALOG.proc, CATALOG.operator]);

/** Oids of the constraints of tables. The functions of extensions do not count: they read no tables of users. */
export const lateChecks: (context: DdlContext) => ReadonlySet<number> = oncePerCatalog(
  ({ catalog }: DdlContext) =>
    callingUsers(
      catalog,
      catalog.constraints.filter(({ type }) => type === "c"),
    ),
);

/** Oids of the constraints of domains. */
export const lateDomainChecks: (context: DdlContext) => ReadonlySet<number> = oncePerCatalog(
  ({ catalog }: DdlContext) => {
    const checks = catalog.domainConstraints.filter(({ constraintType }) => constraintType === "c");
    const calling = callingUsers(catalog, checks);
    const bounded = domainsWithBounds(catalog);
    const late = checks.filter(({ oid, type }) => calling.has(oid) || bounded.has(type));
    if (late.length === 0) return calling;
    const isOfPlainColumns = plainDomains({ catalog });
    return new Set(late.flatMap(({ oid, type }) => (isOfPlainColumns(type) ? oid : [])));
  },
);

/** Oids of the domains whose NOT NULL comes after the rows. */
export const lateNotNullDomains: (context: DdlContext) => ReadonlySet<number> = oncePerCatalog(
  ({ catalog }: DdlContext) => {
    const bounded = domainsWithBounds(catalog);
    if (bounded.size === 0) return bounded;
    return new Set([...bounded].filter(plainDomains({ catalog })));
  },
);

const plainDomains = oncePerCatalog(({ catalog }: { readonly catalog: Catalog }) =>
  domainsOfPlainColumns(catalog),
);

function domainsWithBounds({ domains }: Catalog): ReadonlySet<number> {
  return new Set(domains.flatMap(({ type, hasBounds }) => (hasBounds ? type : [])));
}

function callingUsers(
  { depends, members }: Catalog,
  constraints: readonly { readonly oid: number }[],
): Set<number> {
  const checks = new Set(constraints.map(({ oid }) => oid));
  const late = new Set<number>();
  for (const { classid, refclassid, objids, refobjids } of depends) {
    if (classid !== CATALOG.constraint || !CALLED.has(refclassid)) continue;
    objids.forEach((oid, n) => {
      if (checks.has(oid) && !members.has(address(refclassid, refobjids[n]!))) late.add(oid);
    });
  }
  return late;
}

/**
 * Whether a constraint can be added to a domain that is in use: no column holds its values inside an array, a range or a row
 * (get_rels_with_domain(), src/backend/commands/typecmds.c).
 */
function domainsOfPlainColumns({ depends, types, relations }: Catalog): (type: number) => boolean {
  const typeOf = new Map(types.map((type) => [type.oid, type]));
  const relationOf = new Map(relations.map((relation) => [relation.oid, relation]));
  const onTypes = depends
    .filter(({ refclassid }) => refclassid === CATALOG.type)
    .flatMap(({ classid, objids, refobjids }) =>
      objids.map((oid, n) => ({ classid, oid, type: refobjids[n]! })),
    );
  const dependents = groupBy(onTypes, ({ type }) => type);
  const isHeld = (type: number): boolean =>
    (dependents.get(type) ?? []).some(
      ({ classid }) => classid === CATALOG.class || classid === CATALOG.type,
    );
  const isPlain = (type: number): boolean =>
    !isHeld(typeOf.get(type)!.arrayType) &&
    (dependents.get(type) ?? []).every(({ classid, oid }) => {
      if (classid === CATALOG.type) return typeOf.get(oid)?.type === "d" && isPlain(oid);
      if (classid !== CATALOG.class) return true;
      // Composite types are none of these.
      const relation = relationOf.get(oid);
      return relation !== undefined && !isHeld(relation.rowType) && !isHeld(relation.arrayType);
    });
  return isPlain;
}
