/** Facts of the archive that explain why a statement may fail, for the hints of errors. Pure. */
import type { Manifest, ManifestObject, ManifestRelation } from "../../archive/format/manifest.ts";
import { FEATURE } from "../../ddl/server-features.ts";
import type { SessionFacts } from "../target/facts.ts";
import { qualify, quoteIdent } from "../../sql/ident.ts";
import { formatCount, listed } from "../../util/format.ts";
import { groupBy } from "../../util/group-by.ts";

/**
 * The archive comes from a newer major than the target: it may hold something that the target does not know.
 * @param sourceNum `server_version_num` of the dumped server; null when the archive does not record it.
 */
export function olderServerNote(sourceNum: number | null, targetMajor: number): string | undefined {
  if (sourceNum === null) return undefined;
  const sourceMajor = Math.trunc(sourceNum / 10000);
  if (sourceMajor <= targetMajor) return undefined;
  return `the archive comes from PostgreSQL ${sourceMajor} and the target is the older ${targetMajor}: it may lack something that the archive uses`;
}

/** The dump left objects to extensions that may be missing now. */
export function leftOutNote(warnings: Manifest["warnings"]): string | undefined {
  const leftOut = warnings
    .filter(({ code }) => code === "manual-extension-member" || code === "extension-rows")
    .map(({ message }) => message);
  return leftOut.length === 0
    ? undefined
    : `the dump left out what may be needed: ${listed(leftOut)}`;
}

/** What to do where the login may not create an object, by its kind. */
const PERMISSION_NOTES: Readonly<Record<string, string>> = {
  owner: "restore without --owner, or as a superuser or a member of that role",
  privileges: "restore without --privileges, or as a superuser",
  "default-privileges": "restore without --privileges, or as a superuser or a member of that role",
  publication: "leave publications out with --no-publications, or restore as a superuser",
  subscription: "leave subscriptions out with --no-subscriptions, or restore as a superuser",
  schema: "the login needs CREATE on the database",
  "foreign-server": "the login needs USAGE on the foreign-data wrapper",
  extension: "create it as a superuser first, or leave it out with --exclude-extension",
};

const LEAVE_OUT = "leave it out with an edited list (--list, --use-list)";

/** Kinds that a role that owns the database may create in a schema. */
const CREATED_IN_SCHEMA: ReadonlySet<string> = new Set([
  "table",
  "view",
  "materialized-view",
  "sequence",
  "domain",
  "aggregate",
]);
const FUNCTIONS: ReadonlySet<string> = new Set(["function", "procedure"]);

/** What to do where the login may not create an object. */
export function permissionNote({
  kind,
  namespace,
}: Pick<ManifestObject, "kind" | "namespace">): string {
  if (namespace !== null && FUNCTIONS.has(kind))
    return `the login needs CREATE on schema ${quoteIdent(namespace)}; languages that are not trusted, LEAKPROOF and some of the parameters that a function can SET take a superuser: restore as one, or ${LEAVE_OUT}`;
  if (namespace !== null && CREATED_IN_SCHEMA.has(kind))
    return `the login needs CREATE on schema ${quoteIdent(namespace)}, and USAGE on what the object uses and on its schemas`;
  return PERMISSION_NOTES[kind] ?? `restore as a superuser, or ${LEAVE_OUT}`;
}

/** CREATE SUBSCRIPTION … SERVER looks for the user mapping of the role that runs it, before it can have another owner. */
export function mappingNote({
  kind,
  features,
}: Pick<ManifestObject, "kind" | "features">): string | undefined {
  if (kind !== "subscription") return undefined;
  if (features.every(({ code }) => code !== FEATURE.subscriptionServer.code)) return undefined;
  return "the role that restores it needs a user mapping for its foreign server, and USAGE on that: restore as a role for which the archive holds a user mapping (--role; --list shows them), or leave subscriptions out with --no-subscriptions and create it afterwards";
}

const BROKEN_INDEX = `the dumped database holds rows that break it, which a damaged index lets in, after an update of a collation say: correct them there (REINDEX names them), or ${LEAVE_OUT}`;
const BROKEN_CHECK = `the dumped database holds rows that break it, as after a change of a function that it calls: correct them there, or ${LEAVE_OUT}`;

/** What to do where rows violate what is created after them, by its kind. */
const ROWS_NOTES: Readonly<Record<string, string>> = {
  "foreign-key": `rows refer to others that are not there: leave out the rows of both tables or of none (--exclude-table-data); where none were left out, the dumped database lacks them, too: correct it there, or ${LEAVE_OUT}`,
  index: BROKEN_INDEX,
  "key-constraint": BROKEN_INDEX,
  "check-constraint": BROKEN_CHECK,
};

/** What to do where the target lacks what a statement names and no archive holds. */
export const MISSING_NOTE =
  "the target must have it first: a collation of the system comes with its locale on the server's host (pg_import_system_collations), an access method with its extension, a tablespace with CREATE TABLESPACE; --no-tablespaces leaves out tablespaces, and a dump with --no-table-access-method names no access methods";

/** What to do where an object appeared in the target since it was looked at. */
export const EXISTS_NOTE = `the script of an extension that the restore created, or another session, has made it: ${LEAVE_OUT}`;

/** What to do where rows violate an object of the kind; undefined for kinds that no rows violate. */
export function rowsNote(kind: string): string | undefined {
  return ROWS_NOTES[kind];
}

/** What the dump left out, by the label of the object that needs it. */
export function unselectedNotes(warnings: Manifest["warnings"]): ReadonlyMap<string, string> {
  const needs = groupBy(
    warnings.filter(({ code, object }) => code === "not-selected" && object !== null),
    ({ object }) => object!,
  );
  return new Map(
    [...needs].map(([object, all]) => [
      object,
      `the dump holds a part of its database: ${listed(all.map(({ message }) => message))}; restore or create that first`,
    ]),
  );
}

/** An extension's table can have other columns in another version of it, and belong to a role that lets nobody fill it. */
export function elsewhereNote({
  kind,
  object,
  namespace,
  name,
}: Pick<ManifestRelation, "kind" | "object" | "namespace" | "name">): string | undefined {
  if (kind !== "table" || object !== null) return undefined;
  return `the archive does not create this table: where an extension does, leave its rows out with --exclude-table-data '${qualify(namespace, name)}'`;
}

/** Locks that an object of the kind takes until the end: a table has a TOAST table with an index, too. */
const LOCKS: Readonly<Record<string, number>> = {
  table: 3,
  "materialized-view": 3,
  "foreign-table": 1,
  view: 1,
  sequence: 1,
  index: 1,
  "key-constraint": 1,
};

/** The restore takes more locks than the server has room for, unless others leave theirs unused. */
export function lockNote(
  objects: readonly Pick<ManifestObject, "kind">[],
  dropped: number,
  { lockCapacity, lockHolders }: Pick<SessionFacts, "lockCapacity" | "lockHolders">,
): string | undefined {
  const needed = dropped + objects.reduce((sum, { kind }) => sum + (LOCKS[kind] ?? 0), 0);
  if (needed <= lockCapacity) return undefined;
  return `the restore takes about ${formatCount(needed)} locks, and the server has room for ${formatCount(lockCapacity)}: set max_locks_per_transaction to ${Math.ceil(needed / lockHolders)} or more and restart it`;
}
