/** Copies the rows of everything that the plan lists into the archive. */
import type { ArchiveWriter } from "../archive/writer.ts";
import { largeObjectCopySql } from "../sql/large-object-rows.ts";
import type { Connection } from "../pg/connection.ts";
import { nameHolds } from "../pg/relation-names.ts";
import { qualify } from "../sql/ident.ts";
import { dataProgress } from "../util/progress.ts";
import type { Warning } from "../warnings.ts";
import { columnTypes } from "./column-types.ts";
import type { CopiedRelation, CopySource } from "./copy-relation.ts";
import { copyRelations } from "./copy.ts";
import type { DumpSettings } from "./defaults.ts";
import { type CopyJob, copyJobs, guardedRangeCopy } from "./jobs.ts";
import { planRunsCode } from "./planned-code.ts";
import type { PreparedDump } from "./prepare.ts";
import type { ReusePlan } from "./reuse/reuse-plan.ts";
import { WHOLE_SCAN_SETTINGS } from "./reuse/scan-whole.ts";
import { SizeEstimate } from "./size-estimate.ts";
import type { SelectedRelation } from "./rows/selected-relation.ts";
import { defaultJobs, openWorkers } from "./workers.ts";

export interface CopyRowsOptions {
  readonly settings: DumpSettings;
  readonly writer: ArchiveWriter;
  /** The relations of the plan, in its order. */
  readonly selected: readonly SelectedRelation[];
  /** What is reused, and how the relations are numbered. */
  readonly reuse: ReusePlan;
  /** The first one holds the locks; further ones are added, for the caller to close. */
  readonly connections: Connection[];
  readonly signal: AbortSignal;
  readonly onWarning: (warning: Warning) => void;
  /** Receives the first failure, so that the other connections stop. */
  readonly onFailure: (error: unknown) => void;
}

/** @returns the relations in the order of the plan, then the large objects if the plan has them. */
export async function copyRows(
  prepared: PreparedDump,
  options: CopyRowsOptions,
): Promise<CopiedRelation[]> {
  const { settings, writer, connections, signal, onWarning, onFailure } = options;
  const { onProgress, partBytes, reproducible } = settings;
  const pages = prepared.plan.relations.reduce((sum, relation) => sum + relation.pages, 0);
  const count = prepared.snapshot === undefined ? 1 : (settings.jobs ?? defaultJobs(pages));
  const onConnection = (worker: Connection): void => void connections.push(worker);
  await openWorkers(prepared, { count, signal, onConnection, onWarning });
  const jobs = tableJobs(prepared, options);
  const relations = copySources(prepared, options);
  if (prepared.plan.largeObjects) {
    const sql = largeObjectCopySql(prepared.catalog.database.isSuperuser);
    jobs.push({ relation: relations.length, range: 0, sql, pages: 0, runsUserSql: false });
    const number = options.reuse.numbers[relations.length]!;
    relations.push({ label: "large objects", lock: null, number, units: null });
  }
  await prepareConnections(options);
  onProgress?.({ type: "phase", phase: "data" });
  const blocks = options.selected.map(({ relation }) => relation.pages + relation.toastPages);
  const estimate = new SizeEstimate(blocks.reduce((sum, each) => sum + each, 0));
  const progress = dataProgress(onProgress, (bytes) => estimate.total(bytes));
  const copied = await copyRelations(connections, {
    relations,
    jobs,
    writer,
    partBytes,
    ordered: reproducible,
    progress,
    signal,
    earlier: options.reuse.earlier?.reader,
    isBase: settings.base !== undefined,
    onWarning,
    onFailure,
    onJobDone: (job, bytes) =>
      estimate.finish(blocksOf(job, options.selected[job.relation]), bytes),
  });
  progress.finish();
  return copied;
}

/** The blocks that a job reads, with its share of the TOAST table; none of large objects, which have none of their own. */
function blocksOf(job: CopyJob, selected: SelectedRelation | undefined): number {
  if (selected === undefined) return 0;
  const { pages, toastPages } = selected.relation;
  return pages === 0 ? toastPages : job.pages * (1 + toastPages / pages);
}

function copySources(
  { catalog, version }: PreparedDump,
  { selected, reuse }: CopyRowsOptions,
): CopySource[] {
  const { encoding } = catalog.database;
  return selected.map((each, index) => {
    const name = qualify(each.relation.namespace, each.relation.name);
    const source = {
      label: `table ${name}`,
      lock: each.relation.isForeign ? null : name,
      number: reuse.numbers[index]!,
    };
    const { units } = reuse.tables[index]!;
    const copySql = (from: number, to: number | null): string =>
      guardedRangeCopy(each, from, to, { encoding, version });
    const nameCondition = nameHolds(each.relation);
    const table = { ...source, name, nameCondition, copySql };
    return { ...source, units: units === null ? null : { ...table, units } };
  });
}

/** Rows of units must come in physical order, and the rows of a parallel query come in any. */
async function prepareConnections({ reuse, connections }: CopyRowsOptions): Promise<void> {
  if (reuse.tables.every(({ units }) => units === null)) return;
  await Promise.all(
    connections.map(({ query }) =>
      query(`SET LOCAL max_parallel_workers_per_gather = 0; ${WHOLE_SCAN_SETTINGS}`),
    ),
  );
}

function tableJobs(
  { version, catalog }: PreparedDump,
  { settings, selected, connections, reuse }: CopyRowsOptions,
): CopyJob[] {
  return copyJobs(selected, {
    version,
    workers: connections.length,
    encoding: catalog.database.encoding,
    reproducible: settings.reproducible,
    typeOf: columnTypes(catalog),
    planRunsCode: planRunsCode(catalog),
    units: reuse.tables.map(({ units }) => units),
  });
}
