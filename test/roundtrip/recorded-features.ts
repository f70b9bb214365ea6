/**
 * What emitters say of the servers that statements need, beside what the patterns find by which archives of format 1 are
 * read: where they differ the emitters know more.
 */
import type { ManifestObject } from "../../src/archive/format/manifest.ts";
import { withFormat1Features } from "../../src/restore/decide/format-1-features.ts";

/** By case, the features that statements do not show, each with its object. */
const BEYOND_PATTERNS: Readonly<Record<string, readonly string[]>> = {
  // Inherited, or named in an ALTER TABLE; of the domain the name is the server's own.
  "comment--not-null": [
    "comment CONSTRAINT late ON public.t: not-null-comment",
    "comment CONSTRAINT must ON public.kid: not-null-comment",
  ],
  // To validate a constraint says nothing of its kind.
  "constraint--eighteen": [
    "check-constraint nn_child c_later: not-null-constraint",
    "check-constraint nn_child2 c_later: not-null-constraint",
    "comment CONSTRAINT c_later ON public.nn: not-null-comment",
  ],
  "constraint--eighteen-trees": ["check-constraint w_c w_nn: not-null-constraint"],
  // Archives of format 1 had no statement for it.
  "constraint--keys-not-inherited": [
    "check-constraint alone alone_id_not_null: not-null-constraint",
    "check-constraint keyed keyed_id_not_null: not-null-constraint",
    "check-constraint parted_1 parted_1_k_not_null: not-null-constraint",
    "check-constraint root id nn: not-null-constraint",
    "check-constraint root root_part_not_null: not-null-constraint",
    "check-constraint target target_id_not_null: not-null-constraint",
  ],
  "sequence--named-like-types": [
    "sequence Num: sequence-named-like-type",
    "sequence b_multirange: sequence-named-like-type",
    "sequence mood: sequence-named-like-type",
    "sequence part s: sequence-named-like-type",
    "sequence shown: sequence-named-like-type",
    "sequence times: sequence-named-like-type",
  ],
  // Archives of format 1 had no statement for it.
  "table--generated-changed": [
    "table c: expression-change",
    "table changed_below_1: expression-change",
  ],
  // Nothing in the statements says what the parent's column is.
  "table--generated-in-child": [
    "table child: generated-alone",
    "table-attach part_1: generated-alone",
  ],
  "table--generated-two-parents": ["table-attach child: generated-alone"],
  "type--domain-not-null": [
    "comment CONSTRAINT d2_not_null ON DOMAIN public.d2: domain-not-null-comment",
  ],
};

function facts(objects: readonly ManifestObject[]): string[] {
  return objects
    .flatMap(({ kind, name, features }) => features.map(({ code }) => `${kind} ${name}: ${code}`))
    .sort();
}

/** The features that an archive of a case records, and those that it should. */
export function recordedFeatures(
  caseName: string,
  objects: readonly ManifestObject[],
): { readonly recorded: string[]; readonly expected: string[] } {
  const shown = withFormat1Features(objects.map((object) => ({ ...object, features: [] })));
  const beyond = BEYOND_PATTERNS[caseName] ?? [];
  return { recorded: facts(objects), expected: [...facts(shown), ...beyond].sort() };
}
