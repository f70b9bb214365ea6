/** The options that leave out kinds of objects, of a dump and of a restore alike: their names, flags and kinds. */
import type { ObjectKind } from "./kinds.ts";

/** Kinds of objects to leave out, with all that belongs to them. */
export interface KindOptions {
  /** Leave out comments. Default: false. */
  readonly noComments?: boolean | undefined;
  /** Leave out publications. Default: false. */
  readonly noPublications?: boolean | undefined;
  /** Leave out subscriptions. Default: false. */
  readonly noSubscriptions?: boolean | undefined;
  /** Leave out row security: policies, and that they are enabled. Default: false. */
  readonly noPolicies?: boolean | undefined;
  /** Leave out security labels. Default: false. */
  readonly noSecurityLabels?: boolean | undefined;
  /** Leave out large objects. Default: false. */
  readonly noLargeObjects?: boolean | undefined;
}

interface KindOption {
  /** The option of the command line, without its dashes. A manifest records it. */
  readonly flag: string;
  readonly kinds: readonly ObjectKind[];
  /** What is left out, for the help. */
  readonly words: string;
}

/** In the order of the help. */
export const KIND_OPTIONS: Readonly<Record<keyof KindOptions, KindOption>> = {
  noComments: { flag: "no-comments", kinds: ["comment"], words: "comments" },
  noPublications: {
    flag: "no-publications",
    kinds: ["publication", "publication-relation", "publication-schema"],
    words: "publications",
  },
  noSubscriptions: { flag: "no-subscriptions", kinds: ["subscription"], words: "subscriptions" },
  noPolicies: { flag: "no-policies", kinds: ["policy", "row-security"], words: "row security" },
  noSecurityLabels: {
    flag: "no-security-labels",
    kinds: ["security-label"],
    words: "security labels",
  },
  noLargeObjects: { flag: "no-large-objects", kinds: ["large-object"], words: "large objects" },
};

const OPTION_NAMES = Object.keys(KIND_OPTIONS) as (keyof KindOptions)[];

/** The kinds that the options leave out. */
export function excludedKinds(options: KindOptions): ReadonlySet<string> {
  return new Set(
    OPTION_NAMES.flatMap((name) => (options[name] === true ? KIND_OPTIONS[name].kinds : [])),
  );
}

/** The flags of the options that are set. */
export function kindFlags(options: KindOptions): string[] {
  return OPTION_NAMES.flatMap((name) => (options[name] === true ? [KIND_OPTIONS[name].flag] : []));
}

/** The options of these flags. */
export function kindOptionsOf(flags: ReadonlySet<string>): KindOptions {
  return Object.fromEntries(
    OPTION_NAMES.filter((name) => flags.has(KIND_OPTIONS[name].flag)).map((name) => [name, true]),
  );
}
