/** The schema of a relation's planner statistics, as a part of the manifest's. Typed facts: a restore writes the statements. */
import { z } from "zod";
import { MAX_ENTRIES } from "../../limits.ts";
import { attributeStatisticsSchema } from "./attribute-statistics-schema.ts";
import { extendedStatisticsSchema } from "./extended-statistics-schema.ts";
import { count, name } from "./scalar-schemas.ts";

export const statisticsSchema = z.strictObject({
  /** `id` of the object that creates the relation. */
  object: count,
  /** Of the relation: the object can be a constraint. */
  namespace: name,
  name,
  isIndex: z.boolean(),
  /** Rows that the statistics are about (`reltuples`). */
  rows: count,
  columns: z
    .array(
      z.strictObject({
        /** Name of the column; of an index, its number. */
        column: name,
        /** Whether rows of children and partitions are counted (`stainherit`). */
        inherited: z.boolean(),
        values: attributeStatisticsSchema,
      }),
    )
    .max(2 * 1664),
  /** Of its statistics objects; absent where there are none, and of indexes. */
  extended: z.array(extendedStatisticsSchema).max(MAX_ENTRIES).optional(),
});
