/** The text of a lock file. */
import { z } from "zod";

const recordSchema = z.object({
  /** Random, so that a lock is never mistaken for an earlier one of the same process. */
  token: z.string().regex(/^[\w-]{1,64}$/),
  host: z.string(),
  /** The boot of the machine, and the namespace of process ids (a container's); null where the system does not say. */
  boot: z.string().nullable(),
  pidSpace: z.string().nullable(),
  pid: z.number().int().positive(),
  /** When the process started, in the system's own unit. */
  start: z.string().nullable(),
  since: z.string(),
});
export type LockRecord = z.infer<typeof recordSchema>;

/** @returns null for an empty or damaged one. */
export function parseLockRecord(text: string): LockRecord | null {
  try {
    return recordSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
