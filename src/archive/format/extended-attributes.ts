/** The columns and expressions that statistics of several together are about. Pure. */
import type { ManifestExtendedStatistics } from "./manifest.ts";

/** Positions of columns from 1, and expressions from -1 downwards, as often as they occur. */
export function attributesOf({
  n_distinct = [],
  dependencies = [],
}: ManifestExtendedStatistics["values"][number]): number[] {
  return [
    ...n_distinct.flatMap(({ attributes }) => attributes),
    ...dependencies.flatMap(({ attributes, dependency }) => [...attributes, dependency]),
  ];
}
