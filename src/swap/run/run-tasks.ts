/** Runs tasks on several connections in the order that the scheduler gives. The first error stops all others. */
import { Scheduler } from "../schedule/scheduler.ts";
import type { Task } from "../schedule/task.ts";

export interface RunTasksOptions<Worker> {
  readonly workers: readonly Worker[];
  /** @param sharers how many tasks run or wait for a connection, this one included. */
  readonly run: (worker: Worker, task: Task, sharers: number) => Promise<void>;
  /** Called once, at the first error: stops what runs on the other connections. */
  readonly stop: (error: unknown) => void;
}

/** @throws the first error, when all connections are at rest. */
export async function runTasks<Worker>(
  tasks: readonly Task[],
  { workers, run, stop }: RunTasksOptions<Worker>,
): Promise<void> {
  const scheduler = new Scheduler(tasks);
  const idle = [...workers];
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const begin = (worker: Worker, position: number): void => {
    const work = run(worker, tasks[position]!, scheduler.eligible)
      .then(() => scheduler.complete(position))
      .catch((error: unknown) => {
        failures.push(error);
        if (failures.length === 1) stop(error);
      })
      .finally(() => {
        running.delete(work);
        idle.push(worker);
      });
    running.add(work);
  };
  while (!scheduler.isDone && failures.length === 0) {
    while (idle.length > 0) {
      const position = scheduler.next();
      if (position === undefined) break;
      begin(idle.pop()!, position);
    }
    await Promise.race(running);
  }
  await Promise.all(running);
  if (failures.length > 0) throw failures[0];
}
