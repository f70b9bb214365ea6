/** Comments, owners, privileges, security labels and dependencies on extensions: objects that follow another object. */
import type { ObjectKind } from "../../catalog/kinds.ts";
import { quoteIdent } from "../../sql/ident.ts";
import type { Warning } from "../../warnings.ts";
import type { DumpableObject, DumpId, Section } from "../dumpable-object.ts";
import type { ServerFeature } from "../server-features.ts";
import { isPublicSchema, wherePublicIsOurs } from "../public-schema.ts";
import { inThisDatabase, THIS_DATABASE } from "../this-database.ts";

type ComponentKind = Extract<
  ObjectKind,
  "comment" | "extension-dependency" | "owner" | "privileges" | "security-label"
>;

export interface Component {
  /** Tells several components of one kind apart: `/2` for the second column. Default: empty. */
  readonly part?: string;
  /** The object that the statements name, as SQL; pg_dump's table of contents lists comments in this form too. */
  readonly name: string;
  readonly statements: readonly string[];
  /** Default: that of the object. */
  readonly section?: Section;
  /** Besides the object. */
  readonly requires?: readonly DumpId[];
  readonly roles?: readonly number[];
  readonly warnings?: readonly Warning[];
  readonly features?: readonly ServerFeature[] | undefined;
}

/** The id of a component: `1259/16401#owner`, `1259/16401#comment/2`. */
export function componentId(object: DumpId, kind: ComponentKind, part = ""): DumpId {
  return `${object}#${kind}${part}`;
}

/** What is left out, for people. */
const WORDS: Readonly<Record<ComponentKind, string>> = {
  comment: "its comment",
  "extension-dependency": "its dependency",
  owner: "its owner",
  privileges: "the change of its privileges",
  "security-label": "its security label",
};

export function component(
  object: DumpableObject,
  kind: ComponentKind,
  { part, name, statements, section, requires, roles, warnings, features }: Component,
): DumpableObject {
  return {
    id: componentId(object.id, kind, part),
    kind,
    namespace: object.namespace,
    name: name.replace(THIS_DATABASE, quoteIdent(object.name)),
    section: section ?? object.section,
    addresses: [],
    requires: requires === undefined ? [object.id] : [object.id, ...requires],
    parent: object.id,
    sql: () => {
      const all = statements.map(inThisDatabase);
      return isPublicSchema(object) ? wherePublicIsOurs(all, WORDS[kind]) : all;
    },
    roles,
    warnings,
    features,
  };
}
