/**
 * GRANT and REVOKE statements that turn one list of privileges into another. As in pg_dump (`buildACLCommands()`,
 * src/bin/pg_dump/dumputils.c), items are compared as units, privileges that are gone are revoked first, and grants by
 * the owner come before those that depend on them.
 */
import type { Catalog } from "../catalog/read.ts";
import {
  type AclItem,
  type GrantKind,
  hasNewerLetters,
  possibleLetters,
  privilegeWords,
} from "../sql/acl-item.ts";
import { quoteIdent } from "../sql/ident.ts";
import { type Warning, warning } from "../warnings.ts";
import { FEATURE, type ServerFeature } from "./server-features.ts";

/** The change of the privileges of one object. */
export interface AclChange {
  readonly statements: readonly string[];
  /** Roles that the statements name, by oid. */
  readonly roles: readonly number[];
  readonly warnings: readonly Warning[];
  readonly features: readonly ServerFeature[];
}

export interface AclSubject {
  readonly kind: GrantKind;
  /** As GRANT names it, `TABLE public.users`; `TABLES` for default privileges. */
  readonly on: string;
  /** A column's name, for its own privileges. */
  readonly column?: string;
  /** The owner's name. */
  readonly owner: string;
  /** Put before each statement: `ALTER DEFAULT PRIVILEGES …`. */
  readonly prefix?: string;
}

/** The roles that exist, and the server on which the statements run. */
export type AclServer = Pick<Catalog, "version"> & {
  readonly roles: readonly Pick<Catalog["roles"][number], "name" | "oid">[];
};

/** The statements that turn the privileges `base` into `acl`. */
export function aclChange(
  catalog: AclServer,
  subject: AclSubject,
  base: readonly AclItem[],
  acl: readonly AclItem[],
): AclChange {
  const known = roleOids(catalog);
  const exists = (name: string): boolean => name === "" || known.has(name);
  const writer = aclWriter(subject, catalog.version.major);
  const warnings: Warning[] = [];

  const revokes = subtract(base, acl)
    // A role that no longer exists is not on the target to lose anything.
    .filter(({ grantee }) => exists(grantee))
    .flatMap((item) => writer.revoke(item));
  const byOwner: string[] = [];
  const byOthers: string[] = [];
  for (const item of subtract(acl, base)) {
    const gone = [item.grantee, item.grantor].filter((name) => !exists(name));
    if (gone.length > 0) {
      warnings.push(droppedRole(subject.on, gone));
      continue;
    }
    const grants = writer.grant(item);
    if (grants.length === 0) continue;
    if (item.grantor === subject.owner) byOwner.push(...grants);
    else byOthers.push(...writer.as(item.grantor, grants));
  }
  return {
    statements: [...revokes, ...byOwner, ...byOthers],
    roles: [...writer.roles].map((name) => known.get(name)!),
    warnings,
    features: writer.words.has("MAINTAIN") ? [FEATURE.maintain] : [],
  };
}

/** Several changes, one after the other. */
export function joinChanges(changes: readonly AclChange[]): AclChange {
  return {
    statements: changes.flatMap(({ statements }) => statements),
    roles: [...new Set(changes.flatMap(({ roles }) => roles))],
    warnings: changes.flatMap(({ warnings }) => warnings),
    features: [...new Set(changes.flatMap(({ features }) => features))],
  };
}

export function isEmptyChange({ statements, warnings }: AclChange): boolean {
  return statements.length === 0 && warnings.length === 0;
}

/** The items that `others` does not hold exactly as they are. */
function subtract(items: readonly AclItem[], others: readonly AclItem[]): AclItem[] {
  const known = new Set(others.map(key));
  return items.filter((item) => !known.has(key(item)));
}

function key(item: AclItem): string {
  const letters = item.letters.map((letter) => letter + (item.grantable.has(letter) ? "*" : ""));
  return JSON.stringify([item.grantee, letters.join(""), item.grantor]);
}

/** Writes statements on one object, and records the roles and the words for privileges that are in them. */
function aclWriter({ kind, on, column, prefix = "" }: AclSubject, major: number) {
  const columns = column === undefined ? "" : ` (${quoteIdent(column)})`;
  const possible = possibleLetters(kind, major, column !== undefined);
  const hasNewer = hasNewerLetters(kind, major, column !== undefined);
  const roles = new Set<string>();
  const words = new Set<string>();
  const role = (name: string): string => {
    if (name === "") return "PUBLIC";
    roles.add(name);
    return quoteIdent(name);
  };
  /** What stands between GRANT or REVOKE and ON; empty when there is nothing. */
  const list = (letters: ReadonlySet<string>): string => {
    const held = privilegeWords(letters, possible, hasNewer);
    for (const word of held) words.add(word);
    return held.map((word) => word + columns).join(", ");
  };
  return {
    roles,
    words,
    revoke({ letters, grantee }: AclItem): string[] {
      const privileges = list(new Set(letters));
      return privileges === ""
        ? []
        : [`${prefix}REVOKE ${privileges} ON ${on} FROM ${role(grantee)}`];
    },
    grant({ letters, grantable, grantee }: AclItem): string[] {
      const plain = list(new Set(letters.filter((letter) => !grantable.has(letter))));
      const withOption = list(grantable);
      return [
        ...(plain === "" ? [] : [`${prefix}GRANT ${plain} ON ${on} TO ${role(grantee)}`]),
        ...(withOption === ""
          ? []
          : [`${prefix}GRANT ${withOption} ON ${on} TO ${role(grantee)} WITH GRANT OPTION`]),
      ];
    },
    as: (grantor: string, statements: readonly string[]): string[] => [
      `SET SESSION AUTHORIZATION ${role(grantor)}`,
      ...statements,
      "RESET SESSION AUTHORIZATION",
    ],
  };
}

function droppedRole(on: string, roles: readonly string[]): Warning {
  const message = `privileges on ${on} of role ${roles.join(", ")}, which no longer exists, were left out`;
  return warning("dropped-role", on, message);
}

const oidsOf = new WeakMap<AclServer, ReadonlyMap<string, number>>();

function roleOids(catalog: AclServer): ReadonlyMap<string, number> {
  let oids = oidsOf.get(catalog);
  if (oids === undefined) {
    oids = new Map(catalog.roles.map((row) => [row.name, row.oid]));
    oidsOf.set(catalog, oids);
  }
  return oids;
}
