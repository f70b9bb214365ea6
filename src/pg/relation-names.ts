/**
 * Whether names still stand for the relations that are meant. SQL names relations, and locks hold relations: a lock on a
 * table keeps its own name and schema, but nothing keeps the schema's name.
 */
import { ReplacedRelationError } from "../errors.ts";
import { qualify } from "../sql/ident.ts";
import { quoteLiteral } from "../sql/literal.ts";
import { isInFunction, sqlState } from "./server-error.ts";

export interface NamedRelation {
  readonly oid: number;
  readonly namespace: string;
  readonly name: string;
}

/** The oid of `pg_statistic` (src/include/catalog/pg_statistic.h). */
const PG_STATISTIC = 2619;

/** invalid_argument_for_width_bucket_function: an error that nothing else of a dump gives. */
const NAME_LOST = "2201G";

/**
 * A statement that fails unless the names stand for these relations. Before another statement in the same text it leaves
 * no time for a change between the two that anybody could aim at.
 */
export function requireNames(relations: readonly NamedRelation[]): string {
  return requireThat(
    relations.map(
      ({ oid, namespace, name }) =>
        `pg_catalog.to_regclass(${quoteLiteral(qualify(namespace, name))}) = ${oid}::pg_catalog.oid`,
    ),
  );
}

/**
 * A condition for a query over the table. The server looks the name up right after that of FROM, and when it is another
 * relation's, the query fails while constants are folded, before the planner computes expressions of its indexes. When it
 * is not, nothing is left of the condition.
 */
export function nameHolds({ oid, namespace, name }: NamedRelation): string {
  const isMeant = `${quoteLiteral(qualify(namespace, name))}::pg_catalog.regclass = ${oid}::pg_catalog.oid`;
  return `${bucket(isMeant)} = 0`;
}

/** A statement that fails unless the names stand for these schemas, by oid. */
export function requireSchemas(schemas: ReadonlyMap<number, string>): string {
  return requireThat(
    [...schemas].map(
      ([oid, name]) =>
        `pg_catalog.to_regnamespace(${quoteLiteral(qualify(null, name))}) = ${oid}::pg_catalog.oid`,
    ),
  );
}

/**
 * True, and makes the server take note of what others have renamed. It looks names up in a cache, which it brings up to
 * date when it locks a relation (AcceptInvalidationMessages in LockRelationOid, lmgr.c). A relation that the transaction has
 * locked already would not do: this one is locked by nothing else of a dump, and only while its size is read.
 */
const NAMES_ARE_CURRENT = `pg_catalog.pg_relation_size(${PG_STATISTIC}) IS NOT NULL`;

function requireThat(conditions: readonly string[]): string {
  // Not computed when the statement is planned: looking up a name is no constant. The size comes first.
  return `SELECT ${bucket([NAMES_ARE_CURRENT, ...conditions].join(" AND "))}`;
}

/** Gives 0 when the condition holds, and fails otherwise: there is no histogram of no buckets. */
function bucket(condition: string): string {
  return `pg_catalog.width_bucket((-1)::pg_catalog.float8, 0::pg_catalog.float8, 1::pg_catalog.float8, CASE WHEN ${condition} THEN 1 ELSE 0 END)`;
}

/** Whether an error, of the driver or ours, is the failure of such a statement. */
export function isNameLost(error: unknown): boolean {
  return stateOf(error) === NAME_LOST;
}

/** undefined_table, invalid_schema_name, wrong_object_type, undefined_column, and a view or foreign table that is restricted. */
const OTHER_RELATION: ReadonlySet<string | undefined> = new Set([
  NAME_LOST,
  "42P01",
  "3F000",
  "42809",
  "42703",
  "55000",
]);

/**
 * Whether an error of a statement that names only tables which are locked can have no other reason than that a name was lost.
 * A query that is planned runs through the functions of indexes, whose own statements are not meant (only the driver's errors tell).
 */
export function isOtherRelation(error: unknown): boolean {
  return OTHER_RELATION.has(stateOf(error)) && !isInFunction(error);
}

function stateOf(error: unknown): string | undefined {
  return (error as { sqlState?: string } | null)?.sqlState ?? sqlState(error);
}

/** @param object as messages name it: `table public.users`. */
export function replacedRelation(object: string, cause?: unknown): ReplacedRelationError {
  return new ReplacedRelationError(
    `another relation took the place of ${object} while it was dumped`,
    {
      object,
      hint: "somebody renames schemas: find out who, and dump again when nobody does",
      cause,
    },
  );
}
