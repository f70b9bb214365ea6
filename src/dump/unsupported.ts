/** What a dump would lose: an error that names all of it, or warnings when that was asked for. */
import type { Catalog } from "../catalog/read.ts";
import { uncovered, type UserObjects } from "../catalog/coverage/uncovered.ts";
import { unsupportedObjects } from "../plan/unsupported-objects.ts";
import type { Connection } from "../pg/connection.ts";
import type { Plan } from "../plan/plan.ts";
import type { SelectOptions } from "../plan/select.ts";
import { schemaPattern } from "../sql/pattern.ts";
import { type Warning, warning } from "../warnings.ts";

/**
 * Looks for objects that no statement of the whole database's plan makes.
 * @returns a warning for each, when they are to be skipped.
 * @throws UnsupportedObjectError when there are any and they are not.
 */
export async function refuseUnsupported(
  connection: Connection,
  catalog: Catalog,
  plan: Plan,
  listed: readonly UserObjects[],
  options: SelectOptions,
  skip: boolean,
): Promise<Warning[]> {
  const found = await uncovered(connection.query, catalog, plan.covered, listed);
  const names = found
    .filter(({ namespace }) => isWanted(namespace, options))
    .map(({ kind, name }) => `${kind} ${name}`);
  if (names.length > 0 && !skip) throw unsupportedObjects(names);
  return names.map((name) =>
    warning("unsupported-object", name, `${name} cannot be dumped and was left out`),
  );
}

/** What lives in no schema is left out with all else when schemas are chosen. */
function isWanted(
  namespace: string | null,
  { schemas = [], excludeSchemas = [] }: SelectOptions,
): boolean {
  const matches = (text: string): boolean =>
    namespace !== null && schemaPattern(text).name.test(namespace);
  return (schemas.length === 0 || schemas.some(matches)) && !excludeSchemas.some(matches);
}
