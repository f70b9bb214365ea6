/**
 * CREATE DOMAIN with its constraints. A check that was never validated comes after the data, and the plan takes out one
 * whose function needs the domain itself.
 */
import { address, CATALOG } from "../../catalog/address.ts";
import type { DomainConstraintRow, DomainRow } from "../../catalog/domain.ts";
import type { TypeRow } from "../../catalog/type.ts";
import { quoteIdent } from "../../sql/ident.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject } from "../dumpable-object.ts";
import { groupBy } from "../relation-lookup.ts";
import { sqlName } from "../schema-object.ts";
import { typeObject, typesOf } from "./type.ts";

export function domains(context: DdlContext): DumpableObject[] {
  const definitions = new Map(context.catalog.domains.map((row) => [row.type, row]));
  const constraints = groupBy(context.catalog.domainConstraints, (row) => row.type);
  return typesOf(context, "d").flatMap((row) => {
    const own = [...(constraints.get(row.oid) ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1));
    const definition = definitions.get(row.oid)!;
    const domain: DumpableObject = {
      ...typeObject(context, row),
      sql: () => [
        create(context, row, definition, own),
        ...(definition.default === null && definition.baseHasDefault
          ? [`ALTER DOMAIN ${sqlName(context, row)} DROP DEFAULT`]
          : []),
      ],
    };
    return [domain, ...own.map((constraint) => domainConstraintObject(context, row, constraint))];
  });
}

function isInside(context: DdlContext, row: DomainConstraintRow): boolean {
  return row.isValidated && !context.separate.has(address(CATALOG.constraint, row.oid));
}

function create(
  context: DdlContext,
  row: TypeRow,
  domain: DomainRow,
  constraints: readonly DomainConstraintRow[],
): string {
  // Before 17 NOT NULL is a mark on the domain alone.
  const notNull = constraints.find(({ constraintType }) => constraintType === "n");
  const checks = constraints.filter(
    (constraint) => constraint.constraintType === "c" && isInside(context, constraint),
  );
  return [
    `CREATE DOMAIN ${sqlName(context, row)} AS ${domain.baseType}`,
    ...(domain.collation === null ? [] : [` COLLATE ${domain.collation}`]),
    ...(domain.default === null ? [] : [` DEFAULT ${domain.default}`]),
    ...(domain.notNull ? [`${constraintName(row, notNull)} NOT NULL`] : []),
    ...checks.map(({ name, definition }) => `\n    CONSTRAINT ${quoteIdent(name)} ${definition}`),
  ].join("");
}

/** A name is said only where PostgreSQL would choose another by itself, so that older servers take the text too. */
function constraintName(row: TypeRow, notNull: DomainConstraintRow | undefined): string {
  if (notNull === undefined || notNull.name === `${row.name}_not_null`) return "";
  return ` CONSTRAINT ${quoteIdent(notNull.name)}`;
}

function domainConstraintObject(
  context: DdlContext,
  row: TypeRow,
  constraint: DomainConstraintRow,
): DumpableObject {
  const id = address(CATALOG.constraint, constraint.oid);
  const type = address(CATALOG.type, row.oid);
  const domain = sqlName(context, row);
  const name = quoteIdent(constraint.name);
  return {
    id,
    kind: "check-constraint",
    namespace: context.namespace(row.namespace),
    name: `${row.name} ${constraint.name}`,
    section: constraint.isValidated ? "pre-data" : "post-data",
    addresses: [id],
    requires: [type],
    ...(constraint.isValidated ? { inline: type } : {}),
    parent: type,
    sql: () =>
      isInside(context, constraint)
        ? []
        : [`ALTER DOMAIN ${domain}\n    ADD CONSTRAINT ${name} ${constraint.definition}`],
    target: `CONSTRAINT ${name} ON DOMAIN ${domain}`,
  };
}
