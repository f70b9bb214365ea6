/** The schema of an object of the archive with its statements, as a part of the manifest's. */
import { z } from "zod";
import { MAX_ENTRIES } from "../../limits.ts";
import { code, count, name, text } from "./scalar-schemas.ts";

/** A feature that a statement needs from the server that runs it. */
const featureSchema = z.strictObject({
  /** Stable: `nulls-not-distinct`. */
  code,
  /** The first major version that has it; null when it depends on how the server was built. */
  since: count.max(1000).nullable(),
  /** The first major version that no longer has it; absent when all later ones do. */
  before: count.max(1000).optional(),
  /** For people: `NULLS NOT DISTINCT`. */
  description: z.string().min(1).max(1024),
  /** A server without the feature rejects the statement (`fails`), or runs it without this part (`loses`). */
  without: z.enum(["fails", "loses"]),
});

export const objectSchema = z.strictObject({
  id: count,
  kind: z.string().min(1).max(64),
  namespace: name.nullable(),
  name: text,
  section: z.enum(["pre-data", "post-data"]),
  /** Complete SQL statements without the closing semicolon, to run in order. */
  statements: z.array(text),
  /** `id`s of objects that must exist first; they are always earlier in the list. */
  requires: z.array(count),
  /** `id` of the object that this one belongs to: the table of an index, the object that a comment describes. */
  parent: count.nullable(),
  /** Features that the statements need beyond the oldest supported major version. */
  features: z.array(featureSchema),
  /** The access method of an index or of a constraint's index (`gin`); null for other objects. */
  accessMethod: name.nullable(),
  /** Roles that the statements name, besides PUBLIC. */
  roles: z.array(name),
  /** Of a table: those that it is a partition of or inherits from, in the archive or not; absent where there are none. */
  inherits: z
    .array(z.strictObject({ namespace: name, name }))
    .max(MAX_ENTRIES)
    .optional(),
});
