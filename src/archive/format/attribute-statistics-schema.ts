/**
 * The schema of what ANALYZE computed for a column or an expression. The names are those of `pg_stats` and of the arguments of
 * `pg_restore_attribute_stats()` (PostgreSQL docs, 9.28.11).
 */
import { z } from "zod";
import { MAX_COLUMN_STATISTICS_BYTES } from "../../limits.ts";

const REAL = String.raw`-?(?:\d+(?:\.\d+)?(?:e[-+]?\d+)?|NaN|Infinity)`;
const real = z
  .string()
  .max(64)
  .regex(new RegExp(`^${REAL}$`))
  .optional();
/** An array of numbers, as the server prints it. */
export const realsSchema = z
  .string()
  .max(MAX_COLUMN_STATISTICS_BYTES)
  .regex(new RegExp(String.raw`^\{(?:${REAL}(?:,${REAL})*)?\}$`))
  .optional();
/** An array of a column's or an element's values, as its output function prints them. */
const values = z.string().max(MAX_COLUMN_STATISTICS_BYTES).optional();

export const attributeStatisticsSchema = z.strictObject({
  null_frac: real,
  avg_width: z
    .string()
    .regex(/^-?\d{1,10}$/)
    .optional(),
  n_distinct: real,
  most_common_vals: values,
  most_common_freqs: realsSchema,
  histogram_bounds: values,
  correlation: real,
  most_common_elems: values,
  most_common_elem_freqs: realsSchema,
  elem_count_histogram: realsSchema,
  range_length_histogram: values,
  range_empty_frac: real,
  range_bounds_histogram: values,
});
