/** The public dump: surveys the database, copies its rows, and makes the archive final. */
import type { ManifestRelation } from "../archive/format/manifest.ts";
import { type ArchiveTarget, openSink } from "../archive/storage/sink.ts";
import { signManifest } from "../archive/signing/signature.ts";
import { type ArchiveWriter, createArchiveWriter, type SealManifest } from "../archive/writer.ts";
import { largeObjectCopySql } from "../sql/large-object-rows.ts";
import { AbortedError, NexushubDumpError, throwIfAborted } from "../errors.ts";
import type { ConnectionSource } from "../pg/connect.ts";
import type { Connection } from "../pg/connection.ts";
import { dataProgress } from "../util/progress.ts";
import { qualify } from "../sql/ident.ts";
import type { Warning } from "../warnings.ts";
import { ownPackage } from "../util/package.ts";
import { columnTypes } from "./column-types.ts";
import { type CopiedRelation, copyRelations, type CopySource } from "./copy.ts";
import { copyJobs } from "./jobs.ts";
import { manifestHead } from "./manifest-head.ts";
import type { DumpOptions, DumpResult } from "./options.ts";
import { psqlEntries } from "./psql-script.ts";
import { selectRows } from "./rows/select-rows.ts";
import { schemaText } from "../archive/schema-text.ts";
import type { SelectedRelation } from "./rows/select-list.ts";
import { readSequences } from "./sequences.ts";
import { readServerIdentity, withFlushPosition } from "./server-identity.ts";
import { type DumpSettings, dumpSettings } from "./defaults.ts";
import { type PreparedDump, prepareDump } from "./prepare.ts";
import { defaultJobs, openWorkers } from "./workers.ts";

const PAGE_BYTES = 8192;

/** What the steps of one dump share. */
interface Dump {
  readonly settings: DumpSettings;
  /** The first call writes the archive's first bytes. */
  readonly openWriter: () => ArchiveWriter;
  /** The first one holds the locks. All are closed in the end, whatever happens. */
  readonly connections: Connection[];
  /** Fires when the caller's signal does, and when a part of the dump fails. */
  readonly signal: AbortSignal;
  readonly stop: (reason: unknown) => void;
}

/**
 * Writes one consistent archive of a database. The archive appears at its place only when it is complete.
 * @param source the database: a connection string, which libpq's environment completes, or a configuration of `pg`.
 * @param target where the archive goes: a path, a stream, or a store.
 * @throws UsageError for options that make no sense; ConnectionError, UnsupportedServerError, ServerError for what the
 * server says; UnsupportedObjectError for what cannot be carried; OutputError when the archive cannot be written;
 * AbortedError when the signal fired. Nothing is left behind then.
 */
export async function dump(
  source: ConnectionSource,
  target: ArchiveTarget,
  options: DumpOptions = {},
): Promise<DumpResult> {
  const started = performance.now();
  const settings = dumpSettings(options);
  const { compression, partBytes } = settings;
  const controller = new AbortController();
  const stop = (reason: unknown): void => controller.abort(reason);
  const signal = AbortSignal.any([
    controller.signal,
    ...(options.signal === undefined ? [] : [options.signal]),
  ]);
  const connections: Connection[] = [];
  const sink = await openSink(target);
  let writer: ArchiveWriter | undefined;
  try {
    const openWriter = (): ArchiveWriter =>
      (writer = createArchiveWriter(sink, {
        toolVersion: ownPackage().version,
        compression,
        partBytes,
      }));
    const result = await writeArchive(source, { settings, openWriter, connections, signal, stop });
    return {
      path: typeof target === "string" ? target : null,
      ...result,
      elapsedMs: Math.round(performance.now() - started),
    };
  } catch (error) {
    const failure = asFailure(error, options.signal);
    stop(failure);
    await (writer === undefined ? sink.abort() : writer.abort(failure));
    throw failure;
  } finally {
    await Promise.all(connections.map((connection) => connection.close()));
  }
}

/** The caller's own abort wins over whatever it made fail. */
function asFailure(error: unknown, signal: AbortSignal | undefined): Error {
  if (signal?.aborted === true && !(error instanceof AbortedError)) {
    return new AbortedError("while dumping", { cause: error });
  }
  return error instanceof Error ? error : new NexushubDumpError("INTERNAL", String(error));
}

async function writeArchive(
  source: ConnectionSource,
  dump: Dump,
): Promise<Omit<DumpResult, "path" | "elapsedMs">> {
  const { settings, openWriter, connections, signal } = dump;
  const { onProgress, dataOnly } = settings;
  const prepared = await prepareDump(source, settings, signal, (one) => connections.push(one));
  const { connection, version, catalog, plan } = prepared;
  const warnings: Warning[] = [];
  /** For who runs it. The archive's own are those of the survey: of the contents, and not of this run. */
  const warn = (warning: Warning): void => {
    warnings.push(warning);
    onProgress?.({ type: "warning", ...warning });
  };
  prepared.warnings.forEach(warn);

  const identity = settings.reproducible ? null : await readServerIdentity(connection, catalog);
  const selected = await selectRows(connection, catalog, plan, settings);
  const positions = await readSequences(connection, version, plan.sequences);
  // Not before everything was asked and checked: who streams to a client can answer with an error until then.
  const writer = openWriter();
  if (!dataOnly) {
    await Promise.all([
      writer.writeEntry("schema/pre-data.sql", schemaText(plan.objects, "pre-data")),
      writer.writeEntry("schema/post-data.sql", schemaText(plan.objects, "post-data")),
    ]);
  }
  const { copied, largeObjects } = await copyRows(dump, writer, prepared, selected, warn);
  const server = identity === null ? null : await withFlushPosition(connection, identity);
  const jobs = connections.length;
  // Nothing more is asked: locks and snapshot need not outlive the copying.
  await Promise.all(connections.splice(0).map((one) => one.close()));

  onProgress?.({ type: "phase", phase: "finish" });
  const head = manifestHead({
    toolVersion: ownPackage().version,
    settings,
    catalog,
    plan,
    server,
    selected,
    copied,
    largeObjects,
    positions,
    warnings: prepared.warnings,
  });
  throwIfAborted(signal, "before the archive was complete");
  const { bytes: archiveBytes } = await writer.finish(head, {
    seal: sealAndSign(settings),
    lastEntries: psqlEntries,
  });
  return {
    archiveBytes,
    objects: plan.objects.length,
    ...totals(head.relations),
    sequences: head.sequences.length,
    warnings,
    jobs,
  };
}

/** Copies everything that the plan lists; of large objects, whether there were any. */
async function copyRows(
  { settings, connections, signal, stop }: Dump,
  writer: ArchiveWriter,
  prepared: PreparedDump,
  selected: readonly SelectedRelation[],
  warn: (warning: Warning) => void,
): Promise<{ copied: readonly CopiedRelation[]; largeObjects: boolean }> {
  const { version, catalog, plan, snapshot } = prepared;
  const { onProgress, partBytes, reproducible } = settings;
  const pages = plan.relations.reduce((sum, relation) => sum + relation.pages, 0);
  const wanted = snapshot === undefined ? 1 : (settings.jobs ?? defaultJobs(pages));
  await openWorkers(prepared, wanted, signal, (one) => connections.push(one), warn);

  const { encoding, isSuperuser } = catalog.database;
  const jobs = copyJobs(selected, {
    version,
    workers: connections.length,
    encoding,
    reproducible,
    typeOf: columnTypes(catalog),
  });
  const sources: CopySource[] = plan.relations.map(({ namespace, name }) => ({
    label: `table ${qualify(namespace, name)}`,
    lock: qualify(namespace, name),
  }));
  // They belong to no schema: like pg_dump, a dump of chosen schemas or tables leaves them out.
  const { largeObjects } = plan;
  if (largeObjects) {
    jobs.push({
      relation: sources.length,
      range: 0,
      sql: largeObjectCopySql(isSuperuser),
      pages: 0,
    });
    sources.push({ label: "large objects", lock: null });
  }
  onProgress?.({ type: "phase", phase: "data" });
  const progress = dataProgress(onProgress, pages * PAGE_BYTES);
  const copied = await copyRelations(connections, sources, jobs, writer, {
    partBytes,
    ordered: reproducible,
    progress,
    signal,
    onFailure: stop,
  });
  progress.finish();
  return { copied, largeObjects };
}

/** The signature comes last: it covers the MAC of an application's key. */
function sealAndSign({ seal, signKey }: DumpSettings): SealManifest | undefined {
  if (signKey === undefined) return seal;
  return (manifest) => signManifest(seal === undefined ? manifest : seal(manifest), signKey);
}

function totals(
  relations: readonly ManifestRelation[],
): Pick<DumpResult, "relations" | "rows" | "bytes"> {
  return {
    relations: relations.map(({ namespace, name, rows, bytes, parts }) => ({
      namespace,
      name,
      rows,
      bytes,
      parts: parts.length,
    })),
    rows: relations.reduce((sum, { rows }) => sum + rows, 0),
    bytes: relations.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}
