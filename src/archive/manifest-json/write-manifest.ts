/** The text of a manifest, and how it is stored so that every reader accepts it. */
import { UnsupportedObjectError, UsageError } from "../../errors.ts";
import { type Compression, compress, store } from "../format/compression.ts";
import type { Manifest } from "../format/manifest.ts";
import { maxManifestBytes, maxManifestValues, hasAtMost } from "../format/manifest-limits.ts";
import { type Allocate, allocate } from "../part-buffers.ts";

/** A NUL, or a surrogate, which JSON.stringify escapes only where its other half is missing. */
const UNREADABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;

const NEWLINE = 0x0a;

/** @throws UsageError only when a text of an option holds a character that no server can hold. */
export function manifestJson(manifest: Manifest, take: Allocate = allocate): Buffer {
  const json = JSON.stringify(manifest);
  if ((json.includes("\\u0000") || json.includes("\\ud")) && UNREADABLE.test(json)) {
    throw new UsageError("an option contains the character 0, or half a character");
  }
  // Not by appending to the text, which would be copied once more.
  const size = Buffer.byteLength(json) + 1;
  const bytes = take(size).subarray(0, size);
  bytes[bytes.write(json)] = NEWLINE;
  return bytes;
}

/**
 * The manifest's member. It is not compressed where a reader would take so few bytes for an attack.
 * @param size bytes of the manifest's text.
 * @param member makes the member in one of the two ways.
 * @throws UnsupportedObjectError only when no archive can hold a manifest of that size.
 */
export async function manifestMember(
  manifest: Manifest,
  size: number,
  { codec }: Compression,
  member: (how: typeof compress) => Promise<Buffer>,
): Promise<Buffer> {
  for (const how of [compress, store]) {
    const stored = await member(how);
    const most = maxManifestValues(stored.length);
    const isAccepted =
      size <= maxManifestBytes(codec, stored.length) && hasAtMost(manifest, size, most);
    if (isAccepted) return stored;
  }
  throw new UnsupportedObjectError(
    "the database has more objects than one archive can describe",
    [],
    { hint: "dump it into several archives, with --schema" },
  );
}
