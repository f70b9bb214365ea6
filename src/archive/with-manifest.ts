/** An archive that says less than it holds. */
import type { Manifest } from "./format/manifest.ts";
import type { ArchiveReader } from "./reader.ts";

/** The same archive with another manifest, whose parts and entries are among its own. */
export function withManifest(reader: ArchiveReader, manifest: Manifest): ArchiveReader {
  return {
    manifest,
    storedManifest: reader.storedManifest,
    sha256: reader.sha256,
    size: reader.size,
    codec: reader.codec,
    manifestOffset: reader.manifestOffset,
    fileName: reader.fileName,
    base: reader.base,
    readEntry: (entry) => reader.readEntry(entry),
    readInChunks: (entry) => reader.readInChunks(entry),
    readStored: (entry, take) => reader.readStored(entry, take),
    checkStored: (entry) => reader.checkStored(entry),
    storedAt: (entry) => reader.storedAt(entry),
    holderOf: (part) => reader.holderOf(part),
    readParts: (relation, options) => reader.readParts(relation, options),
    readAhead: (parts, options) => reader.readAhead(parts, options),
    close: () => reader.close(),
  };
}
