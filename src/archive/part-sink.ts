/** Writes one stream of row blocks as parts of a relation. */
import { Writable } from "node:stream";
import type { ManifestPart } from "./format/manifest.ts";
import type { RowBlock } from "./rows.ts";
import type { ArchiveWriter } from "./writer.ts";

/**
 * The end of a stream of `RowBlock`s: each block becomes a part of the relation. Several sinks may write to one archive
 * at once, also for ranges of the same relation. A write resolves when the archive has room for another block; the sink
 * finishes when all its parts are in the archive.
 */
export class PartSink extends Writable {
  /** The parts in the order of their blocks; complete after `finish`. */
  readonly parts: ManifestPart[] = [];
  rows = 0;
  bytes = 0;
  readonly #writer: ArchiveWriter;
  readonly #relation: number;
  readonly #pending = new Set<Promise<void>>();

  /** @param relation the `<number>` of `data/<number>/`. */
  constructor(writer: ArchiveWriter, relation: number) {
    super({ objectMode: true, highWaterMark: 1 });
    this.#writer = writer;
    this.#relation = relation;
  }

  override _write(
    block: RowBlock,
    _encoding: BufferEncoding,
    callback: (error?: Error | null) => void,
  ): void {
    const index = this.parts.length;
    // Reserves the position until the part is known.
    this.parts.length++;
    this.rows += block.rows;
    this.bytes += block.data.length;
    const { accepted, part } = this.#writer.addPart(this.#relation, block);
    const stored = part.then((storedPart) => {
      this.parts[index] = storedPart;
      this.#pending.delete(stored);
    });
    stored.catch(() => {});
    this.#pending.add(stored);
    accepted.then(() => callback(), callback);
  }

  override _final(callback: (error?: Error | null) => void): void {
    Promise.all(this.#pending).then(() => callback(), callback);
  }
}
