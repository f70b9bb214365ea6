/** How many entries are compressed, read or verified at once. */
import { availableParallelism } from "node:os";

/** How many threads Node's pool has (Node.js docs, UV_THREADPOOL_SIZE). */
function poolThreads(): number {
  const set = Number(process.env["UV_THREADPOOL_SIZE"]);
  return Number.isInteger(set) && set > 0 ? set : 4;
}

/** As many tasks as keep all cores busy: one waits while the others run. */
export function defaultConcurrency(): number {
  return Math.min(availableParallelism() + 1, poolThreads());
}
