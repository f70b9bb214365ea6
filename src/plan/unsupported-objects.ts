/** The error for objects that cannot be dumped, which names them. */
import { type ErrorFacts, UnsupportedObjectError } from "../errors.ts";
import { listed } from "../util/format.ts";

/** @param objects as messages name them: `table public.users`. */
export function unsupportedObjects(
  objects: readonly string[],
  facts?: ErrorFacts,
): UnsupportedObjectError {
  const noun = objects.length === 1 ? "an object" : "objects";
  return new UnsupportedObjectError(
    `the database holds ${noun} that cannot be dumped: ${listed(objects, { limit: 20 })}`,
    objects,
    {
      hint: "drop them, leave them out, or pass --skip-unsupported to dump everything else and record them as warnings",
      ...facts,
    },
  );
}
