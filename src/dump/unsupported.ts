/** Objects that a dump would lose: an error that names all of them, or warnings if they are to be skipped. */
import { uncovered, type UserObjects } from "../catalog/coverage/uncovered.ts";
import { unknownProperties } from "../catalog/coverage/unknown-columns.ts";
import type { Catalog } from "../catalog/read.ts";
import { NEWEST_MAJOR } from "../catalog/version.ts";
import type { Connection } from "../pg/connection.ts";
import type { Plan } from "../plan/plan.ts";
import type { SelectOptions } from "../plan/select-options.ts";
import { unsupportedObjects } from "../plan/unsupported-objects.ts";
import { schemaPattern } from "../sql/pattern.ts";
import { type Warning, warning } from "../warnings.ts";
import type { DumpSettings } from "./defaults.ts";

export interface DumpedObjects {
  readonly catalog: Catalog;
  readonly plan: Plan;
  /** Every object of the database's users. */
  readonly userObjects: readonly UserObjects[];
}

/**
 * Looks for objects that no statement of the whole database's plan creates.
 * @returns a warning for each, if they are to be skipped.
 * @throws UnsupportedObjectError only when there are any and they are not to be skipped.
 */
export async function refuseUnsupported(
  connection: Connection,
  { catalog, plan, userObjects }: DumpedObjects,
  settings: DumpSettings,
): Promise<Warning[]> {
  const objects = [
    ...(await uncovered(connection.query, catalog, plan.covered, userObjects)),
    // Supported majors have no column that is not listed.
    ...(catalog.version.major > NEWEST_MAJOR
      ? await unknownProperties(connection.query, catalog.catalogTables)
      : []),
  ];
  const names = objects
    .filter(({ namespace }) => isSelected(namespace, settings))
    .map(({ kind, name }) => `${kind} ${name}`);
  if (names.length > 0 && !settings.skipUnsupported) throw unsupportedObjects(names);
  return names.map((name) =>
    warning("unsupported-object", name, `${name} cannot be dumped and was left out`),
  );
}

/** When schemas are selected, objects outside of any schema are left out like everything else. */
function isSelected(
  namespace: string | null,
  { schemas = [], excludeSchemas = [] }: SelectOptions,
): boolean {
  const matches = (text: string): boolean =>
    namespace !== null && schemaPattern(text).name.test(namespace);
  return (schemas.length === 0 || schemas.some(matches)) && !excludeSchemas.some(matches);
}
