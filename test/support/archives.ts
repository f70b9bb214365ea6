/** Archives for tests: made in memory, with contents that say where they are from. */
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ManifestHead, ManifestPart } from "../../src/archive/format/manifest.ts";
import { PartCutter } from "../../src/archive/part-cutter.ts";
import { PartSink } from "../../src/archive/part-sink.ts";
import type { ArchiveSink, ArchiveSource, ArchiveStore } from "../../src/archive/storage/store.ts";
import { psqlEntries } from "../../src/dump/psql-script.ts";
import {
  type ArchiveResult,
  type ArchiveWriterOptions,
  createArchiveWriter,
} from "../../src/archive/writer.ts";

export const TOOL_VERSION = "0.0.0-test";

/** A store of one archive in memory. */
export class MemoryStore implements ArchiveStore {
  bytes: Buffer;
  committed = false;
  aborted = false;
  /** Every range that was read, to see that little was. */
  readonly reads: { readonly offset: number; readonly length: number }[] = [];

  constructor(bytes: Buffer = Buffer.alloc(0)) {
    this.bytes = bytes;
  }

  async create(): Promise<ArchiveSink> {
    const chunks: Buffer[] = [];
    return {
      write: async (bytes) => void chunks.push(Buffer.from(bytes)),
      commit: async () => {
        this.bytes = Buffer.concat(chunks);
        this.committed = true;
      },
      abort: async () => void (this.aborted = true),
    };
  }

  async open(): Promise<ArchiveSource> {
    return {
      size: this.bytes.length,
      read: async (offset, length) => {
        this.reads.push({ offset, length });
        if (offset + length > this.bytes.length) throw new Error("read beyond the end");
        return Buffer.from(this.bytes.subarray(offset, offset + length));
      },
      close: async () => {},
    };
  }
}

/** A head without contents; the compression must be that of the writer. */
export function emptyHead(compression = "gzip:3"): ManifestHead {
  return {
    format: 2,
    tool: { name: "nexushub-dump", version: TOOL_VERSION },
    createdAt: null,
    purpose: "backup",
    partial: false,
    database: {
      name: "sample",
      encoding: "UTF8",
      collate: "C",
      ctype: "C",
      localeProvider: "libc",
      locale: null,
      icuRules: null,
      collationVersion: null,
      serverVersion: "16.4",
      serverVersionNum: 160004,
    },
    server: null,
    base: null,
    options: {
      compression,
      reproducible: true,
      sections: ["pre-data", "data", "post-data"],
      schemaOnly: false,
      dataOnly: false,
      owner: false,
      privileges: false,
      selection: [],
    },
    roles: [],
    objects: [],
    relations: [],
    sequences: [],
    warnings: [],
    key: null,
    signature: null,
  };
}

export function relationOf(
  number: number,
  name: string,
  columns: readonly string[],
  parts: readonly ManifestPart[],
): ManifestHead["relations"][number] {
  return {
    number,
    kind: "table",
    namespace: "public",
    name,
    columns: [...columns],
    generated: [],
    rows: parts.reduce((sum, part) => sum + part.rows, 0),
    bytes: parts.reduce((sum, part) => sum + part.bytes, 0),
    parts: [...parts],
    where: null,
    sample: null,
    masked: [],
    object: null,
    primaryKey: [],
    loadThrough: null,
    units: null,
  };
}

export interface SampleTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** COPY text. */
  readonly text: string | Buffer;
}

export interface Sample {
  readonly tables: readonly SampleTable[];
  readonly preData?: string;
  readonly postData?: string;
  readonly change?: (head: ManifestHead) => ManifestHead;
}

export async function writeSample(
  sink: ArchiveSink,
  { tables, preData = "", postData = "", change = (head) => head }: Sample,
  options: Partial<ArchiveWriterOptions> = {},
): Promise<ArchiveResult> {
  const writer = createArchiveWriter(sink, { toolVersion: TOOL_VERSION, ...options });
  try {
    await writer.writeEntry("schema/pre-data.sql", () => Buffer.from(preData));
    await writer.writeEntry("schema/post-data.sql", () => Buffer.from(postData));
    const relations = [];
    for (const [index, { name, columns, text }] of tables.entries()) {
      const parts = new PartSink(writer, index + 1);
      const { partBytes } = options;
      const cutter = new PartCutter({
        ...(partBytes === undefined ? {} : { partBytes }),
        buffers: writer.buffers,
      });
      await pipeline(Readable.from([Buffer.from(text)], { objectMode: false }), cutter, parts);
      relations.push(relationOf(index + 1, name, columns, parts.parts));
    }
    return await writer.finish(change({ ...emptyHead(options.compression), relations }), {
      lastEntries: psqlEntries,
    });
  } catch (error) {
    await writer.abort(error as Error);
    throw error;
  }
}

/** A small archive with two tables, one of them in several parts. */
export async function smallArchive(compression = "gzip:3"): Promise<Buffer> {
  const store = new MemoryStore();
  await writeSample(
    await store.create(),
    {
      preData: "CREATE TABLE public.a (x integer, y text);\nCREATE TABLE public.b (z text);\n",
      postData: "CREATE INDEX ON public.a (x);\n",
      tables: [
        { name: "a", columns: ["x", "y"], text: "1\tone\n2\ttwo\n3\tthree\n" },
        { name: "b", columns: ["z"], text: "é\\n\n\\N\n" },
      ],
    },
    { compression, partBytes: 12 },
  );
  return store.bytes;
}
