/** What makes an error ours, whichever copy of this package made it, and what makes a value an error at all. */
import { types } from "node:util";

/** The property of our errors that holds the names of their classes. Every copy of this package reads it. */
const BRAND = Symbol.for("nexushub-dump.error");

/** Marks an error as ours, of a class and of those that it extends. */
export function brand(error: Error, type: { readonly name: string }): void {
  const names: string[] = [];
  // The chain ends at Function.prototype, whose name is empty.
  for (let at = type; at.name !== ""; at = Object.getPrototypeOf(at) as typeof type)
    names.push(at.name);
  Object.defineProperty(error, BRAND, { value: names });
}

export function isBranded(value: unknown): boolean {
  return typeof value === "object" && value !== null && BRAND in value;
}

/** Names of the classes of one of our errors, its own first; none for anything else. */
export function classNamesOf(value: unknown): readonly unknown[] {
  const names = isBranded(value) ? (value as { readonly [BRAND]: unknown })[BRAND] : [];
  return Array.isArray(names) ? names : [];
}

/**
 * Whether a value is an error, also one of another global object: in jest, Node's own errors are no `Error` of the test's.
 */
export function isError(value: unknown): value is Error {
  return value instanceof Error || types.isNativeError(value);
}
