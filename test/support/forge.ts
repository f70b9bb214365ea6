/** Archives that lie: made by hand, with all checksums right, so that only what a test changes is wrong. */
import { compress, parseCompression } from "../../src/archive/format/compression.ts";
import { sha256 } from "../../src/archive/format/digest.ts";
import type { Manifest, ManifestEntry, ManifestV1 } from "../../src/archive/format/manifest.ts";
import { countRows } from "../../src/archive/rows.ts";
import { TAR_END_BYTES, encodeTarHeader, paddingOf } from "../../src/archive/format/tar.ts";
import { type Trailer, encodeTrailer } from "../../src/archive/format/trailer.ts";
import { FORMAT_VERSION } from "../../src/archive/format/version.ts";
import { TOOL_VERSION, emptyHead, relationOf } from "./archives.ts";

export interface ForgedEntry {
  readonly name: string;
  readonly body: string | Buffer;
  /** What the tar header says instead. */
  readonly header?: { readonly name?: string; readonly size?: number };
  /** The stored bytes instead of what would be right. */
  readonly stored?: Buffer;
}

export interface Forgery {
  /** The text of nexushub-dump.json. */
  readonly first?: string;
  /** The entries after nexushub-dump.json; by default one table of two rows. */
  readonly entries?: readonly ForgedEntry[];
  /** Changes the honest manifest; what comes back need not be one. */
  readonly manifest?: (honest: Manifest) => unknown;
  readonly trailer?: (honest: Trailer) => Trailer;
  /** The name in the manifest's own tar header. */
  readonly manifestName?: string;
  readonly compression?: string;
  /** The format of the archive; the current one by default. */
  readonly format?: 1 | 2;
}

export const ROWS = "1\tone\n2\ttwo\n";

/** A whole tar entry, before it is compressed. */
export async function tarEntry({ name, body, header }: ForgedEntry): Promise<Buffer> {
  const data = Buffer.from(body);
  const head = await encodeTarHeader(header?.name ?? name, header?.size ?? data.length, 0);
  return Buffer.concat([head, data, Buffer.alloc(paddingOf(data.length))]);
}

export async function forge({
  entries = [{ name: "data/1/1.copy", body: ROWS }],
  manifest: change = (honest) => honest,
  trailer: changeTrailer = (honest) => honest,
  manifestName = "manifest.json",
  compression = "gzip:4",
  format = FORMAT_VERSION,
  first:
    firstBody = `{"format":${format},"tool":{"name":"nexushub-dump","version":"${TOOL_VERSION}"}}\n`,
}: Forgery = {}): Promise<Buffer> {
  const how = parseCompression(compression);
  const first = { name: "nexushub-dump.json", body: firstBody };
  const members: Buffer[] = [];
  const listed: ManifestEntry[] = [];
  let offset = 0;
  for (const entry of [first, ...entries] as ForgedEntry[]) {
    const stored = entry.stored ?? (await compress(await tarEntry(entry), how));
    const size = Buffer.from(entry.body).length;
    listed.push({ name: entry.name, offset, length: stored.length, size, sha256: sha256(stored) });
    members.push(stored);
    offset += stored.length;
  }
  const parts = entries.flatMap(({ name, body }, i) => {
    const data = Buffer.from(body);
    const part = {
      entry: i + 1,
      inBase: false,
      rows: countRows(data),
      bytes: data.length,
      sha256: sha256(data),
    };
    return name.startsWith("data/1/") ? [part] : [];
  });
  const honest = {
    ...emptyHead(compression),
    relations: [relationOf(1, "t", ["a", "b"], parts)],
    entries: listed,
  };
  const changed = change(structuredClone(format === 1 ? toFormat1(honest) : honest));
  const json = Buffer.from(typeof changed === "string" ? changed : `${JSON.stringify(changed)}\n`);
  const member = await compress(await tarEntry({ name: manifestName, body: json }), how);
  const end = await compress(Buffer.alloc(TAR_END_BYTES), how);
  const trailer = changeTrailer({
    format,
    manifestOffset: offset,
    manifestLength: member.length,
    manifestSize: json.length,
    sha256: sha256(member, end),
  });
  return Buffer.concat([...members, member, end, encodeTrailer(trailer, how.codec)]);
}

/** The same manifest as format 1 had it. It is typed as one of today, so that tests change both in one way. */
function toFormat1(manifest: Manifest): Manifest {
  const { purpose: _p, partial: _pa, server: _s, base: _b, signature: _si, ...rest } = manifest;
  const {
    localeProvider: _l,
    locale: _lo,
    icuRules: _i,
    collationVersion: _c,
    ...database
  } = rest.database;
  const { sections: _se, selection, ...options } = rest.options;
  const v1: ManifestV1 = {
    ...rest,
    format: 1,
    database,
    options: {
      ...options,
      selection: selection.map(({ option, pattern }) => `--${option} ${pattern}`),
    },
    objects: rest.objects.map(({ features: _f, accessMethod: _a, ...object }) => object),
    relations: rest.relations.map(
      ({
        generated: _g,
        sample,
        primaryKey: _k,
        loadThrough: _t,
        units: _u,
        parts,
        ...relation
      }) => ({
        ...relation,
        where: sample === null ? relation.where : `sample: ${sample}`,
        parts: parts.map(({ inBase: _in, ...part }) => part),
      }),
    ),
    warnings: rest.warnings.map(({ message }) => message),
  };
  return v1 as unknown as Manifest;
}
