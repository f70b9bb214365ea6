/** Reads an archive's manifest and checks it against the trailer, its schema, and itself, before anything else is read. */
import { ArchiveError } from "../errors.ts";
import { checkManifest } from "./format/check-manifest.ts";
import { type Codec, decompress, decompressInChunks, plausible } from "./format/compression.ts";
import { sha256 } from "./format/digest.ts";
import { MANIFEST_ENTRY } from "./format/entry-names.ts";
import type { Manifest, ManifestV1, StoredManifest } from "./format/manifest.ts";
import { maxManifestBytes, maxManifestValues } from "./format/manifest-limits.ts";
import { TAR_END_BYTES, entryBytes, tarEntryBody } from "./format/tar.ts";
import { type Trailer, trailerBytes } from "./format/trailer.ts";
import { upgradeManifest } from "./format/upgrade-manifest.ts";
import { createManifestParser } from "./manifest-json/parse-manifest.ts";
import type { ArchiveSource } from "./storage/store.ts";

export interface ReadManifest {
  /** In the current shape, whatever the archive's format. */
  readonly manifest: Manifest;
  /** As it was written, which is what a MAC or a signature covers. */
  readonly stored: StoredManifest;
}

/** @throws ArchiveError only when the manifest is damaged, contradicts itself or the file, or is of a newer format. */
export async function readManifest(
  source: ArchiveSource,
  trailer: Trailer,
  codec: Codec,
): Promise<ReadManifest> {
  const member = await readMember(source, trailer, codec);
  const stored = await parseMember(member, trailer, codec);
  const manifest =
    trailer.format === 1 ? upgradeManifest(stored as ManifestV1) : (stored as Manifest);
  checkManifest(manifest, trailer.manifestOffset);
  checkStorage(manifest, codec);
  return { manifest, stored };
}

function damaged(object: string, what: string, cause?: unknown): ArchiveError {
  return new ArchiveError(`the ${object} is damaged: ${what}`, { object, cause });
}

/** The manifest's member as it is stored, verified against the trailer. */
async function readMember(source: ArchiveSource, trailer: Trailer, codec: Codec): Promise<Buffer> {
  const { manifestOffset, manifestLength, manifestSize } = trailer;
  const stop = source.size - trailerBytes(codec);
  // The end of the tar is a member of a few bytes, whatever the compression.
  const tarEnd = stop - manifestOffset - manifestLength;
  if (tarEnd < 1 || tarEnd > 2 * TAR_END_BYTES) {
    throw damaged("trailer", "it does not point to a manifest");
  }
  if (
    !plausible(codec, manifestLength, entryBytes(manifestSize)) ||
    manifestSize > maxManifestBytes(codec, manifestLength)
  ) {
    throw damaged("trailer", "the manifest cannot have the size that it declares");
  }
  const stored = await source.read(manifestOffset, stop - manifestOffset);
  if (sha256(stored) !== trailer.sha256) throw damaged("manifest", "its checksum differs");
  const end = stored.subarray(manifestLength);
  const zeros = await decompress(end, codec, TAR_END_BYTES, "end of the tar");
  if (zeros.some((byte) => byte !== 0)) throw damaged("end of the tar", "it is not empty");
  return stored.subarray(0, manifestLength);
}

/** Inflates and parses at once: what is wrong ends both. */
async function parseMember(
  member: Buffer,
  { format, manifestSize }: Trailer,
  codec: Codec,
): Promise<StoredManifest> {
  const parser = await createManifestParser(format, maxManifestValues(member.length));
  const bytes = decompressInChunks(member, codec, entryBytes(manifestSize), "manifest");
  for await (const chunk of tarEntryBody(bytes, MANIFEST_ENTRY, manifestSize)) parser.write(chunk);
  return parser.end();
}

/** Compares the manifest with how the file is stored. */
function checkStorage({ entries, options }: Manifest, codec: Codec): void {
  if (options.compression.split(":")[0] !== codec) {
    throw damaged("manifest", "it names another compression than the archive has");
  }
  for (const { name, length, size } of entries) {
    if (!plausible(codec, length, entryBytes(size))) {
      throw damaged("manifest", `${name} cannot have the size that it declares`);
    }
  }
}
