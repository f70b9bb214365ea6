/** Checks the planner statistics of a manifest against what else it says. */
import { contradiction, uniqueValues } from "./contradiction.ts";
import { attributesOf } from "./extended-attributes.ts";
import type { Manifest, ManifestExtendedStatistics } from "./manifest.ts";

/**
 * They hold values of rows, so they must not be there where these are not.
 * @throws ArchiveError naming "manifest".
 */
export function checkStatistics({ statistics, objects, relations, options }: Manifest): void {
  if (statistics === undefined) return;
  if (options.reproducible) contradiction("it is reproducible, and records statistics");
  if (options.schemaOnly) contradiction("it records statistics, and holds no rows");
  const kinds = new Map(objects.map(({ id, kind }) => [id, kind]));
  const altered = new Set(
    relations.flatMap(({ object, where, sample, masked }) =>
      where === null && sample === null && masked.length === 0 ? [] : [object],
    ),
  );
  for (const { object, name, extended = [] } of statistics) {
    if (!kinds.has(object))
      contradiction(`${name} is created by object ${object}, which is missing`);
    if (altered.has(object))
      contradiction(`it records statistics of ${name}, whose rows were selected or replaced`);
    for (const each of extended) checkExtended(each, kinds);
  }
  uniqueValues(
    statistics.map(({ namespace, name }) => JSON.stringify([namespace, name])),
    "statistics",
  );
}

function checkExtended(
  { object, columns, values }: ManifestExtendedStatistics,
  kinds: ReadonlyMap<number, string>,
): void {
  if (kinds.get(object) !== "statistics")
    contradiction(`it records extended statistics of object ${object}, which has none`);
  const beyond = values.flatMap(attributesOf).find((attribute) => attribute > columns.length);
  if (beyond !== undefined)
    contradiction(`object ${object} has no column ${beyond}, of which it records statistics`);
}
