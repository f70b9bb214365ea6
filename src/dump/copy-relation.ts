/** Copies the rows of one job from the socket into the archive, with back-pressure all the way. */
import { pipeline } from "node:stream/promises";
import type { ManifestPart } from "../archive/format/manifest.ts";
import { PartSink } from "../archive/part-sink.ts";
import type { RowBlock } from "../archive/rows.ts";
import { MismatchError } from "../errors.ts";
import type { ArchiveWriter } from "../archive/writer.ts";
import type { Connection } from "../pg/connection.ts";
import type { DataProgress } from "../util/progress.ts";
import type { CopyJob } from "./jobs.ts";
import { Turns } from "./turns.ts";

/** A relation to copy. */
export interface CopySource {
  /** For messages: `table public.users`. */
  readonly label: string;
  /** The table to lock, as SQL; null when there is none. */
  readonly lock: string | null;
}

export interface CopyOptions {
  readonly relations: readonly CopySource[];
  readonly jobs: readonly CopyJob[];
  readonly writer: ArchiveWriter;
  readonly partBytes: number;
  /** Whether parts enter the archive in the order of the jobs, whichever finishes first. */
  readonly ordered: boolean;
  readonly progress: DataProgress;
  readonly signal: AbortSignal;
}

export interface CopiedRelation {
  readonly rows: number;
  readonly bytes: number;
  /** In row order. */
  readonly parts: readonly ManifestPart[];
}

/** Copies jobs and gathers what was copied of each relation. */
export class RelationCopier {
  readonly #options: CopyOptions;
  /** Finished jobs by relation and range. */
  readonly #sinks: PartSink[][];
  /** Unfinished jobs by relation. */
  readonly #remaining: number[];
  readonly #turns: Turns | undefined;

  constructor(options: CopyOptions) {
    const { relations, jobs, ordered, signal } = options;
    this.#options = options;
    this.#sinks = relations.map(() => []);
    this.#remaining = relations.map(() => 0);
    for (const { relation } of jobs) this.#remaining[relation]!++;
    const order = jobs.map(({ relation }) => relation);
    this.#turns = ordered ? new Turns(order, signal) : undefined;
  }

  /** @throws MismatchError naming the relation, only when the server counted other rows than arrived. */
  async copy(connection: Connection, job: CopyJob): Promise<void> {
    const { relations, writer, partBytes, progress, signal } = this.#options;
    const { label } = relations[job.relation]!;
    const turns = this.#turns;
    const sink = new PartSink(writer, job.relation);
    const stream = connection.copyOut(job.sql, {
      blockBytes: partBytes,
      allocate: (bytes) => writer.buffers.take(bytes),
    });
    // One block at a time: a stream in between would buffer more of them.
    async function* pass(blocks: AsyncIterable<RowBlock>): AsyncGenerator<RowBlock> {
      for await (const block of blocks) {
        await turns?.wait(job.relation);
        yield block;
        progress.add(label, block.rows, block.data.length);
      }
    }
    try {
      await pipeline(stream, pass, sink, { signal });
    } catch (error) {
      throw connection.failure(error, { action: "copy rows", object: label });
    }
    if (stream.rowCount !== sink.rows) {
      throw new MismatchError(`the server counted ${stream.rowCount} rows and sent ${sink.rows}`, {
        object: label,
      });
    }
    this.#finish(job, sink, label);
  }

  #finish({ relation, range }: CopyJob, sink: PartSink, label: string): void {
    this.#sinks[relation]![range] = sink;
    this.#turns?.done(relation);
    if (--this.#remaining[relation]! > 0) return;
    const { rows, bytes } = joined(this.#sinks[relation]!);
    this.#options.progress.complete(label, rows, bytes);
  }

  /** What was copied of each relation, once all jobs are done. */
  copied(): CopiedRelation[] {
    return this.#sinks.map(joined);
  }
}

function joined(ranges: readonly PartSink[]): CopiedRelation {
  return {
    rows: ranges.reduce((sum, { rows }) => sum + rows, 0),
    bytes: ranges.reduce((sum, { bytes }) => sum + bytes, 0),
    parts: ranges.flatMap(({ parts }) => parts),
  };
}
