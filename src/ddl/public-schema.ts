/**
 * The schema public, which every new database has. Up to 14 it belongs to the bootstrap superuser, so that the owner of a
 * database may not change it: what a restore does to it runs only where it may.
 */
import { CATALOG } from "../catalog/address.ts";
import { quoteLiteral } from "../sql/literal.ts";
import { statementsOrWarning } from "./conditional-statement.ts";
import type { DumpableObject } from "./dumpable-object.ts";

const PUBLIC = "public";

export function isPublicSchema({ kind, name }: Pick<DumpableObject, "kind" | "name">): boolean {
  return kind === "schema" && name === PUBLIC;
}

const IS_NOT_OTHERS = `NOT EXISTS (
    SELECT FROM pg_catalog.pg_namespace
    WHERE nspname = ${quoteLiteral(PUBLIC)} AND NOT pg_catalog.pg_has_role(nspowner, 'USAGE'))`;

/** @param what is left out where public belongs to others: `its comment`. */
export function wherePublicIsOurs(statements: readonly string[], what: string): string[] {
  if (statements.length === 0) return [];
  const message = `schema public belongs to somebody else here: ${what} was left out`;
  return [statementsOrWarning(IS_NOT_OTHERS, statements, message)];
}

const IS_UNUSED = `NOT EXISTS (
    SELECT FROM pg_catalog.pg_depend
    WHERE refclassid = ${CATALOG.namespace} AND refobjid IN (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = ${quoteLiteral(PUBLIC)}))`;

/** The statement that drops it as the source did, unless it belongs to others or holds what the restore leaves: an extension. */
export function dropPublic(): string {
  return statementsOrWarning(
    `${IS_NOT_OTHERS} AND ${IS_UNUSED}`,
    ["DROP SCHEMA IF EXISTS public"],
    "schema public is in use or belongs to somebody else here: it was not dropped",
  );
}
