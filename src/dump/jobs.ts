/**
 * Builds the COPY statements that read the relations: one for a table, or one for each range of its blocks, so that
 * several connections can share a table. Pure.
 */
import type { ServerVersion } from "../catalog/version.ts";
import { nameHolds, requireNames } from "../pg/relation-names.ts";
import { restrictedKinds, setLocal } from "../pg/session.ts";
import { columnList, qualify, quoteIdent } from "../sql/ident.ts";
import { quoteLiteral } from "../sql/literal.ts";
import type { TableUnits } from "./reuse/plan-units.ts";
import type { UnitRange } from "./reuse/scan-units.ts";
import { isComparedWhole } from "./reuse/scan-whole.ts";
import { type SelectedRelation, selectColumns, whereClause } from "./rows/selected-relation.ts";
import { sortKey, wholeRowKey } from "./rows/sort-key.ts";

export interface CopyJob {
  /** Index of the relation. */
  readonly relation: number;
  /** Position of the job's rows among those of its relation, counted from 0. */
  readonly range: number;
  readonly sql: string;
  /** Blocks to read. */
  readonly pages: number;
  /** Whether it runs expressions that the user or an extension wrote, which can fail in any way. */
  readonly runsUserSql: boolean;
  /** The units that the job consists of; undefined without units. */
  readonly units?: UnitRange | undefined;
}

export interface JobOptions {
  readonly version: ServerVersion;
  /** Connections that will share the work. */
  readonly workers: number;
  /** The database's encoding. Rows are copied in it, so that no conversion can fail. */
  readonly encoding: string;
  readonly reproducible: boolean;
  /** The type under a column's domains, for the row order of reproducible dumps. */
  readonly typeOf: (oid: number, column: string) => string;
  /**
   * Whether planning a query over a table may run functions that the login has no reason to trust. COPY of a table by
   * its name alone is not planned.
   */
  readonly planRunsCode: (oid: number) => boolean;
  /** How the relations are divided into units, in their order; null without units. Default: none is. */
  readonly units?: readonly (TableUnits | null)[] | undefined;
}

/** Blocks below which a range costs more (a statement, a lock, a last part that is not full) than it saves: 8 MiB. */
const MIN_RANGE_PAGES = 1024;
/** Blocks of the largest range, so that connections finish at about the same time: 128 MiB. */
const MAX_RANGE_PAGES = 16 * 1024;
/** Older servers have no TID range scans: a condition on `ctid` reads the whole table each time. */
const TID_RANGE_SCAN_SINCE = 14;

/** The jobs, largest first; for a reproducible dump, one for each relation in their order. */
export function copyJobs(relations: readonly SelectedRelation[], options: JobOptions): CopyJob[] {
  const total = relations.reduce((sum, { relation }) => sum + relation.pages, 0);
  const share = Math.ceil(total / (options.workers * 8));
  const step = Math.min(MAX_RANGE_PAGES, Math.max(MIN_RANGE_PAGES, share));
  const jobs = relations.flatMap((selected, relation) =>
    rangesOf(selected, options.units?.[relation] ?? null, step, options).map((job, range) => ({
      relation,
      range,
      sql: guarded(selected, job, options),
      pages: job.pages,
      units: job.units,
      runsUserSql:
        selected.hasUserSql || selected.relation.isForeign || selected.relation.condition !== null,
    })),
  );
  // With one connection, the order of the relations takes no longer and gives a tidier archive.
  if (options.reproducible || options.workers === 1) return jobs;
  const turn = (job: CopyJob): number => turnOf(job, options.units?.[job.relation] ?? null);
  return jobs.sort(
    (a, b) =>
      turn(a) - turn(b) || b.pages - a.pages || a.relation - b.relation || a.range - b.range,
  );
}

/** One connection compares a table for all ranges of it; the others read other tables meanwhile. */
function turnOf({ range }: CopyJob, units: TableUnits | null): number {
  if (units === null || !isComparedWhole(units)) return 1;
  return range === 0 ? 0 : 2;
}

interface RangeJob extends Pick<CopyJob, "sql" | "pages" | "units"> {
  /** Whether it is COPY of a query, not of a table by its name. */
  readonly isQuery: boolean;
}

function rangesOf(
  selected: SelectedRelation,
  units: TableUnits | null,
  step: number,
  options: JobOptions,
): RangeJob[] {
  if (options.reproducible)
    return [{ sql: sortedCopy(selected, options), pages: selected.relation.pages, isQuery: true }];
  return units === null
    ? ranges(selected, step, options)
    : unitRanges(selected, units, step, options);
}

/** Blocks from which on looking up the name once more costs nothing against the copying: 1 MiB. */
const GUARD_PAGES = 128;

/**
 * Looks up the name first, in the same text: a query over what took the table's place would run the functions of that
 * (a view's, an index's). COPY of a table by its name runs none, so for a small one the check at the end of the dump is
 * enough. SQL of the user's may read views.
 */
function guarded(
  { relation, hasUserSql }: SelectedRelation,
  { sql, isQuery }: Pick<RangeJob, "sql" | "isQuery">,
  { version }: Pick<JobOptions, "version">,
): string {
  if (!isQuery && relation.pages < GUARD_PAGES) return sql;
  const setting = (restricted: boolean): string[] =>
    hasUserSql || relation.isForeign
      ? [setLocal(restrictedKinds(version, restricted))].filter(Boolean)
      : [];
  return [requireNames([relation]), ...setting(false), sql, ...setting(true)].join("; ");
}

/** Even with one connection: a range is read twice, and the second time it should still be in memory. */
function unitRanges(
  selected: SelectedRelation,
  { blocks, count }: TableUnits,
  step: number,
  options: JobOptions,
): RangeJob[] {
  const unitsInRange = Math.max(1, Math.floor(step / blocks));
  return Array.from({ length: Math.ceil(count / unitsInRange) }, (_, i) => {
    const first = i * unitsInRange;
    const end = Math.min(count, first + unitsInRange);
    return {
      sql: rangeCopy(selected, first * blocks, end === count ? null : end * blocks, options),
      pages: (end - first) * blocks,
      units: { first, end },
      isQuery: true,
    };
  });
}

function ranges(selected: SelectedRelation, step: number, options: JobOptions): RangeJob[] {
  const { relation } = selected;
  const count = Math.ceil(relation.pages / step);
  const canCut =
    options.workers > 1 &&
    options.version.major >= TID_RANGE_SCAN_SINCE &&
    relation.isHeap &&
    relation.condition === null &&
    !options.planRunsCode(relation.oid) &&
    // A second range of less than half a step is not worth its statement.
    relation.pages > 1.5 * step;
  if (!canCut) return [wholeCopy(selected, options)];
  return Array.from({ length: count }, (_, i) => {
    const from = i * step;
    // The last range has no upper end: the table may have grown since its size was read.
    const last = i === count - 1;
    return {
      sql: rangeCopy(selected, from, last ? null : from + step, options),
      pages: last ? relation.pages - from : step,
      isQuery: true,
    };
  });
}

/** `rangeCopy`, after a look-up of the table's name. */
export function guardedRangeCopy(
  selected: SelectedRelation,
  from: number,
  to: number | null,
  options: Pick<JobOptions, "encoding" | "version">,
): string {
  return guarded(selected, { sql: rangeCopy(selected, from, to, options), isQuery: true }, options);
}

/** COPY of the blocks from `from` on and before `to`; null for no upper end. */
function rangeCopy(
  selected: SelectedRelation,
  from: number,
  to: number | null,
  options: Pick<JobOptions, "encoding">,
): string {
  const lower = from === 0 ? null : `ctid >= '(${from},0)'`;
  const upper = to === null ? null : `ctid < '(${to},0)'`;
  return queryCopy(selected, [lower, upper], "", options);
}

function copyOptions({ encoding }: Pick<JobOptions, "encoding">): string {
  return `TO STDOUT (ENCODING ${quoteLiteral(encoding)})`;
}

function wholeCopy(selected: SelectedRelation, options: JobOptions): RangeJob {
  const { relation, where, masks } = selected;
  const { pages } = relation;
  // COPY takes no foreign table by its name.
  if (where !== null || masks.size > 0 || relation.condition !== null || relation.isForeign) {
    return { sql: queryCopy(selected, [], "", options), pages, isQuery: true };
  }
  const columns = relation.columns.length === 0 ? "" : ` ${columnList(relation.columns)}`;
  const sql = `COPY ${qualify(relation.namespace, relation.name)}${columns} ${copyOptions(options)}`;
  return { sql, pages, isQuery: false };
}

/** With ONLY: unlike COPY of a table, a query also reads the tables that inherit from it. */
function queryCopy(
  selected: SelectedRelation,
  bounds: readonly (string | null)[],
  order: string,
  options: Pick<JobOptions, "encoding">,
): string {
  const { relation, where } = selected;
  const from = `SELECT ${selectColumns(selected)} FROM ONLY ${qualify(relation.namespace, relation.name)}`;
  const configured = relation.condition?.replace(/^\s*WHERE\b/i, "") ?? null;
  return `COPY (${from}${whereClause([nameHolds(relation), configured, ...bounds, where])}${order}) ${copyOptions(options)}`;
}

/** Rows in primary key order, or in the order of their text if there is no primary key. */
function sortedCopy(selected: SelectedRelation, options: JobOptions): string {
  const { relation } = selected;
  const table = qualify(relation.namespace, relation.name);
  const key = relation.keyColumns.map((name) =>
    sortKey(`${table}.${quoteIdent(name)}`, options.typeOf(relation.oid, name)),
  );
  const order = key.length > 0 ? key : [wholeRowKey(table, relation.columns)];
  return queryCopy(
    selected,
    [],
    relation.columns.length === 0 ? "" : ` ORDER BY ${order.join(", ")}`,
    options,
  );
}
