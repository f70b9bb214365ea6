/** What ANALYZE computed for the statistics objects of tables, for the manifest. */
import { attributesOf } from "../archive/format/extended-attributes.ts";
import type { ManifestExtendedStatistics } from "../archive/format/manifest.ts";
import {
  EXPRESSION_STATISTICS_COLUMNS,
  EXTENDED_SINCE,
  type ExtendedStatisticsRow,
  extendedStatisticsSql,
} from "../catalog/extended-statistics.ts";
import {
  parseDependencies,
  parseNDistinct,
  renumberDependencies,
  renumberNDistinct,
} from "../catalog/multivariate.ts";
import { ATTRIBUTE_STATISTICS, type AttributeStatistic } from "../catalog/relation-statistics.ts";
import type { ServerVersion } from "../catalog/version.ts";
import { MAX_COLUMN_STATISTICS_BYTES } from "../limits.ts";
import type { Connection } from "../pg/connection.ts";
import type { StatisticsObject, StatisticsRelation } from "../plan/statistics-relations.ts";
import { groupBy } from "../util/group-by.ts";
import { withoutUndefined } from "../util/without-undefined.ts";

const CONTEXT = { action: "read the planner's statistics" };

/** What the server says of expressions; nothing where it has no statistics that could be recorded, or no object is there. */
export async function readExpressionColumns(
  connection: Connection,
  { major }: ServerVersion,
  relations: readonly StatisticsRelation[],
): Promise<readonly AttributeStatistic[]> {
  if (major < EXTENDED_SINCE || relations.every(({ extended }) => extended.length === 0)) return [];
  const known = await connection.query<{ name: string }>(EXPRESSION_STATISTICS_COLUMNS, CONTEXT);
  const names = new Set(known.map(({ name }) => name));
  return ATTRIBUTE_STATISTICS.filter((name) => names.has(name));
}

/** The statistics objects of a relation that were analyzed. */
export type ReadExtended = (relation: StatisticsRelation) => ManifestExtendedStatistics[];

/**
 * One query for all objects of some relations.
 * @param columns what `readExpressionColumns` gives.
 * @param isPublic whether statistics, or those with the rows of children, are about nothing but rows of the archive.
 */
export async function readExtendedStatistics(
  connection: Connection,
  columns: readonly AttributeStatistic[],
  relations: readonly StatisticsRelation[],
  isPublic: (relation: StatisticsRelation, inherited: boolean) => boolean,
): Promise<ReadExtended> {
  const objects = relations.flatMap(({ extended }) => extended);
  if (objects.length === 0 || columns.length === 0) return () => [];
  const rows = await connection.query<ExtendedStatisticsRow>(
    extendedStatisticsSql(objects, columns),
    CONTEXT,
  );
  const byOid = groupBy(rows, ({ oid }) => oid);
  return (relation) =>
    relation.extended.flatMap((object) => {
      const publicRows = (byOid.get(object.oid) ?? []).filter(({ inherited }) =>
        isPublic(relation, inherited),
      );
      return statisticsOf(object, publicRows) ?? [];
    });
}

/** Characters that the manifest has of it. */
export function extendedSize(statistics: ManifestExtendedStatistics): number {
  return JSON.stringify(statistics).length;
}

/** @returns undefined where there are none, or of a shape that is not known, or too large. */
function statisticsOf(
  { object }: StatisticsObject,
  rows: readonly ExtendedStatisticsRow[],
): ManifestExtendedStatistics | undefined {
  const [first] = rows;
  const values = rows.map(valuesOf);
  if (first === undefined || !values.every((each) => each !== undefined)) return undefined;
  return { object, columns: [...first.columns], values };
}

type Values = ManifestExtendedStatistics["values"][number];

function valuesOf(row: ExtendedStatisticsRow): Values | undefined {
  const nDistinct = row.n_distinct === null ? [] : parseNDistinct(row.n_distinct);
  const dependencies = row.dependencies === null ? [] : parseDependencies(row.dependencies);
  const exprs = row.exprs ?? [];
  if (nDistinct === null || dependencies === null || exprs.length !== row.expressions)
    return undefined;
  const position = positionIn(row);
  const values = withoutUndefined({
    inherited: row.inherited,
    n_distinct: presentList(renumberNDistinct(nDistinct, position)),
    dependencies: presentList(renumberDependencies(dependencies, position)),
    most_common_vals: row.most_common_vals ?? undefined,
    most_common_freqs: row.most_common_freqs ?? undefined,
    most_common_base_freqs: row.most_common_base_freqs ?? undefined,
    exprs: presentList([...exprs]),
  });
  return isSmall(values) && attributesOf(values).every((number) => number !== NOWHERE)
    ? values
    : undefined;
}

/** For a number that is none of the columns and expressions. */
const NOWHERE = 0;

/** From the number of a column in the table to its position in `columns`, from 1; those of expressions are the same. */
function positionIn({
  numbers,
  expressions,
}: ExtendedStatisticsRow): (attribute: number) => number {
  const positions = new Map(numbers.map((number, index) => [number, index + 1]));
  return (attribute) => {
    const isExpression = attribute < 0 && attribute >= -expressions;
    return isExpression ? attribute : (positions.get(attribute) ?? NOWHERE);
  };
}

function isSmall({
  most_common_vals,
  most_common_freqs,
  most_common_base_freqs,
  exprs = [],
}: Values): boolean {
  const texts: (string | undefined)[] = [
    most_common_vals,
    most_common_freqs,
    most_common_base_freqs,
    ...exprs.flatMap((each) => Object.values(each)),
  ];
  return texts.every((text = "") => text.length <= MAX_COLUMN_STATISTICS_BYTES);
}

/** The server takes no empty lists. */
function presentList<Item>(list: Item[]): Item[] | undefined {
  return list.length === 0 ? undefined : list;
}
