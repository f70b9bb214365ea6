/** Properties of the database itself, written only on request: for a copy of the database and not only of its contents. */
import { address, CATALOG } from "../../catalog/address.ts";
import { EMPTY_LISTS_SINCE, isEmptyList, setting, settingTarget } from "../../sql/setting.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject } from "../dumpable-object.ts";
import { FEATURE } from "../server-features.ts";
import { inThisDatabase, THIS_DATABASE } from "../this-database.ts";

export function databaseProperties({ catalog, options, role }: DdlContext): DumpableObject[] {
  const [row] = catalog.databaseProperties;
  if (!options.databaseProperties || row === undefined) return [];
  const id = address(CATALOG.database, row.oid);
  const target = `DATABASE ${THIS_DATABASE}`;
  const hasEmptyLists =
    catalog.version.major >= EMPTY_LISTS_SINCE &&
    catalog.databaseSettings.some(({ settings }) => settings.some(isEmptyList));
  const statements = [
    ...(row.connectionLimit < 0 ? [] : [`ALTER ${target} CONNECTION LIMIT ${row.connectionLimit}`]),
    ...(row.isTemplate ? [`ALTER ${target} IS_TEMPLATE true`] : []),
    ...catalog.databaseSettings
      .map(({ role: oid, settings }) => ({
        whose: settingTarget(target, oid === 0 ? null : role(oid)),
        settings,
      }))
      .sort((a, b) => (a.whose < b.whose ? -1 : 1))
      .flatMap(({ whose, settings }) =>
        settings.map((config) => `ALTER ${whose} SET ${setting(config, catalog.version.major)}`),
      ),
  ];
  return [
    {
      id,
      kind: "database",
      namespace: null,
      name: row.name,
      section: "post-data",
      addresses: [id],
      sql: () => statements.map(inThisDatabase),
      features: hasEmptyLists ? [FEATURE.emptySettingList] : undefined,
      target,
      owner: row.owner,
      privileges: { kind: "DATABASE", on: target, acl: row.acl, aclDefault: row.aclDefault },
      roles: catalog.databaseSettings.flatMap(({ role: oid }) => (oid === 0 ? [] : [oid])),
    },
  ];
}
