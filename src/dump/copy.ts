/**
 * Carries out the copy jobs: connections take them from one list, and the rows go from the sockets into the archive
 * with back-pressure all the way. The first failure stops all of them.
 */
import { pipeline } from "node:stream/promises";
import type { ManifestPart } from "../archive/format/manifest.ts";
import { PartSink } from "../archive/part-sink.ts";
import type { RowBlock } from "../archive/rows.ts";
import type { ArchiveWriter } from "../archive/writer.ts";
import { AbortedError, MismatchError, ServerError } from "../errors.ts";
import type { Connection } from "../pg/connection.ts";
import type { CopyJob } from "./jobs.ts";
import type { DataProgress } from "../util/progress.ts";

/** What jobs copy. */
export interface CopySource {
  /** For messages: `table public.users`. */
  readonly label: string;
  /** The table to lock, as SQL; null when there is none. */
  readonly lock: string | null;
}

export interface CopiedRelation {
  readonly rows: number;
  readonly bytes: number;
  /** In row order. */
  readonly parts: readonly ManifestPart[];
}

export interface CopyOptions {
  readonly partBytes: number;
  /** Whether parts enter the archive in the order of the relations, whoever is faster. */
  readonly ordered: boolean;
  readonly progress: DataProgress;
  readonly signal: AbortSignal;
  /** Called with the first failure, so that the others stop. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Runs the jobs over all connections. The first one must hold the locks of the dump; the others take theirs as they
 * come to a relation, and what somebody waits to change exclusively they leave to the first.
 * @returns what was copied of each relation, by its index.
 * @throws the first failure of any connection.
 */
export async function copyRelations(
  connections: readonly Connection[],
  relations: readonly CopySource[],
  jobs: readonly CopyJob[],
  writer: ArchiveWriter,
  options: CopyOptions,
): Promise<CopiedRelation[]> {
  const queue = [...jobs];
  const leaderOnly: CopyJob[] = [];
  const pieces: PartSink[][] = relations.map(() => []);
  const remaining = relations.map(() => 0);
  for (const { relation } of jobs) remaining[relation]!++;
  const turns = options.ordered
    ? createTurns(
        jobs.map(({ relation }) => relation),
        options.signal,
      )
    : undefined;
  let others = connections.length - 1;
  let wakeLeader: () => void = () => undefined;

  async function run(connection: Connection, job: CopyJob): Promise<void> {
    const { label } = relations[job.relation]!;
    const sink = new PartSink(writer, job.relation);
    const stream = connection.copyOut(job.sql, {
      blockBytes: options.partBytes,
      allocate: (bytes) => writer.buffers.take(bytes),
    });
    // One block at a time: a stream in between would hold more of them.
    async function* pass(blocks: AsyncIterable<RowBlock>): AsyncGenerator<RowBlock> {
      for await (const block of blocks) {
        await turns?.wait(job.relation);
        yield block;
        options.progress.add(label, block.rows, block.data.length);
      }
    }
    try {
      await pipeline(stream, pass, sink, { signal: options.signal });
    } catch (error) {
      throw connection.failure(error, { action: "copy rows", object: label });
    }
    if (stream.rowCount !== sink.rows) {
      throw new MismatchError(`the server counted ${stream.rowCount} rows and sent ${sink.rows}`, {
        object: label,
      });
    }
    pieces[job.relation]![job.range] = sink;
    turns?.done(job.relation);
    if (--remaining[job.relation]! === 0) {
      const { rows, bytes } = joined(pieces[job.relation]!);
      options.progress.complete(label, rows, bytes);
    }
  }

  async function lead(connection: Connection): Promise<void> {
    for (;;) {
      const job = leaderOnly.shift() ?? queue.shift();
      if (job !== undefined) await run(connection, job);
      else if (others === 0) return;
      // Another connection may still meet a lock that it cannot have.
      else await new Promise<void>((resolve) => (wakeLeader = resolve));
    }
  }

  async function follow(connection: Connection): Promise<void> {
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
      if (await canLock(connection, relations[job.relation]!)) await run(connection, job);
      else {
        leaderOnly.push(job);
        wakeLeader();
      }
    }
  }

  const work = connections.map(async (connection, i) => {
    try {
      await (i === 0 ? lead(connection) : follow(connection));
    } catch (error) {
      options.onFailure(error);
      throw error;
    } finally {
      if (i > 0) others--;
      wakeLeader();
    }
  });
  await settle(work);
  return pieces.map(joined);
}

/** Waits for all, so that nothing runs on after a failure; throws the first one in time. */
async function settle(work: readonly Promise<void>[]): Promise<void> {
  let failure: { readonly error: unknown } | undefined;
  await Promise.all(
    work.map((one) =>
      one.catch((error: unknown) => {
        failure ??= { error };
      }),
    ),
  );
  if (failure !== undefined) throw failure.error;
}

/**
 * Takes the lock of a relation without waiting: the first connection holds one already, so only somebody who waits to
 * lock it exclusively can be in the way, and who waits behind them waits for ever.
 */
async function canLock(connection: Connection, { lock }: CopySource): Promise<boolean> {
  if (lock === null) return true;
  await connection.query("SAVEPOINT nexushub_dump");
  try {
    await connection.query(`LOCK TABLE ONLY ${lock} IN ACCESS SHARE MODE NOWAIT`);
    await connection.query("RELEASE nexushub_dump");
    return true;
  } catch (error) {
    if (!(error instanceof ServerError) || error.code !== "LOCK_TIMEOUT") throw error;
    await connection.query("ROLLBACK TO nexushub_dump; RELEASE nexushub_dump");
    return false;
  }
}

function joined(ranges: readonly PartSink[]): CopiedRelation {
  return {
    rows: ranges.reduce((sum, { rows }) => sum + rows, 0),
    bytes: ranges.reduce((sum, { bytes }) => sum + bytes, 0),
    parts: ranges.flatMap(({ parts }) => parts),
  };
}

/** Lets relations through one after the other, each as soon as all before it are done; none any more after a failure. */
function createTurns(
  order: readonly number[],
  signal: AbortSignal,
): {
  wait: (relation: number) => Promise<void>;
  done: (relation: number) => void;
} {
  const finished = new Set<number>();
  const waiting = new Map<number, () => void>();
  let next = 0;
  const stopped = new Promise<never>((_resolve, reject) => {
    signal.addEventListener(
      "abort",
      () => reject(new AbortedError("while waiting for another table")),
      {
        once: true,
      },
    );
  });
  stopped.catch(() => undefined);
  return {
    async wait(relation) {
      if (order[next] === relation) return;
      const turn = new Promise<void>((resolve) => waiting.set(relation, resolve));
      await Promise.race([turn, stopped]);
    },
    done(relation) {
      finished.add(relation);
      while (finished.has(order[next]!)) next++;
      waiting.get(order[next]!)?.();
    },
  };
}
