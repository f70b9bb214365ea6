/** An archive without the parts that cannot be read. */
import type { ManifestPart, ManifestRelation } from "./format/manifest.ts";
import type { ArchiveReader } from "./reader.ts";

/** The same archive as if it had never had these parts: its relations have fewer rows. */
export function withoutParts(
  reader: ArchiveReader,
  lost: ReadonlySet<ManifestPart>,
): ArchiveReader {
  const relations = reader.manifest.relations.map((relation) => remaining(relation, lost));
  return {
    manifest: { ...reader.manifest, relations },
    storedManifest: reader.storedManifest,
    sha256: reader.sha256,
    size: reader.size,
    codec: reader.codec,
    manifestOffset: reader.manifestOffset,
    fileName: reader.fileName,
    base: reader.base,
    readEntry: (entry) => reader.readEntry(entry),
    readInChunks: (entry) => reader.readInChunks(entry),
    readStored: (entry) => reader.readStored(entry),
    holderOf: (part) => reader.holderOf(part),
    readParts: (relation, options) => reader.readParts(relation, options),
    readAhead: (parts, options) => reader.readAhead(parts, options),
    close: () => reader.close(),
  };
}

function remaining(relation: ManifestRelation, lost: ReadonlySet<ManifestPart>): ManifestRelation {
  const parts = relation.parts.filter((part) => !lost.has(part));
  if (parts.length === relation.parts.length) return relation;
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  return { ...relation, parts, rows, bytes, units: null };
}
