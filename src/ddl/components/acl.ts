/** Privileges: what differs from those that an object has when it is created (`dumpACL()`, src/bin/pg_dump/pg_dump.c). */
import { quoteLiteral } from "../../sql/literal.ts";
import { statementsOrWarning } from "../conditional-statement.ts";
import { type Address, address, CATALOG } from "../../catalog/address.ts";
import type { ChangedPrivilegesRow } from "../../catalog/init-privs.ts";
import { type AclItem, type GrantKind, parseAclItem } from "../../sql/acl-item.ts";
import { qualify } from "../../sql/ident.ts";
import { groupBy } from "../../util/group-by.ts";
import { aclChange, isEmptyChange, joinChanges } from "../acl-change.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject } from "../dumpable-object.ts";
import { isPublicSchema } from "../public-schema.ts";
import { component, componentId } from "./component.ts";

/** All privileges that differ from those that a restore gives without a GRANT or REVOKE. */
export function privileges(
  context: DdlContext,
  objects: readonly DumpableObject[],
): DumpableObject[] {
  return [
    ...objects.flatMap((object) => objectPrivileges(context, object) ?? []),
    ...existingObjectPrivileges(context),
  ];
}

/** Privileges of a dumpable object and of its columns. */
function objectPrivileges(
  { catalog }: DdlContext,
  object: DumpableObject,
): DumpableObject | undefined {
  const { privileges } = object;
  if (privileges === undefined) return undefined;
  const columns = object.columns?.filter(({ acl }) => acl !== null) ?? [];
  const isPublic = isPublicSchema(object);
  if (privileges.acl === null && columns.length === 0 && !isPublic) return undefined;
  const aclDefault = privileges.aclDefault.map(parseAclItem);
  const acl = privileges.acl?.map(parseAclItem) ?? aclDefault;
  // All of a default is granted by the owner.
  const { kind, on } = privileges;
  const subject = { kind, on, owner: aclDefault[0]?.grantor ?? "" };
  const base = isPublic ? publicSchemaAcl(subject.owner, acl, catalog.version.major) : aclDefault;
  const change = joinChanges([
    aclChange(catalog, subject, base, acl),
    // After those of the relation: to revoke a privilege on it revokes the same on its columns.
    ...columns.map(({ name, acl }) =>
      aclChange(catalog, { ...subject, column: name }, [], acl!.map(parseAclItem)),
    ),
  ]);
  if (isEmptyChange(change)) return undefined;
  const { statements, ...more } = change;
  return component(object, "privileges", {
    name: on,
    statements,
    // Not before the data: an owner may have revoked INSERT from himself.
    section: "post-data",
    // ALTER … OWNER TO rewrites what the old owner granted and has into the new one's.
    requires: [componentId(object.id, "owner")],
    ...more,
  });
}

/**
 * The privileges to start from for the schema public once it belongs to `owner`. PostgreSQL 15 and later let PUBLIC
 * only use it, older ones let it create there too, and either may be the target. So nothing is written where the source
 * has the default of a newer server, CREATE is granted to PUBLIC where the source has that, and revoked where it has
 * not.
 */
function publicSchemaAcl(owner: string, acl: readonly AclItem[], major: number): AclItem[] {
  const item = (grantee: string, letters: string): AclItem => ({
    grantee,
    grantor: owner,
    letters: [...letters],
    grantable: new Set(),
  });
  const ofPublic = acl.find(({ grantee }) => grantee === "")?.letters ?? [];
  if (ofPublic.includes("C")) return [item(owner, "UC")];
  return [item(owner, "UC"), item("", ofPublic.includes("U") && major >= 15 ? "U" : "UC")];
}

/** Changed privileges of objects that a restore does not create: members of extensions, and what initdb made. */
function existingObjectPrivileges(context: DdlContext): DumpableObject[] {
  const byObject = groupBy(context.catalog.changedPrivileges, (row) =>
    address(row.classoid, row.objoid),
  );
  return [...byObject].flatMap(([id, rows]) => existingObject(context, id, rows) ?? []);
}

function existingObject(
  { catalog, role }: DdlContext,
  id: Address,
  rows: readonly ChangedPrivilegesRow[],
): DumpableObject | undefined {
  const first = rows[0]!;
  const args = first.arguments === null ? "" : `(${first.arguments})`;
  const on = `${first.kind} ${qualify(first.namespace, first.name)}${args}`;
  const change = joinChanges(
    rows.map((row) => {
      const column = row.column === null ? {} : { column: row.column };
      const subject = { kind: first.kind, on, owner: role(row.owner), ...column };
      return aclChange(catalog, subject, row.base.map(parseAclItem), row.acl.map(parseAclItem));
    }),
  );
  if (isEmptyChange(change)) return undefined;
  const { statements, ...more } = change;
  const oid = catalog.members.get(id);
  const extension = oid === undefined ? undefined : address(CATALOG.extension, oid);
  return {
    id: componentId(id, "privileges"),
    kind: "privileges",
    namespace: first.namespace,
    name: on,
    section: "post-data",
    addresses: [],
    parent: extension,
    requires: extension === undefined ? undefined : [extension],
    sql: () =>
      statements.length === 0
        ? []
        : [
            statementsOrWarning(
              existence(rows),
              statements,
              `privileges on ${on} were left out: it does not exist here`,
            ),
          ],
    ...more,
  };
}

/** Catalogs of objects without a schema, by the word in GRANT: their columns of names. */
const NAME_COLUMNS: Readonly<
  Partial<Record<GrantKind, readonly [catalog: string, column: string]>>
> = {
  LANGUAGE: ["pg_language", "lanname"],
  "FOREIGN DATA WRAPPER": ["pg_foreign_data_wrapper", "fdwname"],
  "FOREIGN SERVER": ["pg_foreign_server", "srvname"],
};

/**
 * The condition that the object and its columns exist. A restore does not create them: another version of the extension
 * or of the server can lack them, and what was added to an extension manually is nobody's to create.
 */
function existence(rows: readonly ChangedPrivilegesRow[]): string {
  const { kind, namespace, name, arguments: args } = rows[0]!;
  const known = NAME_COLUMNS[kind];
  if (known !== undefined) {
    const [catalog, column] = known;
    return `EXISTS (SELECT FROM pg_catalog.${catalog} WHERE ${column} = ${quoteLiteral(name)})`;
  }
  const sqlName = quoteLiteral(`${qualify(namespace, name)}${args === null ? "" : `(${args})`}`);
  if (kind === "FUNCTION" || kind === "PROCEDURE")
    return `pg_catalog.to_regprocedure(${sqlName}) IS NOT NULL`;
  if (kind === "TYPE") return `pg_catalog.to_regtype(${sqlName}) IS NOT NULL`;
  if (kind === "SCHEMA") return `pg_catalog.to_regnamespace(${sqlName}) IS NOT NULL`;
  const columns = rows.flatMap(({ column }) => (column === null ? [] : [quoteLiteral(column)]));
  const relation = `pg_catalog.to_regclass(${sqlName})`;
  if (columns.length === 0) return `${relation} IS NOT NULL`;
  return `(
      SELECT pg_catalog.count(*) FROM pg_catalog.pg_attribute
      WHERE attrelid = ${relation} AND NOT attisdropped AND attname IN (${columns.join(", ")})) = ${columns.length}`;
}
