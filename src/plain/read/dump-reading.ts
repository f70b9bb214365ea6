/** One reading of a plain dump, from front to back, which counts what passes: to scan it, or to run it. */
import type { ArchiveSource } from "../../archive/storage/store.ts";
import { DumpReader } from "./dump-reader.ts";
import { compressionOf, dumpText } from "./dump-text.ts";
import type { StatementFacts } from "./statement-facts.ts";
import { type DumpScan, DumpTally } from "./tally.ts";
import { type DumpRefusal, DumpWalk, type WalkedStatement } from "./walk.ts";

type CopyFacts = Extract<StatementFacts, { does: "copy" }>;

export interface DumpReadingOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called for what is not run. A throw ends the reading. Default: the reading goes on. */
  readonly onRefusal?: ((refusal: DumpRefusal) => void) | undefined;
}

export class DumpReading {
  readonly #source: ArchiveSource;
  readonly #reader: DumpReader;
  readonly #walk: DumpWalk;
  readonly #tally = new DumpTally();
  readonly #refusals: DumpRefusal[] = [];
  /** Bytes of the file that were read, a little ahead of the text. */
  #fileBytes = 0;

  constructor(source: ArchiveSource, { signal, onRefusal }: DumpReadingOptions = {}) {
    this.#source = source;
    const { size } = source;
    const read = (offset: number, length: number): Promise<Buffer> => {
      this.#fileBytes = Math.max(this.#fileBytes, offset + length);
      return source.read(offset, length);
    };
    this.#reader = new DumpReader(dumpText({ size, read }, signal));
    this.#walk = new DumpWalk(this.#reader, (refusal) => {
      if (this.#refusals.length < MOST_REFUSALS) this.#refusals.push(refusal);
      onRefusal?.(refusal);
    });
  }

  /** Rows of the COPY block that was read last. */
  get rows(): number {
    return this.#reader.rows;
  }

  /** The rows behind a COPY statement must be read before the next statement. Each is counted when the next one is asked for. */
  async *statements(): AsyncGenerator<WalkedStatement> {
    for await (const walked of this.#walk.statements()) {
      yield walked;
      this.#tally.add(walked.facts, walked.statement.bytes.length);
    }
  }

  /** The rows behind a COPY statement, in chunks. */
  async *copyRows({ table, columns }: CopyFacts): AsyncGenerator<Buffer> {
    let bytes = 0;
    for await (const block of this.#reader.copyRows()) {
      bytes += block.length;
      yield block;
    }
    this.#tally.addRows(table, columns, { rows: this.#reader.rows, bytes });
  }

  /** How many bytes of rows the whole dump has, when so many have passed: by the share of the file that was read. */
  expectedBytes(passed: number): number {
    return Math.round((passed / this.#fileBytes) * this.#source.size);
  }

  /** What was read so far. */
  async scan(): Promise<DumpScan> {
    return this.#tally.scan({
      ...this.#walk.origin,
      format: "plain",
      compression: await compressionOf(this.#source),
      isComplete: this.#walk.isComplete,
      fileBytes: this.#source.size,
      textBytes: this.#reader.bytes,
      refusals: this.#refusals,
    });
  }

  /** Ends the reading. */
  close(): Promise<void> {
    return this.#reader.close();
  }
}

/** The most refusals that are kept. */
const MOST_REFUSALS = 100;
