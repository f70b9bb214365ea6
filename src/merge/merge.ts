/** Makes a full archive of a differential one and its base. Stored members are copied as they are. */
import type { Manifest, ManifestHead, ManifestPart } from "../archive/format/manifest.ts";
import { FORMAT_VERSION } from "../archive/format/version.ts";
import { type ArchiveReader, openArchive } from "../archive/reader.ts";
import { schemaEntries } from "../archive/schema-text.ts";
import { sealAndSign } from "../archive/signing/seal-and-sign.ts";
import { type ArchiveTarget, openSink, pathOf } from "../archive/storage/sink.ts";
import type { ArchiveOrigin } from "../archive/storage/source.ts";
import { type ArchiveWriter, createArchiveWriter } from "../archive/writer.ts";
import { psqlEntries } from "../dump/psql-script.ts";
import { copyInStoredOrder, copyStoredParts, isCopiedInStore } from "../dump/reuse/stored-parts.ts";
import {
  ArchiveError,
  failureOf,
  isError,
  isNexushubDumpError,
  throwIfAborted,
  UsageError,
} from "../errors.ts";
import { requirePath } from "../sql/conninfo/require-path.ts";
import { qualified } from "../util/label.ts";
import { ownPackage } from "../util/package.ts";
import { dataProgress } from "../util/progress.ts";
import { type Warning, warning } from "../warnings.ts";
import type { MergeOptions, MergeResult } from "./options.ts";

/**
 * Writes the full archive that a dump would have written instead of the differential one: the same schema, the same parts.
 * Both archives stay as they are.
 * @param archive the differential one; its base is beside it, or comes from `withBase`.
 * @param target where the new archive goes: a path, a stream, or a store.
 * @throws UsageError for an archive that is full, and for a target that is its base; RefusedError (BASE_MISSING);
 * ArchiveError when something is damaged; OutputError when the archive cannot be written; AbortedError.
 */
export async function merge(
  archive: ArchiveOrigin,
  target: ArchiveTarget,
  options: MergeOptions = {},
): Promise<MergeResult> {
  requirePath(archive, "archive");
  requirePath(target, "archive");
  const started = performance.now();
  const { signal } = options;
  const reader = await openArchive(archive, { signal });
  try {
    await requireBase(reader, target);
    const result = await writeMerged(reader, target, options);
    return { path: pathOf(target), ...result, elapsedMs: Math.round(performance.now() - started) };
  } catch (error) {
    throw failureOf(error, signal, "while merging");
  } finally {
    await reader.close();
  }
}

async function requireBase(reader: ArchiveReader, target: ArchiveTarget): Promise<void> {
  const { base, fileName, manifest } = reader;
  if (base === null) {
    throw new UsageError("the archive is full: there is nothing to merge", { object: fileName });
  }
  const path = pathOf(target);
  const replaced = path === null ? null : await digestOf(path);
  if (replaced === reader.sha256 || replaced === base.sha256) {
    throw new UsageError("the new archive would replace one of those that it is made of", {
      object: path ?? undefined,
      hint: "other archives may need it: choose another name",
    });
  }
  const { compression } = manifest.options;
  if (base.codec === reader.codec) return;
  throw new ArchiveError(
    `the base is not compressed with ${compression}, so its members cannot be copied`,
    { object: base.fileName },
    "ARCHIVE_UNSUPPORTED",
  );
}

/** Null for a file that does not exist, or is not an archive. */
async function digestOf(path: string): Promise<string | null> {
  try {
    const reader = await openArchive(path, { rows: false });
    await reader.close();
    return reader.sha256;
  } catch (error) {
    if (isNexushubDumpError(error) && error.code !== "ABORTED") return null;
    throw error;
  }
}

async function writeMerged(
  reader: ArchiveReader,
  target: ArchiveTarget,
  options: MergeOptions,
): Promise<Omit<MergeResult, "path" | "elapsedMs">> {
  const { manifest } = reader;
  const sink = await openSink(target);
  let writer: ArchiveWriter | undefined;
  try {
    writer = createArchiveWriter(sink, {
      toolVersion: ownPackage().version,
      compression: manifest.options.compression,
    });
    if (!manifest.options.dataOnly) {
      for (const [name, text] of schemaEntries(manifest.objects))
        await writer.writeEntry(name, text);
    }
    const relations = await copyRelations(reader, writer, options);
    throwIfAborted(options.signal, "before the archive was complete");
    const head = headOf(manifest, relations);
    const seal = sealAndSign(options);
    const { bytes: archiveBytes } = await writer.finish(head, { seal, lastEntries: psqlEntries });
    const parts = manifest.relations.flatMap((relation) => relation.parts);
    return {
      archiveBytes,
      rows: sum(parts, "rows"),
      bytes: sum(parts, "bytes"),
      baseRows: sum(
        parts.filter(({ inBase }) => inBase),
        "rows",
      ),
      warnings: warningsOf(reader, options),
    };
  } catch (error) {
    const failure = isError(error) ? error : new Error(String(error));
    await (writer === undefined ? sink.abort() : writer.abort(failure));
    throw error;
  }
}

function sum(parts: readonly ManifestPart[], field: "rows" | "bytes"): number {
  return parts.reduce((total, part) => total + part[field], 0);
}

/** Copies all parts: in the order of their relations, or, inside an object store, in the order in which they are stored. */
async function copyRelations(
  reader: ArchiveReader,
  writer: ArchiveWriter,
  { signal, onProgress }: MergeOptions,
): Promise<Manifest["relations"]> {
  const { relations } = reader.manifest;
  const totalBytes = relations.reduce((total, { bytes }) => total + bytes, 0);
  const progress = dataProgress(onProgress, totalBytes);
  const all = relations.flatMap(({ parts }) => parts);
  const nameOf = (relation: (typeof relations)[number]): string =>
    qualified(relation.namespace, relation.name);
  const names = relations.flatMap((relation) => relation.parts.map(() => nameOf(relation)));
  const onCopied = (index: number): void =>
    progress.add(names[index]!, all[index]!.rows, all[index]!.bytes);
  const options = { reader, writer, isBase: false, isStrict: true, signal, onCopied };
  const copy = isCopiedInStore(options) ? copyInStoredOrder : copyStoredParts;
  const results = (await copy(all, options)).map(({ part }) => part!);
  let next = 0;
  const copied = relations.map((relation) => ({
    ...relation,
    parts: results.slice(next, (next += relation.parts.length)),
  }));
  for (const relation of relations)
    progress.complete(nameOf(relation), { rows: relation.rows, bytes: relation.bytes });
  progress.finish();
  return copied;
}

/** Neither the MAC nor the signature of the differential archive holds for the new manifest. */
function headOf(
  { entries: _, ...manifest }: Manifest,
  relations: Manifest["relations"],
): ManifestHead {
  return {
    ...manifest,
    format: FORMAT_VERSION,
    tool: { name: "nexushub-dump", version: ownPackage().version },
    base: null,
    relations,
    key: null,
    signature: null,
  };
}

function warningsOf({ manifest }: ArchiveReader, { seal }: MergeOptions): Warning[] {
  if (manifest.key === null || seal !== undefined) return [];
  const message =
    "the new archive does not record the sealing key, because the key was not at hand to authenticate it";
  return [warning("key-unavailable", null, message)];
}
