/**
 * The schema of a relation's planner statistics, as a part of the manifest's. Typed facts: a restore writes the statements. Their
 * names are those of `pg_stats` and of the arguments of `pg_restore_attribute_stats()` (PostgreSQL docs, 9.28.11).
 */
import { z } from "zod";
import { MAX_COLUMN_STATISTICS_BYTES } from "../../limits.ts";

const name = z.string().min(1).max(4096);
const count = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const REAL = String.raw`-?(?:\d+(?:\.\d+)?(?:e[-+]?\d+)?|NaN|Infinity)`;
const real = z
  .string()
  .max(64)
  .regex(new RegExp(`^${REAL}$`))
  .optional();
const reals = z
  .string()
  .max(MAX_COLUMN_STATISTICS_BYTES)
  .regex(new RegExp(String.raw`^\{(?:${REAL}(?:,${REAL})*)?\}$`))
  .optional();
/** An array of a column's or an element's values, as its output function prints them. */
const values = z.string().max(MAX_COLUMN_STATISTICS_BYTES).optional();

const attributeStatisticsSchema = z.strictObject({
  null_frac: real,
  avg_width: z
    .string()
    .regex(/^-?\d{1,10}$/)
    .optional(),
  n_distinct: real,
  most_common_vals: values,
  most_common_freqs: reals,
  histogram_bounds: values,
  correlation: real,
  most_common_elems: values,
  most_common_elem_freqs: reals,
  elem_count_histogram: reals,
  range_length_histogram: values,
  range_empty_frac: real,
  range_bounds_histogram: values,
});

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
});
