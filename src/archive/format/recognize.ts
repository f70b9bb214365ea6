/** Says what a file is that has no trailer of ours: one of ours cut short, or something else. */
import * as zlib from "node:zlib";
import { ArchiveError } from "../../errors.ts";
import { FORMAT_ENTRY } from "./entry-names.ts";
import type { ArchiveSource } from "../storage/store.ts";
import { TAR_BLOCK, declaredTarEntry } from "./tar.ts";
import { requireFormat } from "./trailer.ts";

/** Holds the whole first entry, which says little more than the format's version; compressed it is a quarter of that. */
const HEAD_BYTES = 1024;

const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);
const ZSTD_MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/** Where a tar header says that it is one (POSIX.1-1988). */
const TAR_MAGIC = /^[^]{257}ustar/;

/** As gpg begins: a packet of a key (RSA of 2048, 3072 and 4096 bits, Curve25519), or of a password (RFC 9580, 5.1 and 5.3). */
const OPENPGP = [
  "\x85\x01\x0c\x03",
  "\x85\x01\x8c\x03",
  "\x85\x02\x0c\x03",
  "\x84^\x03",
  "\x8c\x0d\x04",
];

/** Of a gzip, or any in lines as tools write it. */
const BASE64 = /^(?:H4sI[\w+/]{20}|[\w+/]{64}\r?\n|[\w+/]{76}\r?\n)/;

const decryptWith = (method: string, command: string): string =>
  `it is encrypted with ${method}: decrypt it first (${command})`;

const compressedWith = (method: string): string =>
  `it is compressed with ${method}: decompress it first`;

/** How other files begin, in Latin-1, and what to do with them; the first that matches is the one. */
const OTHERS: readonly (readonly [begin: string | RegExp, hint: string])[] = [
  ["PGDMP", "it is pg_dump's custom format: use pg_restore"],
  ["toc.dat\0", "it is pg_dump's tar format: use pg_restore"],
  ["age-encryption.org/", "it is encrypted with age: pass --identity with the file of its key"],
  ["-----BEGIN AGE ENCRYPTED FILE", decryptWith("age, as text", "age --decrypt")],
  ["-----BEGIN PGP MESSAGE", decryptWith("OpenPGP", "gpg --decrypt")],
  ...OPENPGP.map((packet) => [packet, decryptWith("OpenPGP", "gpg --decrypt")] as const),
  ["Salted__", decryptWith("OpenSSL", "openssl enc -d, with the options of its encryption")],
  ["\x1f\x8b", "it is compressed twice: decompress it once"],
  ["BZh", compressedWith("bzip2")],
  ["\xfd7zXZ", compressedWith("xz")],
  ["\x04\x22\x4d\x18", compressedWith("lz4")],
  ["PK\x03\x04", compressedWith("zip")],
  ["7z\xbc\xaf\x27\x1c", compressedWith("7-Zip")],
  [
    /^(?:\xff\xfe|\xfe\xff)/,
    "it is text in UTF-16, as PowerShell writes what is redirected: convert it to UTF-8, and let pg_dump write its file itself (--file)",
  ],
  ["version https://git-lfs", "it stands for a file in Git LFS: git lfs pull"],
  [/^\s*<[!?a-z]/i, "it is a page or an error of a web server: download the file again"],
  [
    /\n-- PostgreSQL database dump\r?\n/,
    "something precedes a plain dump of pg_dump: take out all lines before its heading, or use psql",
  ],
  [BASE64, "it is encoded in base64: decode it first (base64 --decode)"],
  [
    TAR_MAGIC,
    "it is a tar of other files: unpack it first; a folder with toc.dat in it is pg_dump's directory format, for pg_restore",
  ],
  ["--", "it looks like SQL, but not like a plain dump of pg_dump: use psql"],
];

/** The error for a file without a trailer; `object` is "trailer" when the file begins as an archive of ours. */
export async function foreignArchive(source: ArchiveSource): Promise<ArchiveError> {
  const head = await source.read(0, Math.min(source.size, HEAD_BYTES));
  const begin = unpack(head);
  if (await isOurs(begin)) {
    return new ArchiveError(
      "the archive is damaged: its end is cut off, followed by something, or overwritten",
      {
        object: "trailer",
        hint: "copy it again from where it was made, or use another backup",
      },
    );
  }
  if (source.size === 0) return new ArchiveError("the file is empty: not a nexushub-dump archive");
  const text = begin.toString("latin1", 0, HEAD_BYTES);
  const hint = OTHERS.find(([start]) =>
    typeof start === "string" ? text.startsWith(start) : start.test(text),
  )?.[1];
  return new ArchiveError("not a nexushub-dump archive, or too damaged to recognize", {
    hint,
  });
}

/** Decompresses as much of the beginning as possible; returns it unchanged when it is not compressed. */
function unpack(head: Buffer): Buffer {
  try {
    if (head.subarray(0, 2).equals(GZIP_MAGIC)) {
      // After the ten bytes of a header without options; what follows the first member is ignored.
      return zlib.inflateRawSync(head.subarray(10), { finishFlush: zlib.constants.Z_SYNC_FLUSH });
    }
    if (head.subarray(0, 4).equals(ZSTD_MAGIC)) return unpackZstd(head);
  } catch {
    // Damaged at the very beginning as well: nothing can be recognized.
  }
  return head;
}

/** @throws only when the first frame is broken, or this Node has no zstd. */
function unpackZstd(head: Buffer): Buffer {
  const inflate = (zlib as unknown as Record<string, (bytes: Buffer, options: object) => Buffer>)[
    "zstdDecompressSync"
  ];
  // 0 is ZSTD_e_continue: what follows may be missing.
  return inflate!(head, { finishFlush: 0 });
}

/** @throws ArchiveError (ARCHIVE_UNSUPPORTED) only when it is ours and of a newer format. */
async function isOurs(begin: Buffer): Promise<boolean> {
  if (begin.length < TAR_BLOCK) return false;
  const entry = await declaredTarEntry(begin.subarray(0, TAR_BLOCK));
  if (entry?.name !== FORMAT_ENTRY) return false;
  try {
    const json = begin.toString("utf8", TAR_BLOCK, TAR_BLOCK + entry.size);
    const { format } = JSON.parse(json) as { format?: unknown };
    if (typeof format === "number") requireFormat(format);
  } catch (error) {
    if (error instanceof ArchiveError) throw error;
  }
  return true;
}
