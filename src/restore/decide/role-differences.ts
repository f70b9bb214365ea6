/** How a role of the target differs from the archive's: it is never changed, and a restore says so. Pure. */
import type { ManifestRole } from "../../archive/format/manifest.ts";
import type { RoleDefinitionRow } from "../../catalog/role-definition.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { type Warning, warning } from "../../warnings.ts";

/** At most one warning, which names every difference. Passwords are not compared. */
export function roleDifferences(role: ManifestRole, row: RoleDefinitionRow): Warning[] {
  const differences = [
    ...attributeDifferences(role, row),
    ...(role.connectionLimit === row.connectionLimit
      ? []
      : [`its connection limit is ${row.connectionLimit}, not ${role.connectionLimit}`]),
    ...(role.validUntil === row.validUntil
      ? []
      : [`it is valid until ${row.validUntil ?? "ever"}, not ${role.validUntil ?? "ever"}`]),
    ...membershipDifferences(role, row),
    ...(sameTexts(role.settings, row.settings) ? [] : ["it has other settings"]),
    ...(role.databaseSettings.every((config) => row.databaseSettings.includes(config))
      ? []
      : ["it has other settings in this database"]),
    ...(role.comment === null || role.comment === row.comment ? [] : ["it has another comment"]),
  ];
  if (differences.length === 0) return [];
  const name = `role ${quoteIdent(role.name)}`;
  const message = `${name} exists and was left as it is, other than in the archive: ${differences.join("; ")}`;
  return [warning("role-differs", name, message)];
}

function attributeDifferences({ attributes }: ManifestRole, row: RoleDefinitionRow): string[] {
  const { superuser, createrole, createdb, inherit, login, replication, bypassrls } = row;
  const flags = { superuser, createrole, createdb, inherit, login, replication, bypassrls };
  return Object.entries(flags).flatMap(([attribute, has]) => {
    const isRecorded = (attributes as readonly string[]).includes(attribute);
    if (has === isRecorded) return [];
    return [`it ${has ? "has" : "lacks"} ${attribute.toUpperCase()}`];
  });
}

function membershipDifferences(role: ManifestRole, row: RoleDefinitionRow): string[] {
  const names = [...new Set([...role.memberOf, ...row.memberOf].map((each) => each.role))].sort();
  return names.flatMap((name) => {
    const recorded = role.memberOf.filter((each) => each.role === name);
    const actual = row.memberOf.filter((each) => each.role === name);
    if (actual.length === 0) return [`it is no member of ${quoteIdent(name)}`];
    if (recorded.length === 0) return [`it is a member of ${quoteIdent(name)}`];
    const options = (["admin", "inherit", "set"] as const).filter((option) => {
      const values = [recorded, actual].map((all) => all.map((each) => each[option]));
      // Servers before 16 have no INHERIT and SET.
      if (values.some((all) => all.includes(null))) return false;
      return values[0]!.includes(true) !== values[1]!.includes(true);
    });
    if (options.length === 0) return [];
    const words = options.map((option) => option.toUpperCase()).join(" and ");
    return [`it is a member of ${quoteIdent(name)} with another ${words}`];
  });
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
