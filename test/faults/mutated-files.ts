/** Changes of whole archives: of any byte as it lies in the file, and of members that are sealed anew afterwards. */
import { deflateRawSync, gzipSync } from "node:zlib";
import { crc32 } from "node:zlib";
import { compress, parseCompression } from "../../src/archive/format/compression.ts";
import { sha256 } from "../../src/archive/format/digest.ts";
import type { Manifest, ManifestPart } from "../../src/archive/format/manifest.ts";
import { paddingOf, TAR_BLOCK } from "../../src/archive/format/tar.ts";
import type { Random } from "../../src/nexushub/demo-data/random.ts";
import { tarEntry } from "../support/forge.ts";
import type { Member, Parts } from "../support/reseal.ts";

const MAX_BYTES = 64;

/** Random bytes. */
function noise(random: Random): Buffer {
  return Buffer.from(Array.from({ length: 1 + random.below(MAX_BYTES) }, () => random.below(256)));
}

/** Changes a file and seals nothing anew. What comes back may be equal to what was given. */
export function mutateBytes(bytes: Buffer, random: Random, other: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const at = random.below(copy.length);
  const length = 1 + random.below(Math.min(2048, copy.length - at));
  switch (random.below(9)) {
    case 0:
      copy[at]! ^= 1 << random.below(8);
      return copy;
    case 1:
      copy[at] = random.below(256);
      return copy;
    case 2:
      return copy.subarray(0, at);
    case 3:
      return Buffer.concat([copy.subarray(0, at), noise(random), copy.subarray(at)]);
    case 4:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(at + length)]);
    case 5:
      return copy.fill(0, at, at + length);
    case 6:
      copy.copyWithin(random.below(copy.length), at, at + length);
      return copy;
    case 7:
      return Buffer.concat([copy, noise(random)]);
    default: {
      // The end of another archive, or its beginning.
      const cut = random.below(other.length);
      return random.below(2) === 0
        ? Buffer.concat([copy.subarray(0, at), other.subarray(cut)])
        : Buffer.concat([other.subarray(0, cut), copy.subarray(at)]);
    }
  }
}

type Draft = { -readonly [Key in keyof Parts]: Parts[Key] } & { members: Member[] };

/** Changes members in place; their checksums will be made anew. */
type Mutation = (draft: Draft, at: number, random: Random) => void | Promise<void>;

async function replace(draft: Draft, at: number, tar: Buffer): Promise<void> {
  const stored = await compress(tar, parseCompression(draft.manifest.options.compression));
  draft.members[at] = { ...draft.members[at]!, tar, stored };
}

function withStored(draft: Draft, at: number, stored: Buffer): void {
  draft.members[at] = { ...draft.members[at]!, stored };
}

function isGzip({ manifest }: Draft): boolean {
  return manifest.options.compression.startsWith("gzip");
}

/** A gzip member with optional fields (RFC 1952, 2.3.1): extra, name, comment, checksum of the header. */
function gzipWithFields(bytes: Buffer, flags: number, random: Random): Buffer {
  const fields: Buffer[] = [Buffer.from([0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 255])];
  if ((flags & 4) !== 0) {
    const extra = noise(random);
    fields.push(Buffer.from([extra.length, 0]), extra);
  }
  if ((flags & 8) !== 0) fields.push(Buffer.from("../../etc/passwd\0"));
  if ((flags & 16) !== 0) fields.push(Buffer.from("comment\0"));
  const head = Buffer.concat(fields);
  const tail = Buffer.alloc(8);
  tail.writeUInt32LE(crc32(bytes), 0);
  tail.writeUInt32LE(bytes.length, 4);
  const check = Buffer.alloc((flags & 2) === 0 ? 0 : 2);
  if (check.length > 0) check.writeUInt16LE(crc32(head) & 0xffff);
  return Buffer.concat([head, check, deflateRawSync(bytes), tail]);
}

/** Writes the checksum of a tar header (POSIX, pax, "ustar Interchange Format"). */
function sealHeader(tar: Buffer): void {
  tar.fill(" ", 148, 156);
  const sum = tar.subarray(0, TAR_BLOCK).reduce((total, byte) => total + byte, 0);
  tar.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
}

function withSize(draft: Draft, at: number, size: number): void {
  const entries = draft.manifest.entries.map((entry, index) =>
    index === at ? { ...entry, size } : entry,
  );
  draft.manifest = { ...draft.manifest, entries };
}

/** Changes the part that an entry holds, and the sums of its relation. */
function withPart(draft: Draft, at: number, change: Partial<ManifestPart>): void {
  const relations: Manifest["relations"] = draft.manifest.relations.map((relation) => {
    const parts = relation.parts.map((part) => (part.entry === at ? { ...part, ...change } : part));
    const sum = (of: (part: ManifestPart) => number): number =>
      parts.reduce((total, part) => total + of(part), 0);
    return { ...relation, parts, rows: sum(({ rows }) => rows), bytes: sum(({ bytes }) => bytes) };
  });
  draft.manifest = { ...draft.manifest, relations };
}

function bodyOf(draft: Draft, at: number): Buffer {
  const { size } = draft.manifest.entries[at]!;
  return draft.members[at]!.tar.subarray(TAR_BLOCK, TAR_BLOCK + size);
}

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  "a stored byte": (draft, at, random) => {
    const stored = Buffer.from(draft.members[at]!.stored);
    stored[random.below(stored.length)] = random.below(256);
    withStored(draft, at, stored);
  },
  "fields of gzip": (draft, at, random) => {
    if (isGzip(draft))
      withStored(draft, at, gzipWithFields(draft.members[at]!.tar, 2 * random.below(16), random));
  },
  "two gzip members": (draft, at, random) => {
    const { tar } = draft.members[at]!;
    const cut = random.below(tar.length);
    if (isGzip(draft))
      withStored(
        draft,
        at,
        Buffer.concat([tar.subarray(0, cut), tar.subarray(cut)].map((half) => gzipSync(half))),
      );
  },
  "bytes behind a member": (draft, at, random) => {
    const rest = random.below(2) === 0 ? noise(random) : Buffer.alloc(1 + random.below(1024));
    withStored(draft, at, Buffer.concat([draft.members[at]!.stored, rest]));
  },
  "a tar header": async (draft, at, random) => {
    const tar = Buffer.from(draft.members[at]!.tar);
    tar[random.below(TAR_BLOCK)] = random.below(256);
    if (random.below(4) > 0) sealHeader(tar);
    await replace(draft, at, tar);
  },
  "a type of tar": async (draft, at, random) => {
    const tar = Buffer.from(draft.members[at]!.tar);
    tar.write("xgLK1234567SVD\0"[random.below(15)]!, 156, "latin1");
    sealHeader(tar);
    await replace(draft, at, tar);
  },
  "a size in a tar header": async (draft, at, random) => {
    const tar = Buffer.from(draft.members[at]!.tar);
    const sizes = [
      "77777777777\0",
      "00000000000\0",
      "\x80\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
      "-1\0",
      "9\0",
    ];
    tar.write(sizes[random.below(sizes.length)]!, 124, "latin1");
    sealHeader(tar);
    await replace(draft, at, tar);
  },
  "a pax header": async (draft, at, random) => {
    const { tar, name } = draft.members[at]!;
    const records = [
      "12 size=999\n",
      "30 path=../../../etc/passwd\n\n\n",
      "99999999999999999999 a=b\n",
    ];
    const pax = await tarEntry({ name: "pax", body: records[random.below(records.length)]! });
    pax.write("x", 156, "latin1");
    sealHeader(pax);
    const both = Buffer.concat([pax, tar]);
    await replace(draft, at, both);
    if (random.below(2) === 0 && name.startsWith("data/")) {
      withSize(draft, at, both.length - TAR_BLOCK);
      withPart(draft, at, { bytes: both.length - TAR_BLOCK });
    }
  },
  padding: async (draft, at, random) => {
    const tar = Buffer.from(draft.members[at]!.tar);
    const { size } = draft.manifest.entries[at]!;
    if (paddingOf(size) > 0) tar[TAR_BLOCK + size + random.below(paddingOf(size))] = 1;
    await replace(draft, at, tar);
  },
  "a declared size": (draft, at, random) => {
    const size = [0, 1, 512, 2 ** 20, 2 ** 30, 2 ** 40][random.below(6)]!;
    withSize(draft, at, size);
    if (random.below(2) === 0) withPart(draft, at, { bytes: size });
  },
  "a body": async (draft, at, random) => {
    const { name } = draft.members[at]!;
    const text = [
      "",
      "x\n",
      "1\tx\n2\ty\n",
      "no end of a row",
      "\n".repeat(1000),
      "a".repeat(70_000) + "\n",
    ];
    const body = Buffer.from(text[random.below(text.length)]!);
    await replace(draft, at, await tarEntry({ name, body }));
    withSize(draft, at, body.length);
    const rows = body.reduce((count, byte) => count + (byte === 10 ? 1 : 0), 0);
    withPart(draft, at, {
      bytes: body.length,
      rows: random.below(4) === 0 ? rows + 1 : rows,
      ...(random.below(4) === 0 ? {} : { sha256: sha256(body) }),
    });
  },
  "a byte of a body": async (draft, at, random) => {
    const body = Buffer.from(bodyOf(draft, at));
    if (body.length === 0) return;
    body[random.below(body.length)] = random.below(256);
    await replace(draft, at, await tarEntry({ name: draft.members[at]!.name, body }));
    if (random.below(2) === 0) withPart(draft, at, { sha256: sha256(body) });
  },
  "many zeros": async (draft, at, random) => {
    const { name } = draft.members[at]!;
    const body = Buffer.alloc(2 ** (10 + random.below(13)));
    await replace(draft, at, await tarEntry({ name, body }));
    if (random.below(2) === 0) withSize(draft, at, body.length);
    if (random.below(2) === 0) withPart(draft, at, { bytes: body.length, sha256: sha256(body) });
  },
  "two members exchanged": (draft, at, random) => {
    const other = random.below(draft.members.length);
    const [a, b] = [draft.members[at]!, draft.members[other]!];
    draft.members[at] = { ...b, name: random.below(2) === 0 ? a.name : b.name };
    draft.members[other] = { ...a, name: random.below(2) === 0 ? b.name : a.name };
  },
  "a member twice": (draft, at) => {
    const entry = draft.manifest.entries[at]!;
    draft.members.splice(at, 0, draft.members[at]!);
    draft.manifest = { ...draft.manifest, entries: draft.manifest.entries.toSpliced(at, 0, entry) };
  },
  "a member less": (draft, at) => {
    draft.members.splice(at, 1);
    draft.manifest = { ...draft.manifest, entries: draft.manifest.entries.toSpliced(at, 1) };
  },
};

/** @returns the changed parts, to be put together again, and what was changed. */
export async function mutateMember(
  parts: Parts,
  random: Random,
): Promise<{ parts: Parts; what: string }> {
  const draft: Draft = { manifest: parts.manifest, members: [...parts.members] };
  const names = Object.keys(MUTATIONS);
  const what = names[random.below(names.length)]!;
  await MUTATIONS[what]!(draft, random.below(draft.members.length), random);
  return { parts: draft, what };
}
