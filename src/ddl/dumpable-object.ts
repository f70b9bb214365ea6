/**
 * The unit of a schema: an object, or a part of an object that has its own position in the order of creation (a
 * default, an attachment, a comment). Emitters make dumpable objects from catalog rows and know nothing of the order,
 * which `plan/` decides.
 *
 * A large schema has a hundred thousand of them. Fields that several kinds share come last in their literals
 * (`...common`): V8 takes twenty times as long to add fields to an object that begins with a spread.
 */
import type { GrantKind } from "../sql/acl-item.ts";
import type { Address } from "../catalog/address.ts";
import type { ObjectKind } from "../catalog/kinds.ts";
import type { Warning } from "../warnings.ts";
import type { ServerFeature } from "./server-features.ts";

export type Section = "pre-data" | "post-data";

/** An address, or an address with `#` and the part of the object that is meant: `1259/16401#attach`. */
export type DumpId = Address | `${Address}#${string}`;

export interface DumpableObject {
  readonly id: DumpId;
  readonly kind: ObjectKind;
  readonly namespace: string | null;
  /** As in pg_dump's table of contents: `users`, `users users_pkey`, `area(integer, integer)`. */
  readonly name: string;
  readonly section: Section;
  /**
   * Of an object that comes after all of its section that does not require it. Among checks, which are slow without keys and indexes:
   * how deep their tables are in a tree of tables. The deepest come first.
   */
  readonly late?: number | undefined;
  /** The object in `pg_depend`: dependencies from and to these addresses are those of this object. Empty for parts. */
  readonly addresses: readonly Address[];
  /** Objects that must come before, beyond what `pg_depend` says. Ids of objects that are not dumped are ignored. */
  readonly requires?: readonly DumpId[] | undefined;
  /**
   * The object whose statement this one is written in: a default in CREATE TABLE, the query of a view. Then that object
   * depends on everything that this one depends on. The plan can take it out of that statement, to break a dependency
   * cycle: `DdlContext.separate` holds its first address, and `sql` gives a statement.
   */
  readonly inline?: DumpId | undefined;
  /** The object that this is a part of, for selection by relation. */
  readonly parent?: DumpId | undefined;
  /** The relation that the statements attach the object to, which may not be dumped; `name` is SQL. */
  readonly attachesTo?: { readonly id: DumpId; readonly name: string } | undefined;
  /**
   * The statements, without closing semicolons. Called when the order is known and `DdlContext.separate` complete. An
   * object without statements is an empty entry: comments and dependencies refer to it.
   */
  readonly sql: (guard?: CreateGuard) => readonly string[];
  /** The object in COMMENT ON, ALTER … OWNER TO and SECURITY LABEL ON: `TABLE public.users`. */
  readonly target?: string | undefined;
  /** The owning role's oid, for kinds that have an owner. */
  readonly owner?: number | undefined;
  readonly privileges?: Privileges | undefined;
  /** Columns that can have comments, security labels and privileges. */
  readonly columns?: readonly DumpableColumn[] | undefined;
  /** Objects that the same statement creates and that can have a comment: the index of a key, a multirange type. */
  readonly parts?: readonly DumpableObjectPart[] | undefined;
  /** Roles that the statements name (oids), so that a restore can report missing ones before it begins. */
  readonly roles?: readonly number[] | undefined;
  /**
   * Requirements of the statements beyond the oldest supported major, except for the syntax of deparsed text, which the
   * plan looks for. Those of an object that is written inside another (`inline`) are recorded with that other one.
   */
  readonly features?: readonly ServerFeature[] | undefined;
  /** The first major on which the statements do not create the object; comments on it are left out there. */
  readonly absentSince?: number | undefined;
  /** The first major on which the statements create the object; comments on it are left out before. */
  readonly absentBefore?: number | undefined;
  /** Of a table: those that it is a partition of or inherits from, in the order of `inhseqno`. */
  readonly inherits?: readonly QualifiedName[] | undefined;
  /** The index access method, for indexes and constraints that have one. */
  readonly accessMethod?: string | undefined;
  /** The comment that the object has from the start: in a new database, or from its extension's control file. */
  readonly initialComment?: string | null | undefined;
  /** Requirements of a comment on the object. */
  readonly commentFeatures?: readonly ServerFeature[] | undefined;
  /** What the statements leave out and people should know: a password, privileges of a dropped role. */
  readonly warnings?: readonly Warning[] | undefined;
}

export interface QualifiedName {
  readonly namespace: string;
  readonly name: string;
}

/** Changes the statement that creates an object, so that it runs only where the object does not exist. */
export type CreateGuard = (statement: string) => string;

/** For emitters: the default of `guard`. */
export const unguarded: CreateGuard = (statement) => statement;

export interface DumpableObjectPart {
  readonly address: Address;
  /** As `DumpableObject.target`: `INDEX public.users_pkey`. */
  readonly target: string;
}

/** Privileges as the catalogs hold them. */
export interface Privileges {
  readonly kind: GrantKind;
  /** The object in GRANT … ON: `TABLE public.users`, `FUNCTION public.f(integer)`. */
  readonly on: string;
  /** Null when the object never had privileges other than the default. */
  readonly acl: readonly string[] | null;
  /** Privileges of a new object of this kind and owner: `acldefault()`. */
  readonly aclDefault: readonly string[];
}

export interface DumpableColumn {
  /** `attnum`. */
  readonly number: number;
  readonly name: string;
  readonly acl: readonly string[] | null;
}
