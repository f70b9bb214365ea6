/** Schemas of the numbers and texts of a manifest, each of which is bounded. */
import { z } from "zod";

export const count = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
export const name = z.string().min(1).max(4096);
export const text = z.string().max(64 * 1024 * 1024);
export const code = z
  .string()
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/)
  .max(64);
export const decimal = z.string().regex(/^-?\d{1,40}$/);
/** A position in the WAL, as `pg_lsn` prints it. */
export const lsn = z.string().regex(/^[0-9A-F]{1,8}\/[0-9A-F]{1,8}$/);
