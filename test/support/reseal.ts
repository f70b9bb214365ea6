/** Archives taken apart into their members, and put together again with checksums that are right. */
import { compress, decompress, parseCompression } from "../../src/archive/format/compression.ts";
import { sha256 } from "../../src/archive/format/digest.ts";
import type { Manifest } from "../../src/archive/format/manifest.ts";
import { entryBytes, TAR_END_BYTES } from "../../src/archive/format/tar.ts";
import { encodeTrailer } from "../../src/archive/format/trailer.ts";
import { FORMAT_VERSION } from "../../src/archive/format/version.ts";
import { openArchive } from "../../src/archive/reader.ts";
import { MemoryStore } from "./archives.ts";
import { tarEntry } from "./forge.ts";

export interface Member {
  readonly name: string;
  /** The tar entry: header, body, padding. */
  readonly tar: Buffer;
  /** As it is in the file. */
  readonly stored: Buffer;
}

export interface Parts {
  readonly manifest: Manifest;
  readonly members: readonly Member[];
}

export async function takeApart(bytes: Buffer): Promise<Parts> {
  const reader = await openArchive(new MemoryStore(bytes));
  const members = await Promise.all(
    reader.manifest.entries.map(async ({ name, offset, length, size }) => {
      const stored = bytes.subarray(offset, offset + length);
      const tar = await decompress(stored, reader.codec, entryBytes(size), name);
      return { name, tar, stored };
    }),
  );
  await reader.close();
  return { manifest: reader.manifest, members };
}

/**
 * @param manifest with entries as they should be but for offsets, lengths and checksums, which follow from the members.
 * @param json the manifest's text, where it is not what JSON.stringify makes.
 */
export async function putTogether(
  { manifest, members }: Parts,
  json = (value: Manifest) => `${JSON.stringify(value)}\n`,
): Promise<Buffer> {
  const how = parseCompression(manifest.options.compression);
  let offset = 0;
  const entries = members.map(({ name, stored }, index) => {
    const entry = {
      ...manifest.entries[index]!,
      name,
      offset,
      length: stored.length,
      sha256: sha256(stored),
    };
    offset += stored.length;
    return entry;
  });
  const text = Buffer.from(json({ ...manifest, entries }));
  const member = await compress(await tarEntry({ name: "manifest.json", body: text }), how);
  const end = await compress(Buffer.alloc(TAR_END_BYTES), how);
  const trailer = encodeTrailer(
    {
      format: FORMAT_VERSION,
      manifestOffset: offset,
      manifestLength: member.length,
      manifestSize: text.length,
      sha256: sha256(member, end),
    },
    how.codec,
  );
  return Buffer.concat([...members.map(({ stored }) => stored), member, end, trailer]);
}
