/** The schema of a type of columns of the archive, as a part of the manifest's. */
import { z } from "zod";
import { MAX_ENTRIES } from "../../limits.ts";
import { count, name } from "./scalar-schemas.ts";

/** Index into `types`: of a type that comes earlier. */
const earlier = count.max(MAX_ENTRIES).optional();

/** At most one of the optional fields is there, and none for a base type. */
export const typeSchema = z.strictObject({
  /** As `format_type()` prints it with an empty search path: `character varying(64)`, `public.mood`. */
  name: z
    .string()
    .min(1)
    .max(16 * 1024),
  /** The type under a domain. */
  domainOf: earlier,
  /** The type of an array's elements. */
  arrayOf: earlier,
  /** The type of a range's bounds, or of a multirange's ranges. */
  rangeOf: earlier,
  /** Labels of an enum, in their order. One may be empty. */
  labels: z.array(z.string().max(4096)).max(MAX_ENTRIES).optional(),
  /** Columns of a composite type or of a table's row type, in their order. */
  attributes: z
    .array(z.strictObject({ name, type: count.max(MAX_ENTRIES) }))
    .max(1664)
    .optional(),
});
