/** Statements that make a database like another one in all but its contents. Pure. */
import type { ServerVersion } from "../../catalog/version.ts";
import { aclChange } from "../../ddl/acl-change.ts";
import { parseAclItem } from "../../sql/acl-item.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import { setting, settingTarget } from "../../sql/setting.ts";
import type { DatabaseFacts, DatabaseSettings } from "./facts.ts";

/** An empty database of another name with the same owner, encoding, locale and tablespace. */
export function createDatabaseSql(
  like: DatabaseFacts,
  name: string,
  { major }: ServerVersion,
): string {
  const text = quoteLiteral;
  const locale =
    like.localeProvider === "c"
      ? []
      : [
          `LOCALE_PROVIDER ${like.localeProvider === "i" ? "icu" : "builtin"}`,
          ...(like.locale === null
            ? []
            : [
                `${like.localeProvider === "i" ? "ICU_LOCALE" : "BUILTIN_LOCALE"} ${text(like.locale)}`,
              ]),
          ...(like.icuRules === null ? [] : [`ICU_RULES ${text(like.icuRules)}`]),
        ];
  return [
    `CREATE DATABASE ${quoteIdent(name)} OWNER ${quoteIdent(like.owner)} TEMPLATE template0`,
    `ENCODING ${text(like.encoding)} LC_COLLATE ${text(like.collate)} LC_CTYPE ${text(like.ctype)}`,
    ...(major >= 15 && like.localeProvider === "c" ? ["LOCALE_PROVIDER libc"] : locale),
    ...(like.tablespace === null ? [] : [`TABLESPACE ${quoteIdent(like.tablespace)}`]),
  ].join(" ");
}

/** Facts that may differ between a new database and the one whose place it takes. */
type Properties = Pick<DatabaseFacts, "acl" | "aclDefault" | "settings" | "labels">;

/**
 * What gives a database the privileges, settings and labels of another one of the same owner.
 * @param current what the database has now.
 * @param roles every role of the cluster.
 */
export function likenessSql(
  current: Properties & Pick<DatabaseFacts, "name">,
  like: Properties,
  roles: readonly { readonly name: string; readonly oid: number }[],
  version: ServerVersion,
): string[] {
  const target = `DATABASE ${quoteIdent(current.name)}`;
  const aclDefault = like.aclDefault.map(parseAclItem);
  const { statements } = aclChange(
    { roles, version },
    { kind: "DATABASE", on: target, owner: aclDefault[0]?.grantor ?? "" },
    (current.acl ?? current.aclDefault).map(parseAclItem),
    like.acl?.map(parseAclItem) ?? aclDefault,
  );
  return [
    ...statements,
    ...settingStatements(target, current.settings, like.settings, version),
    ...labelStatements(target, current.labels, like.labels),
  ];
}

function settingStatements(
  target: string,
  current: readonly DatabaseSettings[],
  like: readonly DatabaseSettings[],
  { major }: ServerVersion,
): string[] {
  if (JSON.stringify(current) === JSON.stringify(like)) return [];
  return [
    ...current.map(({ role }) => `ALTER ${settingTarget(target, role)} RESET ALL`),
    ...like.flatMap(({ role, settings }) =>
      settings.map(
        (config) => `ALTER ${settingTarget(target, role)} SET ${setting(config, major)}`,
      ),
    ),
  ];
}

function labelStatements(
  target: string,
  current: DatabaseFacts["labels"],
  like: DatabaseFacts["labels"],
): string[] {
  const label = (provider: string, value: string): string =>
    `SECURITY LABEL FOR ${quoteIdent(provider)} ON ${target} IS ${value}`;
  return [
    ...current
      .filter(({ provider }) => like.every((each) => each.provider !== provider))
      .map(({ provider }) => label(provider, "NULL")),
    ...like
      .filter(({ provider, label: value }) =>
        current.every((each) => each.provider !== provider || each.label !== value),
      )
      .map(({ provider, label: value }) => label(provider, quoteLiteral(value))),
  ];
}

export function commentSql(name: string, comment: string | null): string {
  return `COMMENT ON DATABASE ${quoteIdent(name)} IS ${comment === null ? "NULL" : quoteLiteral(comment)}`;
}

export function renameSql(from: string, to: string): string {
  return `ALTER DATABASE ${quoteIdent(from)} RENAME TO ${quoteIdent(to)}`;
}
