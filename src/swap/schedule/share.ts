/** What one of several connections takes of the processors that build indexes. Pure. */
import type { Tuning } from "../../restore/decide/session-settings.ts";

/**
 * With enough tasks for all connections, each has one process; the last tasks share what the others leave.
 * @param tuned for all connections together.
 * @param sharers how many tasks run or wait for a connection, this one included.
 */
export function shareOf(tuned: Tuning, jobs: number, sharers: number): Tuning {
  const running = Math.max(1, Math.min(jobs, sharers));
  const isOneEach = jobs > 1 && running === jobs;
  const share = (total: number): number => Math.floor(total / running);
  return {
    ...tuned,
    maxParallelMaintenanceWorkers: isOneEach ? 0 : share(tuned.maxParallelMaintenanceWorkers),
    processes: isOneEach ? 1 : Math.max(1, share(tuned.processes)),
  };
}
