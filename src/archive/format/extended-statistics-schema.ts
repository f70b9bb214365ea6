/**
 * The schema of what ANALYZE computed for a statistics object (CREATE STATISTICS), as a part of that of its table's statistics.
 * Typed facts under the names of `pg_stats_ext` and of the arguments of `pg_restore_extended_stats()` (PostgreSQL 19 docs, 9.28.11).
 */
import { z } from "zod";
import { MAX_COLUMN_STATISTICS_BYTES } from "../../limits.ts";
import { attributeStatisticsSchema, realsSchema } from "./attribute-statistics-schema.ts";
import { count, name } from "./scalar-schemas.ts";

/** The most columns and expressions of a statistics object (`STATS_MAX_DIMENSIONS`). */
const MAX_ATTRIBUTES = 8;

/** The most dependencies among that many: for each, every set of the others. */
const MAX_DEPENDENCIES = MAX_ATTRIBUTES * 2 ** (MAX_ATTRIBUTES - 1);

/** A column, by its position in `columns` from 1, or an expression of the object, from -1 downwards. */
const attribute = z
  .number()
  .int()
  .min(-MAX_ATTRIBUTES)
  .max(MAX_ATTRIBUTES)
  .refine((number) => number !== 0);

export const extendedStatisticsSchema = z.strictObject({
  /** `id` of the object that creates it. */
  object: count,
  /** The columns that it is on, in the order of their numbers in the table. */
  columns: z.array(name).max(MAX_ATTRIBUTES),
  values: z
    .array(
      z.strictObject({
        /** Whether rows of children and partitions are counted (`stxdinherit`). */
        inherited: z.boolean(),
        n_distinct: z
          .array(z.strictObject({ attributes: z.array(attribute).min(2), ndistinct: count }))
          .max(2 ** MAX_ATTRIBUTES)
          .optional(),
        dependencies: z
          .array(
            z.strictObject({
              attributes: z.array(attribute).min(1),
              dependency: attribute,
              degree: z.number().min(0).max(1),
            }),
          )
          .max(MAX_DEPENDENCIES)
          .optional(),
        /** An array of texts of two dimensions, with an element for each column and expression. */
        most_common_vals: z.string().max(MAX_COLUMN_STATISTICS_BYTES).optional(),
        most_common_freqs: realsSchema,
        most_common_base_freqs: realsSchema,
        /** Of each expression, in their order. */
        exprs: z.array(attributeStatisticsSchema).max(MAX_ATTRIBUTES).optional(),
      }),
    )
    .max(2),
});
