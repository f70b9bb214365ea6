/**
 * The schema public, which every new database has. Up to 14 it belongs to the bootstrap superuser, so that the owner of a
 * database may not change it: what a restore does to it runs only where it may.
 */
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
