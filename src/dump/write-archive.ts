/** The steps of a dump between an open sink and a complete archive. */
import type { ManifestServer } from "../archive/format/manifest.ts";
import type { ArchiveReader } from "../archive/reader.ts";
import { schemaEntries } from "../archive/schema-text.ts";
import { sealAndSign } from "../archive/signing/seal-and-sign.ts";
import type { ArchiveSink } from "../archive/storage/store.ts";
import { type ArchiveWriter, createArchiveWriter } from "../archive/writer.ts";
import { throwIfAborted } from "../errors.ts";
import type { Connection } from "../pg/connection.ts";
import type { Plan } from "../plan/plan.ts";
import { ownPackage } from "../util/package.ts";
import type { Warning } from "../warnings.ts";
import { confirmNames } from "./confirm-names.ts";
import { copyRows } from "./copy-rows.ts";
import type { DumpSettings } from "./defaults.ts";
import { copyResult } from "./copy-result.ts";
import { manifestHead, type ManifestInput } from "./manifest-head.ts";
import type { DumpResult } from "./options.ts";
import type { OpenedSource } from "./open-source.ts";
import { prepareDump, type PreparedDump } from "./prepare.ts";
import { psqlEntries } from "./psql-script.ts";
import { planReuse, reserveEntries } from "./reuse/reuse-plan.ts";
import { selectRows } from "./rows/select-rows.ts";
import type { SelectedRelation } from "./rows/selected-relation.ts";
import { readSequences } from "./sequences.ts";
import { readStatistics } from "./statistics.ts";
import { readServerIdentity, withFlushPosition } from "./server-identity.ts";

/** What the steps of one dump share. */
export interface DumpRun {
  readonly settings: DumpSettings;
  /** The earlier archive that the caller offered for reuse, for the caller to close. */
  readonly offered: ArchiveReader | null;
  readonly sink: ArchiveSink;
  /** Receives the writer, for the caller to abort when the dump fails. */
  readonly onWriter: (writer: ArchiveWriter) => void;
  /** Open connections, for the caller to close. The first one holds the locks. */
  readonly connections: Connection[];
  /** Fires when the caller's signal does, and when a part of the dump fails. */
  readonly signal: AbortSignal;
  readonly stop: (reason: unknown) => void;
}

export async function writeArchive(
  source: OpenedSource,
  run: DumpRun,
): Promise<Omit<DumpResult, "path" | "elapsedMs">> {
  const { settings, offered, connections, signal, stop } = run;
  const prepared = await prepareDump(source, settings);
  const { connection, catalog, plan } = prepared;
  const { warnings, onWarning } = warningsOf(settings);
  prepared.warnings.forEach(onWarning);

  const identity = await readIdentity(prepared, settings);
  const selected = await selectRows(connection, catalog, plan, settings);
  const facts = await readFacts(prepared, selected);
  const reuse = await planReuse(prepared, { settings, server: identity, selected, offered });
  // Only now, after all checks: until the first byte, a server that streams to a client can still answer with an error.
  const writer = openWriter(run);
  reserveEntries(writer, reuse);
  if (!settings.dataOnly) await writeSchema(writer, plan);
  const copied = await copyRows(prepared, {
    settings,
    writer,
    selected,
    reuse,
    connections,
    signal,
    onWarning,
    onFailure: stop,
  });
  const server = identity === null ? null : await withFlushPosition(connection, identity);
  const jobs = connections.length;
  await confirmNames(connections, prepared);
  // Nothing else is read: locks and snapshot need not outlive the copying.
  const { head, archive } = await whileClosing(connections.splice(0), async () => {
    settings.onProgress?.({ type: "phase", phase: "finish" });
    const head = manifestHead({
      toolVersion: ownPackage().version,
      settings,
      catalog,
      plan,
      server,
      selected,
      copied,
      reuse,
      ...facts,
      roleDefinitions: prepared.roleDefinitions,
      warnings: prepared.warnings,
    });
    throwIfAborted(signal, "before the archive was complete");
    const ending = { seal: sealAndSign(settings), lastEntries: psqlEntries };
    return { head, archive: await writer.finish(head, ending) };
  });
  return {
    objects: plan.objects.length,
    ...copyResult({ head, copied, reuse, offered, archive }),
    sequences: head.sequences.length,
    warnings,
    jobs,
  };
}

/** Does the work while the connections are closed, and ends with both. */
async function whileClosing<T>(
  connections: readonly Connection[],
  work: () => Promise<T>,
): Promise<T> {
  const closing = Promise.all(connections.map((opened) => opened.close()));
  try {
    return await work();
  } finally {
    await closing;
  }
}

/** Writes the archive's first bytes. */
function openWriter({ settings, sink, onWriter }: DumpRun): ArchiveWriter {
  const { compression, partBytes } = settings;
  const toolVersion = ownPackage().version;
  const writer = createArchiveWriter(sink, { toolVersion, compression, partBytes });
  onWriter(writer);
  return writer;
}

/** What the manifest says of the rows beside where they are. */
async function readFacts(
  { connection, version, catalog, plan }: PreparedDump,
  selected: readonly SelectedRelation[],
): Promise<Pick<ManifestInput, "positions" | "statistics">> {
  const { encoding } = catalog.database;
  return {
    positions: await readSequences(connection, version, plan.sequences),
    statistics: await readStatistics(connection, version, { plan, selected, encoding }),
  };
}

/** Serves reuse alone, so a dump without rows does not ask for it. */
async function readIdentity(
  { connection, catalog }: PreparedDump,
  { reproducible, schemaOnly }: DumpSettings,
): Promise<ManifestServer | null> {
  return reproducible || schemaOnly ? null : readServerIdentity(connection, catalog);
}

/** Collects the warnings of this run. The manifest records those about the contents only. */
function warningsOf({ onProgress }: DumpSettings): {
  warnings: readonly Warning[];
  onWarning: (warning: Warning) => void;
} {
  const warnings: Warning[] = [];
  const onWarning = (warning: Warning): void => {
    warnings.push(warning);
    onProgress?.({ type: "warning", ...warning });
  };
  return { warnings, onWarning };
}

async function writeSchema(writer: ArchiveWriter, { objects }: Plan): Promise<void> {
  await Promise.all(schemaEntries(objects).map(([name, text]) => writer.writeEntry(name, text)));
}
