/** Names of objects for people: in messages, warnings, progress and comments of SQL files. Pure. */

/** The parts of an object that its label is made of: dumpable, planned and recorded objects all have them. */
interface Labeled {
  /** As the manifest spells it: `materialized-view`. */
  readonly kind: string;
  /** Null where the object is in no schema. */
  readonly namespace: string | null;
  /** Not quoted. */
  readonly name: string;
}

/** `table public.users`, `materialized view public.totals`, `extension citext`. */
export function objectLabel({ kind, namespace, name }: Labeled): string {
  return `${kind.replaceAll("-", " ")} ${qualified(namespace, name)}`;
}

/**
 * The line that names an object above its statements in an SQL file: `materialized-view public.totals`. A name can hold
 * line breaks, and psql would run what follows one, so they become blanks.
 */
export function objectHeading({ kind, namespace, name }: Labeled): string {
  return `${kind} ${qualified(namespace, name)}`.replaceAll(/[\r\n]+/g, " ");
}

/** `public.users`; the name alone for objects that live in no schema. Not quoted. */
export function qualified(namespace: string | null, name: string): string {
  return namespace === null ? name : `${namespace}.${name}`;
}
