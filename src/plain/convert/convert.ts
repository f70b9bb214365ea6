/** Writes an archive as a plain dump: SQL and COPY text in one file, as pg_dump writes it and psql reads it. */
import { parseCompression } from "../../archive/format/compression.ts";
import type { ManifestRelation, ManifestRole } from "../../archive/format/manifest.ts";
import { type ArchiveReader, openArchive } from "../../archive/reader.ts";
import { objectText } from "../../archive/schema-text.ts";
import { type ArchiveTarget, openSink, pathOf } from "../../archive/storage/sink.ts";
import type { ArchiveOrigin } from "../../archive/storage/source.ts";
import { ArchiveError, failureOf, throwIfAborted } from "../../errors.ts";
import { definedRoles } from "../../restore/decide/roles.ts";
import { type Selection, selectFromArchive } from "../../restore/decide/selection.ts";
import { restoreSettings } from "../../restore/defaults.ts";
import { requirePath } from "../../sql/conninfo/require-path.ts";
import { withoutOptions } from "../../store/address.ts";
import { qualified } from "../../util/label.ts";
import { dataProgress } from "../../util/progress.ts";
import {
  aroundRows,
  dumpEnd,
  dumpHead,
  type RelationText,
  relationText,
  sequencePositions,
} from "./sql-text.ts";
import type { ConvertOptions, ConvertResult } from "./options.ts";
import { endsCopy } from "./ends-copy.ts";
import { rolesText } from "./role-text.ts";
import { TextSink } from "./text-sink.ts";

/** Hex digits of the key of `\restrict`: 160 bits. */
const KEY_DIGITS = 40;

/**
 * Writes an archive as a plain dump, which psql restores: schema, rows as COPY blocks, positions of sequences, indexes,
 * constraints and triggers. A little of it is in memory at a time, however large it is, and every byte that is read is verified.
 * @param archive a path, a stream, or a store; encrypted, signed or differential as for a restore.
 * @param target where the dump goes: a path, a stream, or a store.
 * @throws UsageError when a pattern matches nothing, or the archive defines no roles; ArchiveError for damage; RefusedError (BASE_MISSING, SIGNATURE);
 * OutputError when the dump cannot be written; AbortedError.
 */
export async function convert(
  archive: ArchiveOrigin,
  target: ArchiveTarget,
  options: ConvertOptions = {},
): Promise<ConvertResult> {
  requirePath(archive, "archive");
  requirePath(target, "archive");
  const started = performance.now();
  const { signal, schemaOnly = false, tables, owner, privileges, roles } = options;
  const compression = parseCompression(options.compression ?? compressionOf(target));
  const reader = await openArchive(archive, { signal, rows: !schemaOnly });
  try {
    const settings = restoreSettings({ schemaOnly, tables, owner, privileges, roles });
    const selection = selectFromArchive(reader.manifest, settings);
    const defined = definedRoles(reader.manifest, settings);
    const sink = new TextSink(await openSink(target), compression);
    try {
      await writeDump(reader, selection, sink, { ...options, defined });
      throwIfAborted(signal, "before the dump was complete");
      await sink.commit();
    } catch (error) {
      await sink.abort();
      throw error;
    }
    return {
      path: pathOf(target),
      fileBytes: sink.bytes,
      ...countsOf(selection),
      roles: defined.map(({ name }) => name),
      warnings: selection.warnings,
      elapsedMs: Math.round(performance.now() - started),
    };
  } catch (error) {
    throw failureOf(error, signal, "while converting");
  } finally {
    await reader.close();
  }
}

function compressionOf(target: ArchiveTarget): string {
  const path = withoutOptions(pathOf(target) ?? "");
  if (/\.t?gz$/i.test(path)) return "gzip:6";
  return /\.zst$/i.test(path) ? "zstd:3" : "none";
}

function countsOf({
  objects,
  relations,
  sequences,
}: Selection): Pick<ConvertResult, "objects" | "relations" | "rows" | "bytes" | "sequences"> {
  const filled = relations.filter(({ parts }) => parts.length > 0);
  return {
    objects: objects.length,
    relations: filled.length,
    rows: filled.reduce((sum, { rows }) => sum + rows, 0),
    bytes: filled.reduce((sum, { bytes }) => sum + bytes, 0),
    sequences: sequences.length,
  };
}

async function writeDump(
  reader: ArchiveReader,
  selection: Selection,
  sink: TextSink,
  options: ConvertOptions & { readonly defined: readonly ManifestRole[] },
): Promise<void> {
  const { manifest } = reader;
  // Of the manifest, which covers the rows with their checksums: nothing in the dump can hold it, and so end the restriction.
  const restrictKey = options.restrict === false ? null : reader.sha256.slice(0, KEY_DIGITS);
  await sink.write(dumpHead(manifest, restrictKey));
  await sink.write(rolesText(options.defined));
  await writeSection(selection, "pre-data", sink);
  const around = aroundRows(manifest);
  await sink.write(around.before);
  await writeRows(reader, selection.relations, sink, options);
  await sink.write(around.after);
  await sink.write(sequencePositions(selection));
  await writeSection(selection, "post-data", sink);
  await sink.write(dumpEnd(restrictKey));
}

async function writeSection(
  { objects }: Selection,
  section: "pre-data" | "post-data",
  sink: TextSink,
): Promise<void> {
  for (const object of objects)
    if (object.section === section && object.statements.length > 0)
      await sink.write(
        `\n${objectText({ ...object, statements: object.statements.map(outsideTransaction) })}`,
      );
}

/**
 * A dump sets a setting for some statements, and then back to what it was. Without a transaction around the file SET LOCAL
 * would do nothing.
 */
function outsideTransaction(statement: string): string {
  return statement.replace(/^SET LOCAL /, "SET ");
}

/** Parts are read ahead beyond the end of a relation. */
async function writeRows(
  reader: ArchiveReader,
  relations: readonly ManifestRelation[],
  sink: TextSink,
  { signal, onProgress }: ConvertOptions,
): Promise<void> {
  const filled = relations.filter(({ parts }) => parts.length > 0);
  const bytes = filled.reduce((sum, relation) => sum + relation.bytes, 0);
  const progress = dataProgress(onProgress, bytes);
  const order = filled.flatMap((relation) => relation.parts);
  const parts = reader.readAhead(order, { signal })[Symbol.asyncIterator]();
  try {
    for (const relation of filled) {
      const name = qualified(relation.namespace, relation.name);
      const text = relationText(relation, reader.manifest);
      await sink.write(text.before);
      for (const part of relation.parts) {
        const { value, done } = await parts.next();
        if (done === true) break;
        await writePart(value.data, text, name, sink);
        progress.add(name, part.rows, part.bytes);
      }
      await sink.write(text.after);
      progress.complete(name, { rows: relation.rows, bytes: relation.bytes });
    }
  } finally {
    await parts.return?.();
  }
  progress.finish();
}

async function writePart(
  rows: Buffer,
  { beforePart, afterPart }: RelationText,
  name: string,
  sink: TextSink,
): Promise<void> {
  if (endsCopy(rows)) {
    throw new ArchiveError(
      `the rows of ${name} hold a line that would end them early, which no server writes`,
      { object: name, hint: "somebody forged the archive: find out where it comes from" },
    );
  }
  await sink.write(beforePart);
  await sink.write(rows);
  await sink.write(afterPart);
}
