/** What an undelete leaves as it is, and people should know. Pure. */
import type { ManifestRelation } from "../archive/format/manifest.ts";
import { qualify, quoteIdent } from "../sql/ident.ts";
import { type Warning, warning } from "../warnings.ts";
import type { EmptiedReferences } from "./emptied-references.ts";

export const UNKNOWN_TYPES = warning(
  "column-types-unknown",
  null,
  "the archive does not record the types of columns: where one changed since, the values that come back may have another meaning",
);

/** References that nobody looked at, or that are never set back. */
export function referencesLeft({ listed, defaulted }: EmptiedReferences): Warning[] {
  return [
    ...listed.flatMap((reference) => {
      if (reference.rows !== null) return [];
      const object = `table ${reference.namespace}.${reference.name}`;
      const message = `${object}: references by ${reference.constraint} that the deletion set to null stay null (--with-references sets them back)`;
      return [warning("references-left", object, message)];
    }),
    ...defaulted.map(({ namespace, name, constraint }) => {
      const object = `table ${namespace}.${name}`;
      const message = `${object}: references by ${constraint} that the deletion set to their default stay so`;
      return warning("references-left", object, message);
    }),
  ];
}

/** Children of a table that a condition names, which the target lacks. */
export function childNotSearched({ namespace, name }: ManifestRelation): Warning {
  const object = `table ${qualify(namespace, name)}`;
  const message = `${object}, a child of a table that a condition names, is not in the target: its rows in the archive were not looked at`;
  return warning("child-not-searched", object, message);
}

/** A sequence that goes on below values that come back. */
export interface SequenceBehind {
  /** As SQL names it. */
  readonly sequence: string;
  readonly column: string;
}

export function sequenceBehind(
  table: { readonly namespace: string; readonly name: string },
  { sequence, column }: SequenceBehind,
): Warning {
  const message = `sequence ${sequence} comes before values of ${quoteIdent(column)} in rows of table ${qualify(table.namespace, table.name)} that come back: new rows will get the same values (setval() moves it)`;
  return warning("sequence-behind", `sequence ${sequence}`, message);
}
