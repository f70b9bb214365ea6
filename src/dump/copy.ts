/** Runs the copy jobs: connections take them from one queue, and the first failure stops all of them. */
import { ServerError } from "../errors.ts";
import type { Connection } from "../pg/connection.ts";
import { isOtherRelation, replacedRelation } from "../pg/relation-names.ts";
import {
  type CopiedRelation,
  type CopyOptions,
  type CopySource,
  RelationCopier,
} from "./copy-relation.ts";
import type { CopyJob } from "./jobs.ts";

export interface CopyRelationsOptions extends CopyOptions {
  /** Receives the first failure, so that the other connections stop. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Runs the jobs over all connections. The first one must hold the locks of the dump. The others lock each relation when
 * they come to it; a relation that somebody waits to lock exclusively they leave to the first.
 * @returns the copied relations, in the order of `relations`.
 * @throws the first failure of any connection.
 */
export async function copyRelations(
  connections: readonly Connection[],
  options: CopyRelationsOptions,
): Promise<CopiedRelation[]> {
  const copier = new RelationCopier(options);
  const queue = new JobQueue(options.jobs, connections.length - 1);
  await firstFailure(
    connections.map(async (connection, index) => {
      try {
        if (index === 0) await lead(connection, queue, copier);
        else await follow(connection, queue, copier, options.relations);
      } catch (error) {
        options.onFailure(error);
        throw error;
      } finally {
        if (index > 0) queue.followerDone();
      }
    }),
  );
  await copier.copyLater(connections[0]!);
  return copier.copied();
}

async function lead(
  connection: Connection,
  queue: JobQueue,
  copier: RelationCopier,
): Promise<void> {
  for (let job = await queue.forLeader(); job !== undefined; job = await queue.forLeader()) {
    await copier.copy(connection, job);
  }
}

async function follow(
  connection: Connection,
  queue: JobQueue,
  copier: RelationCopier,
  relations: readonly CopySource[],
): Promise<void> {
  for (let job = queue.next(); job !== undefined; job = queue.next()) {
    if (await tryLock(connection, relations[job.relation]!)) await copier.copy(connection, job);
    else queue.leaveToLeader(job);
  }
}

/** The jobs that nobody has taken yet. */
class JobQueue {
  readonly #jobs: CopyJob[];
  /** Jobs whose relation only the leader has locked. */
  readonly #leaderJobs: CopyJob[] = [];
  #followers: number;
  #wakeLeader: () => void = () => undefined;

  constructor(jobs: readonly CopyJob[], followers: number) {
    this.#jobs = [...jobs];
    this.#followers = followers;
  }

  next(): CopyJob | undefined {
    return this.#jobs.shift();
  }

  /** The next job for the leader; waits while a follower may still leave one to it. */
  async forLeader(): Promise<CopyJob | undefined> {
    for (;;) {
      const job = this.#leaderJobs.shift() ?? this.#jobs.shift();
      if (job !== undefined || this.#followers === 0) return job;
      await new Promise<void>((resolve) => (this.#wakeLeader = resolve));
    }
  }

  leaveToLeader(job: CopyJob): void {
    this.#leaderJobs.push(job);
    this.#wakeLeader();
  }

  followerDone(): void {
    this.#followers--;
    this.#wakeLeader();
  }
}

/** Waits for all, so that nothing continues after a failure; throws the earliest one. */
async function firstFailure(tasks: readonly Promise<void>[]): Promise<void> {
  let failure: { readonly error: unknown } | undefined;
  await Promise.all(
    tasks.map((task) =>
      task.catch((error: unknown) => {
        failure ??= { error };
      }),
    ),
  );
  if (failure !== undefined) throw failure.error;
}

/**
 * Locks a relation without waiting. The first connection holds a lock on it already, so only a session that waits to
 * lock it exclusively can be in the way; waiting behind that session would never end.
 */
async function tryLock(connection: Connection, { lock, label }: CopySource): Promise<boolean> {
  if (lock === null) return true;
  await connection.query("SAVEPOINT nexushub_dump");
  try {
    await connection.query(`LOCK TABLE ONLY ${lock} IN ACCESS SHARE MODE NOWAIT`);
    await connection.query("RELEASE nexushub_dump");
    return true;
  } catch (error) {
    if (isOtherRelation(error)) throw replacedRelation(label, error);
    if (!(error instanceof ServerError) || error.code !== "LOCK_TIMEOUT") throw error;
    await connection.query("ROLLBACK TO nexushub_dump; RELEASE nexushub_dump");
    return false;
  }
}
