/**
 * Which planner statistics of the archive a restore sets, and which tables it analyzes. Pure. Statistics that are out of date,
 * or about rows that are not restored, are not set, and neither are those of tables with a statistics object (CREATE STATISTICS)
 * of which the archive has none, or which the server takes from ANALYZE alone: all that is before 19.
 */
import type {
  Manifest,
  ManifestExtendedStatistics,
  ManifestObject,
  ManifestRelation,
  ManifestStatistics,
} from "../../archive/format/manifest.ts";
import { EXTENDED_RESTORABLE_SINCE } from "../../catalog/extended-statistics.ts";
import { RESTORABLE_SINCE } from "../../catalog/relation-statistics.ts";
import type { RestoreSettings } from "../defaults.ts";
import { tableKey, withTablesBelow } from "./tables-below.ts";
import { restoreScope } from "./scope.ts";
import type { Selection } from "./selection.ts";

/** `rows` is the number of rows that are restored, where it is known. */
export interface PlannedStatistics extends Omit<ManifestStatistics, "extended"> {
  /** Of the statistics objects that the restore makes, where the server takes them. */
  readonly extended: readonly PlannedExtendedStatistics[];
}

export interface PlannedExtendedStatistics extends ManifestExtendedStatistics {
  /** Of the statistics object. */
  readonly namespace: string;
  readonly name: string;
}

export interface StatisticsPlan {
  readonly statistics: readonly PlannedStatistics[];
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
  const statistics = isSet ? usable(manifest, selection, major, tables) : [];
  const ids = new Set(statistics.map(({ object }) => object));
  return {
    statistics,
    analyze: settings.analyze
      ? tables.filter(({ rows, object }) => rows > 0 && (object === null || !ids.has(object)))
      : [],
  };
}

/** With those of statistics objects that are restored and that the server takes. */
function recordedFor(
  { statistics = [] }: Manifest,
  objects: ReadonlyMap<number, ManifestObject>,
  major: number,
): PlannedStatistics[] {
  return statistics.map(({ extended = [], ...each }) => ({
    ...each,
    extended: extended.flatMap((values) => {
      const { namespace = null, name = "" } = objects.get(values.object) ?? {};
      const isTaken = major >= EXTENDED_RESTORABLE_SINCE && namespace !== null;
      return isTaken ? { ...values, namespace, name } : [];
    }),
  }));
}

function usable(
  manifest: Manifest,
  selection: Selection,
  major: number,
  restored: readonly ManifestRelation[],
): PlannedStatistics[] {
  const objects = new Map(selection.objects.map((object) => [object.id, object]));
  const recorded = recordedFor(manifest, objects, major);
  const tables = new Set(manifest.relations.map(({ object }) => object));
  const restoredTables = new Map(restored.map((relation) => [relation.object, relation]));
  const analyzed = tablesToAnalyze(selection.objects, recorded);
  const everything =
    selection.everything && selection.relations.length === manifest.relations.length;
  /** By the id of the object. */
  const relations = new Map<number, PlannedStatistics>();
  for (const each of recorded) {
    const object = objects.get(each.object);
    if (each.isIndex || object === undefined || analyzed.has(tableKey(object))) continue;
    const table = restoredTables.get(each.object);
    if (table === undefined ? everything && !tables.has(each.object) : isCurrent(each, table))
      relations.set(each.object, table === undefined ? each : { ...each, rows: table.rows });
  }
  const indexes = recorded.filter(({ isIndex, object }) => {
    const parent = objects.get(object)?.parent ?? null;
    return isIndex && parent !== null && relations.has(parent);
  });
  return [...relations.values(), ...indexes];
}

/** The keys of tables with a statistics object of which nothing is set. A partitioned table is analyzed with its partitions. */
function tablesToAnalyze(
  objects: Selection["objects"],
  recorded: readonly PlannedStatistics[],
): ReadonlySet<string> {
  const set = new Set(recorded.flatMap(({ extended }) => extended.map(({ object }) => object)));
  const ids = new Set(
    objects.flatMap(({ id, kind, parent }) =>
      kind === "statistics" && parent !== null && !set.has(id) ? parent : [],
    ),
  );
  const tables = objects.filter(({ id, kind }) => kind === "table" && ids.has(id));
  return withTablesBelow(objects, tables.map(tableKey));
}

/** Whether about as many rows were there when the table was analyzed. */
function isCurrent({ rows }: PlannedStatistics, table: ManifestRelation): boolean {
  return Math.abs(rows - table.rows) <= CHANGED_ROWS + CHANGED_SHARE * table.rows;
}
