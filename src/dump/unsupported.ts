/** Objects that a dump would lose: an error that names all of them, or warnings if they are to be skipped. */
import { uncovered, type UncoveredObject } from "../catalog/coverage/uncovered.ts";
import { unknownCatalogs } from "../catalog/coverage/unknown-catalogs.ts";
import { unknownProperties } from "../catalog/coverage/unknown-columns.ts";
import type { UserObjects } from "../catalog/coverage/user-objects.ts";
import type { Query } from "../catalog/query.ts";
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
  /** Every object of the database's users; undefined where the dump leaves out most of them. */
  readonly userObjects: readonly UserObjects[] | undefined;
}

/**
 * Looks for objects that no statement of the whole database's plan creates, and for columns that none can create.
 * @returns a warning for each object, if they are to be skipped.
 * @throws UnsupportedObjectError only when there are any and they are not to be skipped, or there are such columns.
 */
export async function refuseUnsupported(
  connection: Connection,
  { catalog, plan, userObjects }: DumpedObjects,
  settings: DumpSettings,
): Promise<Warning[]> {
  const { conflicts } = plan;
  const lost =
    userObjects === undefined
      ? []
      : await lostObjects(connection.query, { catalog, plan, userObjects });
  const names = lost
    .filter(({ namespace }) => isSelected(namespace, settings))
    .map(({ kind, name }) => `${kind} ${name}`);
  const refused = settings.skipUnsupported ? conflicts : [...names, ...conflicts];
  if (refused.length > 0)
    throw unsupportedObjects(refused, conflicts.length === 0 ? undefined : { hint: CONFLICT_HINT });
  return names.map((name) =>
    warning("unsupported-object", name, `${name} cannot be dumped and was left out`),
  );
}

const CONFLICT_HINT =
  "make each of these columns what its parent's is (drop its expression, or the column), or leave the table out";

async function lostObjects(
  query: Query,
  { catalog, plan, userObjects = [] }: DumpedObjects,
): Promise<UncoveredObject[]> {
  const lost = await uncovered(query, catalog, plan.covered, userObjects);
  // Supported majors have no catalog and no column that is not listed.
  if (catalog.version.major <= NEWEST_MAJOR) return lost;
  return [
    ...lost,
    ...(await unknownProperties(query, catalog.catalogTables)),
    ...(await unknownCatalogs(query, catalog.catalogTables)),
  ];
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
