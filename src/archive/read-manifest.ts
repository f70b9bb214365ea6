/** Reads an archive's manifest and checks it against the trailer, its schema, and itself, before anything else is read. */
import { ArchiveError } from "../errors.ts";
import { MAX_MANIFEST_BYTES } from "../limits.ts";
import { checkManifest } from "./format/check-manifest.ts";
import { type Codec, decompress, plausible } from "./format/compression.ts";
import { sha256 } from "./format/digest.ts";
import { MANIFEST_ENTRY } from "./format/entry-names.ts";
import type { Manifest, StoredManifest } from "./format/manifest.ts";
import { TAR_END_BYTES, entryBytes, openTarEntry } from "./format/tar.ts";
import { type Trailer, requireFormat, trailerBytes } from "./format/trailer.ts";
import { upgradeManifest } from "./format/upgrade-manifest.ts";
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
  const read = await parseManifest(await readManifestEntry(source, trailer, codec));
  if (read.stored.format !== trailer.format) {
    throw damaged("manifest", "it is of another format than the trailer");
  }
  checkManifest(read.manifest, trailer.manifestOffset);
  checkStorage(read.manifest, codec);
  return read;
}

function damaged(object: string, what: string, cause?: unknown): ArchiveError {
  return new ArchiveError(`the ${object} is damaged: ${what}`, { object, cause });
}

/** The JSON text, verified against the trailer. */
async function readManifestEntry(
  source: ArchiveSource,
  trailer: Trailer,
  codec: Codec,
): Promise<Buffer> {
  const { manifestOffset, manifestLength, manifestSize } = trailer;
  const stop = source.size - trailerBytes(codec);
  // The end of the tar is a member of a few bytes, whatever the compression.
  const tarEnd = stop - manifestOffset - manifestLength;
  if (manifestSize > MAX_MANIFEST_BYTES || tarEnd < 1 || tarEnd > 2 * TAR_END_BYTES) {
    throw damaged("trailer", "it does not point to a manifest");
  }
  const size = entryBytes(manifestSize);
  if (!plausible(codec, manifestLength, size)) {
    throw damaged("trailer", "the manifest cannot have the size that it declares");
  }
  const stored = await source.read(manifestOffset, stop - manifestOffset);
  if (sha256(stored) !== trailer.sha256) throw damaged("manifest", "its checksum differs");
  const end = stored.subarray(manifestLength);
  const zeros = await decompress(end, codec, TAR_END_BYTES, "end of the tar");
  if (zeros.some((byte) => byte !== 0)) throw damaged("end of the tar", "it is not empty");
  const bytes = await decompress(stored.subarray(0, manifestLength), codec, size, "manifest");
  return openTarEntry(bytes, MANIFEST_ENTRY, manifestSize);
}

async function parseManifest(json: Buffer): Promise<ReadManifest> {
  let value: unknown;
  try {
    value = JSON.parse(json.toString("utf8"));
  } catch (error) {
    throw damaged("manifest", "it is not JSON", error);
  }
  const format = (value as { format?: unknown } | null)?.format;
  if (typeof format === "number") requireFormat(format);
  return format === 1 ? parseV1(value) : parseV2(value);
}

// The schemas are loaded on demand, so that writing an archive does not load zod.

async function parseV1(value: unknown): Promise<ReadManifest> {
  const { manifestV1Schema } = await import("./format/manifest-v1-schema.ts");
  const stored = validated(manifestV1Schema.safeParse(value));
  return { stored, manifest: upgradeManifest(stored) };
}

async function parseV2(value: unknown): Promise<ReadManifest> {
  const { manifestSchema } = await import("./format/manifest-schema.ts");
  const manifest = validated(manifestSchema.safeParse(value));
  return { stored: manifest, manifest };
}

type Validation<T> =
  | { readonly success: true; readonly data: T }
  | {
      readonly success: false;
      readonly error: {
        readonly issues: readonly { readonly path: PropertyKey[]; readonly message: string }[];
      };
    };

function validated<T>(result: Validation<T>): T {
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue?.path.map(String).join(".") ?? "";
  throw damaged("manifest", `${path}: ${issue?.message ?? "it is not valid"}`);
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
