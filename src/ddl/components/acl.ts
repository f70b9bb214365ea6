/**
 * GRANT and REVOKE: from what an object has by itself to what it has in the source. As in pg_dump
 * (`buildACLCommands()`, src/bin/pg_dump/dumputils.c, and `dumpACL()`), items are compared whole, what is gone is revoked first, and
 * the owner's own grants come before those that lean on them.
 */
import { type Warning, warning } from "../../warnings.ts";
import { type Address, address, CATALOG } from "../../catalog/address.ts";
import type { ChangedPrivilegesRow } from "../../catalog/init-privs.ts";
import type { Catalog } from "../../catalog/read.ts";
import { type AclItem, parseAclItem, possibleLetters, privilegeList } from "../../sql/acl-item.ts";
import { qualify, quoteIdent } from "../../sql/ident.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject } from "../dumpable-object.ts";
import { component, componentId } from "./component.ts";

/** What the privileges of one object come to. */
export interface AclChange {
  readonly statements: readonly string[];
  /** Roles that the statements name, by oid. */
  readonly roles: readonly number[];
  readonly warnings: readonly Warning[];
}

export interface AclSubject {
  /** As GRANT names it, `TABLE public.users`; `TABLES` for default privileges. */
  readonly on: string;
  /** A column's name, for its own privileges. */
  readonly column?: string;
  /** The owner's name. */
  readonly owner: string;
  /** Put before each statement: `ALTER DEFAULT PRIVILEGES …`. */
  readonly prefix?: string;
}

function key(item: AclItem): string {
  const letters = item.letters.map((letter) => letter + (item.grantable.has(letter) ? "*" : ""));
  return JSON.stringify([item.grantee, letters.join(""), item.grantor]);
}

function subtract(items: readonly AclItem[], others: readonly AclItem[]): AclItem[] {
  const known = new Set(others.map(key));
  return items.filter((item) => !known.has(key(item)));
}

/** The statements that turn the privileges `base` into `acl`. */
export function aclChange(
  catalog: Catalog,
  subject: AclSubject,
  base: readonly AclItem[],
  acl: readonly AclItem[],
): AclChange {
  const { on, owner, prefix = "" } = subject;
  const column = subject.column === undefined ? null : quoteIdent(subject.column);
  const possible = possibleLetters(on, catalog.version.major, column !== null);
  const known = roleOids(catalog);
  const roles = new Set<number>();
  const warnings: Warning[] = [];
  const named = (name: string): string => {
    if (name === "") return "PUBLIC";
    roles.add(known.get(name)!);
    return quoteIdent(name);
  };
  const exists = (name: string): boolean => name === "" || known.has(name);

  const revokes = subtract(base, acl)
    // A role that is gone here is not there to lose anything on the target.
    .filter(({ grantee }) => exists(grantee))
    .map((item): string[] => {
      const list = privilegeList(new Set(item.letters), possible, column);
      return list === "" ? [] : [`${prefix}REVOKE ${list} ON ${on} FROM ${named(item.grantee)}`];
    });

  const byOwner: string[] = [];
  const byOthers: string[] = [];
  for (const item of subtract(acl, base)) {
    const gone = [item.grantee, item.grantor].filter((name) => !exists(name));
    if (gone.length > 0) {
      warnings.push(
        warning(
          "dropped-role",
          on,
          `privileges on ${on} of role ${gone.join(", ")}, which no longer exists, were left out`,
        ),
      );
      continue;
    }
    const plain = item.letters.filter((letter) => !item.grantable.has(letter));
    const grants: string[] = [];
    for (const [letters, option] of [
      [new Set(plain), ""],
      [item.grantable, " WITH GRANT OPTION"],
    ] as const) {
      const list = privilegeList(letters, possible, column);
      if (list !== "")
        grants.push(`${prefix}GRANT ${list} ON ${on} TO ${named(item.grantee)}${option}`);
    }
    if (grants.length === 0) continue;
    if (item.grantor === owner) byOwner.push(...grants);
    else {
      byOthers.push(
        `SET SESSION AUTHORIZATION ${named(item.grantor)}`,
        ...grants,
        "RESET SESSION AUTHORIZATION",
      );
    }
  }
  return { statements: [...revokes.flat(), ...byOwner, ...byOthers], roles: [...roles], warnings };
}

const oids = new WeakMap<Catalog, ReadonlyMap<string, number>>();

function roleOids(catalog: Catalog): ReadonlyMap<string, number> {
  const made = oids.get(catalog) ?? new Map(catalog.roles.map((row) => [row.name, row.oid]));
  oids.set(catalog, made);
  return made;
}

/**
 * What to take as given of the schema public once it belongs to `owner`. PostgreSQL 15 and later let PUBLIC only use
 * it, older ones let it create there too, and either may be the target. So nothing is written where a newer server has
 * its own default, PUBLIC's CREATE is granted where it is wanted, and revoked where it may be and is not wanted.
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

/** The owner whom a default names: all of it is granted by him. */
function ownerOf(aclDefault: readonly AclItem[]): string {
  return aclDefault[0]?.grantor ?? "";
}

function merge(changes: readonly AclChange[]): AclChange {
  return {
    statements: changes.flatMap(({ statements }) => statements),
    roles: [...new Set(changes.flatMap(({ roles }) => roles))],
    warnings: changes.flatMap(({ warnings }) => warnings),
  };
}

function isEmpty({ statements, warnings }: AclChange): boolean {
  return statements.length === 0 && warnings.length === 0;
}

/** Privileges of the pieces and of their columns; in post-data, since an owner may have taken INSERT from himself. */
function ofObjects({ catalog }: DdlContext, objects: readonly DumpableObject[]): DumpableObject[] {
  return objects.flatMap((object) => {
    const { privileges } = object;
    if (privileges === undefined) return [];
    const columns = object.columns?.filter(({ acl }) => acl !== null) ?? [];
    const isPublic = object.kind === "schema" && object.name === "public";
    if (privileges.acl === null && columns.length === 0 && !isPublic) return [];
    const aclDefault = privileges.aclDefault.map(parseAclItem);
    const acl = privileges.acl?.map(parseAclItem) ?? aclDefault;
    const subject = { on: privileges.on, owner: ownerOf(aclDefault) };
    const base = isPublic ? publicSchemaAcl(subject.owner, acl, catalog.version.major) : aclDefault;
    const change = merge([
      aclChange(catalog, subject, base, acl),
      // After those of the relation: to revoke a privilege on it revokes the same on its columns.
      ...columns.map(({ name, acl }) =>
        aclChange(catalog, { ...subject, column: name }, [], acl!.map(parseAclItem)),
      ),
    ]);
    if (isEmpty(change)) return [];
    return component(object, "privileges", "", privileges.on, change.statements, {
      section: "post-data",
      // ALTER … OWNER TO rewrites what the old owner granted and has into the new one's.
      requires: [componentId(object.id, "owner")],
      roles: change.roles,
      warnings: change.warnings,
    });
  });
}

/** Changed privileges of members of extensions and of what initdb made, for which there are no pieces. */
function ofOthers({ catalog, role }: DdlContext): DumpableObject[] {
  const objects = new Map<Address, ChangedPrivilegesRow[]>();
  for (const row of catalog.changedPrivileges) {
    const id = address(row.classoid, row.objoid);
    objects.set(id, [...(objects.get(id) ?? []), row]);
  }
  return [...objects].flatMap(([id, rows]): DumpableObject[] => {
    const first = rows[0]!;
    const args = first.arguments === null ? "" : `(${first.arguments})`;
    const on = `${first.kind} ${qualify(first.namespace, first.name)}${args}`;
    const change = merge(
      rows.map((row) =>
        aclChange(
          catalog,
          {
            on,
            owner: role(row.owner),
            ...(row.column === null ? {} : { column: row.column }),
          },
          row.base.map(parseAclItem),
          row.acl.map(parseAclItem),
        ),
      ),
    );
    if (isEmpty(change)) return [];
    const extension = catalog.members.get(id);
    return [
      {
        id: componentId(id, "privileges"),
        kind: "privileges",
        namespace: first.namespace,
        name: on,
        section: "post-data",
        addresses: [],
        ...(extension === undefined
          ? {}
          : {
              parent: address(CATALOG.extension, extension),
              requires: [address(CATALOG.extension, extension)],
            }),
        roles: change.roles,
        warnings: change.warnings,
        sql: () => change.statements,
      },
    ];
  });
}

/** All privileges that differ from what a restore gives by itself. */
export function privileges(
  context: DdlContext,
  objects: readonly DumpableObject[],
): DumpableObject[] {
  return [...ofObjects(context, objects), ...ofOthers(context)];
}
