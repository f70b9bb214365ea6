/**
 * The unit of a schema: one object, or one part of an object that has its own place in the order (a default, an
 * attachment, a comment). Emitters make pieces from catalog rows and never think about order; `plan/` decides it.
 *
 * A large schema has a hundred thousand pieces. What they have in common stands last in their literals (`...common`): V8
 * takes twenty times as long to add fields to an object that was begun with a spread.
 */
import type { Address } from "../catalog/address.ts";
import type { ObjectKind } from "../catalog/kinds.ts";
import type { Warning } from "../warnings.ts";
import type { ServerFeature } from "./server-features.ts";

export type Section = "pre-data" | "post-data";

/** An address, or an address with `#` and what part of the object it is: `#attach`. */
export type DumpId = Address | `${Address}#${string}`;

export interface DumpableObject {
  readonly id: DumpId;
  readonly kind: ObjectKind;
  readonly namespace: string | null;
  /** As pg_dump's table of contents names it: `users`, `users users_pkey`, `area(integer, integer)`. */
  readonly name: string;
  readonly section: Section;
  /** What `pg_depend` calls this piece: edges from and to these addresses are its own. Empty for mere parts. */
  readonly addresses: readonly Address[];
  /** Pieces that must come before, beyond what `pg_depend` says. Ids of pieces that are not dumped are ignored. */
  readonly requires?: readonly DumpId[] | undefined;
  /**
   * The piece whose statement this one is written in, unless the plan takes it out (`DdlContext.separate` then holds
   * its first address): what it depends on, that piece depends on. A default in CREATE TABLE, a view's query.
   */
  readonly inline?: DumpId | undefined;
  /** The piece that this is a part of, for selection by relation. */
  readonly parent?: DumpId | undefined;
  /**
   * The statements, without closing semicolons. Called when the order is known, so that a piece can tell whether the
   * plan had to take something out of it (`DdlContext.separate`). None is fine: the piece is an anchor.
   */
  readonly sql: () => readonly string[];
  /** The object as COMMENT ON, ALTER … OWNER TO and SECURITY LABEL ON name it: `TABLE public.users`. */
  readonly target?: string | undefined;
  /** The owning role's oid, for kinds that have an owner. */
  readonly owner?: number | undefined;
  readonly privileges?: Privileges | undefined;
  /** Columns that can carry comments, security labels and privileges, by `attnum`. */
  readonly columns?: readonly DumpableColumn[] | undefined;
  /** Objects written inside this piece that carry comments of their own: the checks of a table, the index of a key. */
  readonly parts?: readonly DumpableObjectPart[] | undefined;
  /** Roles that the statements name (oids), so that a restore can say beforehand which are missing. */
  readonly roles?: readonly number[] | undefined;
  /**
   * What the statements need of a server beyond the oldest supported major, but for the syntax of deparsed text, which
   * the plan looks for. Of an object that is written inside another (`inline`), the plan adds them to that one.
   */
  readonly features?: readonly ServerFeature[] | undefined;
  /** What a comment on the object needs of a server. */
  readonly commentFeatures?: readonly ServerFeature[] | undefined;
  /** What people must know because the statements cannot carry it: a password left out, a role that is gone. */
  readonly warnings?: readonly Warning[] | undefined;
}

export interface DumpableObjectPart {
  readonly address: Address;
  /** As in `Piece.target`: `CONSTRAINT price_check ON public.goods`. */
  readonly target: string;
}

/** Privileges as the catalogs hold them. */
export interface Privileges {
  /** The object as GRANT … ON names it: `TABLE public.users`, `FUNCTION public.f(integer)`. */
  readonly on: string;
  /** Null when the object never had any but the default. */
  readonly acl: readonly string[] | null;
  /** What a new object of this kind and owner has: `acldefault()`. */
  readonly aclDefault: readonly string[];
}

export interface DumpableColumn {
  readonly number: number;
  readonly name: string;
  readonly acl: readonly string[] | null;
}
