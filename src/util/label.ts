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

/** Kinds whose names are SQL that names another object, with its schema: `TABLE public.users`. */
const FOLLOWING: Readonly<Record<string, string>> = {
  comment: "on",
  "extension-dependency": "of",
  owner: "of",
  privileges: "on",
  "security-label": "on",
};

/** Kinds whose names begin with the kind: `USER MAPPING app SERVER files`. */
const NAMED_BY_KIND: ReadonlySet<string> = new Set(["default-privileges", "user-mapping"]);

/** `table public.users`, `materialized view public.totals`, `extension citext`, `owner of TABLE public.users`. */
export function objectLabel({ kind, namespace, name }: Labeled): string {
  const words = kind.replaceAll("-", " ");
  const preposition = FOLLOWING[kind];
  if (preposition !== undefined) return `${words} ${preposition} ${name}`;
  if (NAMED_BY_KIND.has(kind) && name.startsWith(words.toUpperCase())) {
    const schema = namespace === null ? "" : ` IN SCHEMA ${namespace}`;
    return `${words}${name.slice(words.length)}${schema}`;
  }
  return `${words} ${qualified(namespace, name)}`;
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
