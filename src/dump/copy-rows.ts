/** Copies the rows of everything that the plan lists into the archive. */
import type { ArchiveWriter } from "../archive/writer.ts";
import { largeObjectCopySql } from "../sql/large-object-rows.ts";
import type { Connection } from "../pg/connection.ts";
import { qualify } from "../sql/ident.ts";
import { dataProgress } from "../util/progress.ts";
import type { Warning } from "../warnings.ts";
import { columnTypes } from "./column-types.ts";
import type { CopiedRelation, CopySource } from "./copy-relation.ts";
import { copyRelations } from "./copy.ts";
import type { DumpSettings } from "./defaults.ts";
import { type CopyJob, copyJobs } from "./jobs.ts";
import type { PreparedDump } from "./prepare.ts";
import type { SelectedRelation } from "./rows/selected-relation.ts";
import { defaultJobs, openWorkers } from "./workers.ts";

const PAGE_BYTES = 8192;

export interface CopyRowsOptions {
  readonly settings: DumpSettings;
  readonly writer: ArchiveWriter;
  /** The relations of the plan, in its order. */
  readonly selected: readonly SelectedRelation[];
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
  const relations: CopySource[] = prepared.plan.relations.map(({ namespace, name }) => ({
    label: `table ${qualify(namespace, name)}`,
    lock: qualify(namespace, name),
  }));
  if (prepared.plan.largeObjects) {
    const sql = largeObjectCopySql(prepared.catalog.database.isSuperuser);
    jobs.push({ relation: relations.length, range: 0, sql, pages: 0 });
    relations.push({ label: "large objects", lock: null });
  }
  onProgress?.({ type: "phase", phase: "data" });
  const progress = dataProgress(onProgress, pages * PAGE_BYTES);
  const copied = await copyRelations(connections, {
    relations,
    jobs,
    writer,
    partBytes,
    ordered: reproducible,
    progress,
    signal,
    onFailure,
  });
  progress.finish();
  return copied;
}

function tableJobs(
  { version, catalog }: PreparedDump,
  { settings, selected, connections }: CopyRowsOptions,
): CopyJob[] {
  return copyJobs(selected, {
    version,
    workers: connections.length,
    encoding: catalog.database.encoding,
    reproducible: settings.reproducible,
    typeOf: columnTypes(catalog),
  });
}
