/** Errors of a manifest that contradicts itself, shared by the checks of its parts. */
import { ArchiveError } from "../../errors.ts";

/** @throws ArchiveError naming "manifest", always. */
export function contradiction(what: string): never {
  throw new ArchiveError(`the manifest contradicts itself: ${what}`, { object: "manifest" });
}

/**
 * @returns the values as a set.
 * @throws ArchiveError naming "manifest", only when a value occurs twice.
 */
export function uniqueValues<T>(values: Iterable<T>, what: string): Set<T> {
  const seen = new Set<T>();
  for (const value of values) {
    if (seen.has(value)) contradiction(`${what} ${String(value)} occurs twice`);
    seen.add(value);
  }
  return seen;
}
