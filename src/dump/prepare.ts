/** Plans the dump of a database whose catalogs were read, and checks that nothing would be lost. */
import type { ManifestRole } from "../archive/format/manifest.ts";
import { type Plan, planDump } from "../plan/plan.ts";
import type { DumpSettings } from "./defaults.ts";
import type { OpenedSource } from "./open-source.ts";
import { readRoleDefinitions } from "./role-definitions.ts";
import { hiddenRows } from "./preflight.ts";
import { wantsStatistics } from "./statistics.ts";
import { lockNewTables } from "./snapshot.ts";
import { refuseUnsupported } from "./unsupported.ts";

export interface PreparedDump extends OpenedSource {
  readonly plan: Plan;
  /** Undefined when roles were not asked for. */
  readonly roleDefinitions: ManifestRole[] | undefined;
}

export async function prepareDump(
  source: OpenedSource,
  settings: DumpSettings,
): Promise<PreparedDump> {
  const { connection, version, catalog, locked } = source;
  const plan = planDump(catalog, { ...settings, statistics: wantsStatistics(settings, version) });
  const objects = { catalog, plan, userObjects: await source.userObjects };
  const skipped = await refuseUnsupported(connection, objects, settings);
  await lockNewTables(source, plan, locked, settings.lockTimeoutMs);
  const hidden =
    settings.enableRowSecurity === true ? await hiddenRows(connection, plan.relations) : [];
  const roleDefinitions = await readRoleDefinitions(connection, version, plan.roles, settings);
  return {
    ...source,
    plan,
    roleDefinitions,
    warnings: [...source.warnings, ...plan.warnings, ...skipped, ...hidden],
  };
}
