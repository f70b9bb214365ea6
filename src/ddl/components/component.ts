/** Comments, owners, privileges, labels and ties to extensions: pieces that are said of another piece and follow it. */
import type { ObjectKind } from "../../catalog/kinds.ts";
import { quoteIdent } from "../../sql/ident.ts";
import type { Warning } from "../../warnings.ts";
import type { DumpableObject, DumpId, Section } from "../dumpable-object.ts";
import { inThisDatabase, THIS_DATABASE } from "../this-database.ts";
import type { ServerFeature } from "../server-features.ts";

type ComponentKind = Extract<
  ObjectKind,
  "comment" | "extension-dependency" | "owner" | "privileges" | "security-label"
>;

/** The id of a piece's satellite: `1259/16401#owner`, `1259/16401#comment/2` for its second column. */
export function componentId(object: DumpId, kind: ComponentKind, part = ""): DumpId {
  return `${object}#${kind}${part}`;
}

/**
 * A satellite of `piece`. `part` tells several of one kind apart; `name` is what is spoken of, as SQL, in which form
 * pg_dump's table of contents lists comments too.
 */
export function component(
  object: DumpableObject,
  kind: ComponentKind,
  part: string,
  name: string,
  statements: readonly string[],
  more: {
    readonly section?: Section;
    readonly requires?: readonly DumpId[];
    readonly roles?: readonly number[];
    readonly warnings?: readonly Warning[];
    readonly features?: readonly ServerFeature[] | undefined;
  } = {},
): DumpableObject {
  return {
    id: componentId(object.id, kind, part),
    kind,
    namespace: object.namespace,
    name: name.replace(THIS_DATABASE, quoteIdent(object.name)),
    section: more.section ?? object.section,
    addresses: [],
    requires: [object.id, ...(more.requires ?? [])],
    parent: object.id,
    sql: () => statements.map(inThisDatabase),
    roles: more.roles,
    warnings: more.warnings,
    features: more.features,
  };
}
