/** Dumps that reuse an earlier archive, compared with dumps that do not. */
import { expect } from "vitest";
import { withBase } from "../../src/archive/base/with-base.ts";
import type { ArchiveStore } from "../../src/archive/storage/store.ts";
import { compress, parseCompression } from "../../src/archive/format/compression.ts";
import { sha256 } from "../../src/archive/format/digest.ts";
import type { Manifest } from "../../src/archive/format/manifest.ts";
import { TAR_END_BYTES } from "../../src/archive/format/tar.ts";
import { encodeTrailer } from "../../src/archive/format/trailer.ts";
import type { ArchiveOrigin } from "../../src/archive/storage/source.ts";
import { openArchive } from "../../src/archive/reader.ts";
import { verifyEntries } from "../../src/archive/verify-entries.ts";
import { dump } from "../../src/dump/dump.ts";
import type { DumpOptions, DumpResult } from "../../src/dump/options.ts";
import { serverVersion } from "../../src/catalog/version.ts";
import type { Connection } from "../../src/pg/connection.ts";
import { beginReading } from "../../src/pg/session.ts";
import { columnList, qualify } from "../../src/sql/ident.ts";
import { MemoryStore } from "./archives.ts";
import { tarEntry } from "./forge.ts";

export interface TakenDump {
  readonly store: MemoryStore;
  readonly result: DumpResult;
  readonly manifest: Manifest;
}

/** Units of one block, so that small tables have several. */
const OPTIONS: DumpOptions = { units: true, unitBlocks: 1, compression: "none", jobs: 1 };

export async function take(url: string, options: DumpOptions = {}): Promise<TakenDump> {
  const store = new MemoryStore();
  const result = await dump(url, store, { ...OPTIONS, ...options });
  const reader = await openArchive(store, { rows: false });
  return { store, result, manifest: reader.manifest };
}

/** A differential archive with its base, as something to read. */
export function together(differential: TakenDump, base: TakenDump): ArchiveStore {
  return withBase(differential.store, base.store);
}

/** Of an archive that `take` made, or of a differential one with its base: the rows of every relation, read from the bodies of its parts, and how they are cut. */
export async function contentsOf(store: ArchiveOrigin) {
  const reader = await openArchive(store);
  const { damaged } = await verifyEntries(reader);
  expect(damaged).toEqual([]);
  const contents = new Map<string, unknown>();
  for (const relation of reader.manifest.relations) {
    const chunks: Buffer[] = [];
    for await (const data of reader.readParts(relation)) chunks.push(data);
    const { units } = relation;
    contents.set(`${relation.namespace}.${relation.name}`, {
      rows: Buffer.concat(chunks).toString("latin1").split("\n"),
      // Those of two archives differ only where the one remembers the size of an older unit.
      units: units?.units,
      parts: relation.parts.map((part) => part.sha256),
    });
  }
  return contents;
}

/** Dumps with reuse and without, while nothing changes, and expects the same rows, units and parts. */
export async function expectSameWithReuse(
  url: string,
  earlier: TakenDump,
  options: DumpOptions = {},
): Promise<TakenDump> {
  const reused = await take(url, { ...options, reuse: earlier.store });
  const full = await take(url, options);
  expect(await contentsOf(reused.store)).toEqual(await contentsOf(full.store));
  expect(reused.result.rows).toBe(full.result.rows);
  return reused;
}

/** Expects the rows that COPY of each table gives, in their physical order; while nothing changes. */
export async function expectRowsOfTables(
  connection: Connection,
  taken: { readonly store: ArchiveOrigin },
): Promise<void> {
  const reader = await openArchive(taken.store);
  await beginReading(connection, serverVersion(reader.manifest.database.serverVersionNum!), {});
  for (const relation of reader.manifest.relations) {
    const { namespace, name, columns } = relation;
    const stored: Buffer[] = [];
    for await (const data of reader.readParts(relation)) stored.push(data);
    const sql = `COPY ${qualify(namespace, name)} ${columns.length === 0 ? "" : columnList(columns)} TO STDOUT`;
    const allocate = (bytes: number): Buffer => Buffer.alloc(bytes);
    const read: Buffer[] = [];
    for await (const { data } of connection.copyOut(sql, { blockBytes: 65_536, allocate }))
      read.push(data as Buffer);
    const lines = (chunks: readonly Buffer[]): string[] =>
      Buffer.concat(chunks).toString("latin1").split("\n");
    expect(lines(stored), `rows of ${name}`).toEqual(lines(read));
  }
  await connection.query("ROLLBACK");
  await reader.close();
}

/** What the result says of one table. */
export function tableOf({ result }: TakenDump, name: string) {
  const { rows, reusedRows, readWhole } = result.relations.find((each) => each.name === name)!;
  return { rows, reusedRows, readWhole };
}

/** The same archive with another manifest, and all checksums right. */
export async function withManifest(
  { store, result }: TakenDump,
  change: (manifest: Manifest) => void,
): Promise<TakenDump> {
  const reader = await openArchive(store);
  const manifest = structuredClone(reader.manifest);
  change(manifest);
  const how = parseCompression(manifest.options.compression);
  const json = Buffer.from(`${JSON.stringify(manifest)}\n`);
  const member = await compress(await tarEntry({ name: "manifest.json", body: json }), how);
  const end = await compress(Buffer.alloc(TAR_END_BYTES), how);
  const trailer = {
    format: 2 as const,
    manifestOffset: reader.manifestOffset,
    manifestLength: member.length,
    manifestSize: json.length,
    sha256: sha256(member, end),
  };
  const bytes = [store.bytes.subarray(0, reader.manifestOffset), member, end];
  return {
    store: new MemoryStore(Buffer.concat([...bytes, encodeTrailer(trailer, how.codec)])),
    result,
    manifest,
  };
}
