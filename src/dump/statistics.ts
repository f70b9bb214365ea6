/** Planner statistics for the manifest, of relations whose rows the archive holds as they are. */
import type { ManifestStatistics } from "../archive/format/manifest.ts";
import {
  ATTRIBUTE_STATISTICS,
  type RelationStatisticsRow,
  relationStatisticsSql,
  RESTORABLE_SINCE,
} from "../catalog/relation-statistics.ts";
import type { ServerVersion } from "../catalog/version.ts";
import { MAX_COLUMN_STATISTICS_BYTES, MAX_STATISTICS_BYTES } from "../limits.ts";
import type { Connection } from "../pg/connection.ts";
import type { Plan } from "../plan/plan.ts";
import type { StatisticsRelation } from "../plan/statistics-relations.ts";
import { groupBy } from "../util/group-by.ts";
import type { DumpSettings } from "./defaults.ts";
import {
  extendedSize,
  readExpressionColumns,
  readExtendedStatistics,
} from "./extended-statistics.ts";
import type { SelectedRelation } from "./rows/selected-relation.ts";

/** Relations in one query, so that its answer stays small. */
const BATCH = 100;

/** Their values would be text in an unknown encoding. */
const ANY_BYTES = "SQL_ASCII";

/** Whether statistics are recorded: by default in backups of servers to which they can be restored. */
export function wantsStatistics(
  { statistics, purpose, sections, reproducible, enableRowSecurity }: DumpSettings,
  { major }: ServerVersion,
): boolean {
  if (reproducible || sections.length < 3 || enableRowSecurity === true) return false;
  return statistics ?? (purpose === "backup" && major >= RESTORABLE_SINCE);
}

/** @returns in the order of the plan; undefined when there are none. */
export async function readStatistics(
  connection: Connection,
  version: ServerVersion,
  {
    plan,
    selected,
    encoding,
  }: {
    readonly plan: Plan;
    readonly selected: readonly SelectedRelation[];
    /** Of the database. */
    readonly encoding: string;
  },
): Promise<ManifestStatistics[] | undefined> {
  if (encoding === ANY_BYTES) return undefined;
  const isPublic = aboutDumpedRows(plan, selected);
  const relations = plan.statistics.filter((relation) => isPublic(relation, false));
  const columnsOfExpressions = await readExpressionColumns(connection, version, relations);
  const recorded = new Map<StatisticsRelation, ManifestStatistics>();
  let bytes = 0;
  for (let at = 0; at < relations.length && bytes <= MAX_STATISTICS_BYTES; at += BATCH) {
    const batch = relations.slice(at, at + BATCH);
    const rows = await connection.query<RelationStatisticsRow>(
      relationStatisticsSql(version.major, batch),
      {
        action: "read the planner's statistics",
      },
    );
    const byOid = groupBy(rows, ({ oid }) => oid);
    const extendedOf = await readExtendedStatistics(
      connection,
      columnsOfExpressions,
      batch,
      isPublic,
    );
    for (const relation of batch) {
      const columns = (byOid.get(relation.oid) ?? []).filter(({ inherited }) =>
        isPublic(relation, inherited),
      );
      const size = Math.max(0, ...columns.map(largestValue));
      const extended = columns.length === 0 ? [] : extendedOf(relation);
      bytes += columns.reduce((sum, row) => sum + sizeOf(row), 0);
      bytes += extended.reduce((sum, each) => sum + extendedSize(each), 0);
      if (
        columns.length === 0 ||
        size > MAX_COLUMN_STATISTICS_BYTES ||
        bytes > MAX_STATISTICS_BYTES
      )
        continue;
      recorded.set(relation, {
        ...statisticsOf(relation, columns),
        ...(extended.length === 0 ? {} : { extended }),
      });
    }
  }
  const statistics = wholeTrees(recorded);
  return statistics.length === 0 ? undefined : statistics;
}

/**
 * Whether the statistics of a relation, or those that count the rows of its children, are about nothing but rows that the
 * archive holds as they are.
 */
function aboutDumpedRows(
  { allRows }: Plan,
  selected: readonly SelectedRelation[],
): (relation: StatisticsRelation, inherited: boolean) => boolean {
  const altered = new Set(
    selected.flatMap(({ relation, where, masks }) =>
      where === null && masks.size === 0 ? [] : [relation.oid],
    ),
  );
  return ({ relation, hasRows }, inherited) =>
    hasRows && !inherited ? !altered.has(relation) : allRows && altered.size === 0;
}

/** A tree of partitions is analyzed as a whole, so statistics of a part of it are of no use. */
function wholeTrees(
  recorded: ReadonlyMap<StatisticsRelation, ManifestStatistics>,
): ManifestStatistics[] {
  const oids = new Set([...recorded.keys()].map(({ oid }) => oid));
  return [...recorded].flatMap(([{ partitionedParents }, statistics]) =>
    partitionedParents.every((parent) => oids.has(parent)) ? [statistics] : [],
  );
}

function statisticsOf(
  { object, namespace, name, isIndex }: StatisticsRelation,
  columns: readonly RelationStatisticsRow[],
): ManifestStatistics {
  return {
    object,
    namespace,
    name,
    isIndex,
    rows: Math.max(0, Math.round(columns[0]!.rows)),
    columns: columns.map((row) => ({
      column: row.column,
      inherited: row.inherited,
      values: Object.fromEntries(
        ATTRIBUTE_STATISTICS.flatMap((name) => (row[name] === null ? [] : [[name, row[name]]])),
      ),
    })),
  };
}

function largestValue(row: RelationStatisticsRow): number {
  return Math.max(...ATTRIBUTE_STATISTICS.map((name) => row[name]?.length ?? 0));
}

function sizeOf(row: RelationStatisticsRow): number {
  return ATTRIBUTE_STATISTICS.reduce((sum, name) => sum + (row[name]?.length ?? 0), 0);
}
