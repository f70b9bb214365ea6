/**
 * CREATE DOMAIN with its constraints. A check that is not valid or calls users' functions comes after the data, as do all
 * constraints where bounds of partitions are values of the domain, and the plan takes out one whose function depends on the
 * domain.
 */
import { address, CATALOG } from "../../catalog/address.ts";
import type { DomainConstraintRow, DomainRow } from "../../catalog/domain.ts";
import type { TypeRow } from "../../catalog/type.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { byMajor } from "../conditional-statement.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject } from "../dumpable-object.ts";
import { groupBy } from "../../util/group-by.ts";
import { lateDomainChecks, lateNotNullDomains } from "../late-checks.ts";
import { sqlName } from "../schema-object.ts";
import { typeObject, typesOf } from "./type.ts";
import { FEATURE, notNullNames, type ServerFeature } from "../server-features.ts";

export function domains(context: DdlContext): DumpableObject[] {
  const definitions = new Map(context.catalog.domains.map((row) => [row.type, row]));
  const constraints = groupBy(context.catalog.domainConstraints, (row) => row.type);
  return typesOf(context, "d").flatMap((row) => {
    const sorted = [...(constraints.get(row.oid) ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1));
    const definition = definitions.get(row.oid)!;
    const hasLateNotNull = definition.notNull && lateNotNullDomains(context).has(row.oid);
    const domain: DumpableObject = {
      ...typeObject(context, row),
      sql: () => [
        createDomain(context, row, definition, sorted),
        ...(definition.default === null && definition.baseHasDefault
          ? [`ALTER DOMAIN ${sqlName(context, row)} DROP DEFAULT`]
          : []),
      ],
      features: hasLateNotNull ? undefined : domainFeatures(row, sorted),
    };
    return [
      domain,
      ...sorted
        .filter((constraint) => !hasLateNotNull || !isNotNull(constraint))
        .map((constraint) => domainConstraintObject(context, row, constraint)),
      ...(hasLateNotNull ? [lateNotNullObject(context, row, sorted)] : []),
    ];
  });
}

function isInline(context: DdlContext, row: DomainConstraintRow): boolean {
  return (
    row.isValidated &&
    !lateDomainChecks(context).has(row.oid) &&
    !context.separate.has(address(CATALOG.constraint, row.oid))
  );
}

function createDomain(
  context: DdlContext,
  row: TypeRow,
  domain: DomainRow,
  constraints: readonly DomainConstraintRow[],
): string {
  const name = notNullName(row, constraints);
  const checks = constraints.filter(
    (constraint) => constraint.constraintType === "c" && isInline(context, constraint),
  );
  return [
    `CREATE DOMAIN ${sqlName(context, row)} AS ${domain.baseType}`,
    ...(domain.collation === null ? [] : [` COLLATE ${domain.collation}`]),
    ...(domain.default === null ? [] : [` DEFAULT ${domain.default}`]),
    ...(domain.notNull && !lateNotNullDomains(context).has(row.oid)
      ? [`${name === null ? "" : ` CONSTRAINT ${name}`} NOT NULL`]
      : []),
    ...checks.map(({ name, definition }) => `\n    CONSTRAINT ${quoteIdent(name)} ${definition}`),
  ].join("");
}

function isNotNull({ constraintType }: DomainConstraintRow): boolean {
  return constraintType === "n";
}

/** The name of the NOT NULL, as SQL, where PostgreSQL would choose another by itself. Before 17 it has none. */
function notNullName(row: TypeRow, constraints: readonly DomainConstraintRow[]): string | null {
  const notNull = constraints.find(isNotNull);
  if (notNull === undefined || notNull.name === `${row.name}_not_null`) return null;
  return quoteIdent(notNull.name);
}

function domainFeatures(
  row: TypeRow,
  constraints: readonly DomainConstraintRow[],
): ServerFeature[] | undefined {
  const name = notNullName(row, constraints);
  return name === null ? undefined : [notNullNames([name], 17)];
}

/** Before 17 it is no constraint with a name. */
function lateNotNullObject(
  context: DdlContext,
  row: TypeRow,
  constraints: readonly DomainConstraintRow[],
): DumpableObject {
  const constraint = constraints.find(isNotNull);
  const alter = `ALTER DOMAIN ${sqlName(context, row)}`;
  const setNotNull = `${alter} SET NOT NULL`;
  const name = notNullName(row, constraints);
  return {
    ...(constraint === undefined
      ? {
          ...partOfDomain(context, row, `${row.name}_not_null`),
          id: `${address(CATALOG.type, row.oid)}#not-null`,
          addresses: [],
        }
      : namedConstraint(context, row, constraint)),
    section: "post-data",
    late: 0,
    sql: () => [
      name === null
        ? setNotNull
        : byMajor(17, setNotNull, `${alter} ADD CONSTRAINT ${name} NOT NULL`),
    ],
    features: domainFeatures(row, constraints),
  };
}

function domainConstraintObject(
  context: DdlContext,
  row: TypeRow,
  constraint: DomainConstraintRow,
): DumpableObject {
  const domain = sqlName(context, row);
  const name = quoteIdent(constraint.name);
  const isLate = lateDomainChecks(context).has(constraint.oid);
  const isPreData = constraint.isValidated && !isLate;
  return {
    ...namedConstraint(context, row, constraint),
    section: isPreData ? "pre-data" : "post-data",
    late: isLate ? 0 : undefined,
    ...(isPreData ? { inline: address(CATALOG.type, row.oid) } : {}),
    sql: () =>
      isInline(context, constraint)
        ? []
        : [`ALTER DOMAIN ${domain}\n    ADD CONSTRAINT ${name} ${constraint.definition}`],
  };
}

/** What a constraint is, however it is written. */
function namedConstraint(context: DdlContext, row: TypeRow, constraint: DomainConstraintRow) {
  const id = address(CATALOG.constraint, constraint.oid);
  return {
    ...partOfDomain(context, row, constraint.name),
    id,
    addresses: [id],
    target: `CONSTRAINT ${quoteIdent(constraint.name)} ON DOMAIN ${sqlName(context, row)}`,
    ...(isNotNull(constraint) ? { commentFeatures: [FEATURE.domainNotNullComment] } : {}),
  };
}

function partOfDomain(context: DdlContext, row: TypeRow, name: string) {
  const type = address(CATALOG.type, row.oid);
  return {
    kind: "check-constraint",
    namespace: context.namespace(row.namespace),
    name: `${row.name} ${name}`,
    requires: [type],
    parent: type,
  } as const;
}
