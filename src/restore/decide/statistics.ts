/**
 * Which planner statistics of the archive a restore sets, and which tables it analyzes. Pure. Statistics that are out of date,
 * or about rows that are not restored, are not set, and neither are those of tables with statistics of CREATE STATISTICS: 18
 * takes these from ANALYZE alone, and 19 (`pg_restore_extended_stats()`) by the numbers of columns, which are others where the
 * source has dropped some.
 */
import type {
  Manifest,
  ManifestRelation,
  ManifestStatistics,
} from "../../archive/format/manifest.ts";
import { RESTORABLE_SINCE } from "../../catalog/relation-statistics.ts";
import type { RestoreSettings } from "../defaults.ts";
import { tableKey, withTablesBelow } from "./tables-below.ts";
import { restoreScope } from "./scope.ts";
import type { Selection } from "./selection.ts";

export interface StatisticsPlan {
  /** `rows` is the number of rows that are restored, where it is known. */
  readonly statistics: readonly ManifestStatistics[];
  /** Tables to analyze. */
  readonly analyze: readonly ManifestRelation[];
}

/** When autovacuum analyzes a table by default: after so many changes, and this share of its rows (PostgreSQL docs, 19.10). */
const CHANGED_ROWS = 50;
const CHANGED_SHARE = 0.1;

export function planStatistics(
  manifest: Manifest,
  selection: Selection,
  major: number,
  settings: RestoreSettings,
): StatisticsPlan {
  const tables = selection.relations.filter(({ kind }) => kind === "table");
  const isSet =
    settings.statistics &&
    major >= RESTORABLE_SINCE &&
    restoreScope(manifest, settings) === "objects";
  const statistics = isSet ? usable(manifest, selection, tables) : [];
  const ids = new Set(statistics.map(({ object }) => object));
  return {
    statistics,
    analyze: settings.analyze
      ? tables.filter(({ rows, object }) => rows > 0 && (object === null || !ids.has(object)))
      : [],
  };
}

function usable(
  manifest: Manifest,
  selection: Selection,
  restored: readonly ManifestRelation[],
): ManifestStatistics[] {
  const objects = new Map(selection.objects.map((object) => [object.id, object]));
  const tables = new Set(manifest.relations.map(({ object }) => object));
  const restoredTables = new Map(restored.map((relation) => [relation.object, relation]));
  const extended = withExtendedStatistics(selection.objects);
  const everything =
    selection.everything && selection.relations.length === manifest.relations.length;
  /** By the id of the object. */
  const relations = new Map<number, ManifestStatistics>();
  for (const each of manifest.statistics ?? []) {
    const object = objects.get(each.object);
    if (each.isIndex || object === undefined || extended.has(tableKey(object))) continue;
    const table = restoredTables.get(each.object);
    if (table === undefined ? everything && !tables.has(each.object) : isCurrent(each, table))
      relations.set(each.object, table === undefined ? each : { ...each, rows: table.rows });
  }
  const indexes = (manifest.statistics ?? []).filter(({ isIndex, object }) => {
    const parent = objects.get(object)?.parent ?? null;
    return isIndex && parent !== null && relations.has(parent);
  });
  return [...relations.values(), ...indexes];
}

/** The keys of tables with statistics of CREATE STATISTICS. A partitioned table is analyzed with its partitions. */
function withExtendedStatistics(objects: Selection["objects"]): ReadonlySet<string> {
  const ids = new Set(
    objects.flatMap(({ kind, parent }) => (kind === "statistics" && parent !== null ? parent : [])),
  );
  const tables = objects.filter(({ id, kind }) => kind === "table" && ids.has(id));
  return withTablesBelow(objects, tables.map(tableKey));
}

/** Whether about as many rows were there when the table was analyzed. */
function isCurrent({ rows }: ManifestStatistics, table: ManifestRelation): boolean {
  return Math.abs(rows - table.rows) <= CHANGED_ROWS + CHANGED_SHARE * table.rows;
}
