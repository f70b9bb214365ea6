/**
 * Decides which task runs next on a free connection: of those whose predecessors are done and whose locks no running task
 * excludes, the one with the longest way to the end. A task starts only when it need not wait for the locks of another, so
 * that no two can wait for each other. Pure: whoever runs the tasks reports when they are done.
 */
import { locksConflict } from "./locks.ts";
import type { Task } from "./task.ts";

export class Scheduler {
  readonly #tasks: readonly Pick<Task, "after" | "locks" | "cost">[];
  readonly #dependents: readonly (readonly number[])[];
  /** For each task the cost of the longest chain that begins with it. */
  readonly #ranks: readonly number[];
  /** How many predecessors are not done. */
  readonly #waitsFor: number[];
  /** Tasks that could start but for locks, the longest way first. */
  readonly #ready: number[] = [];
  readonly #running = new Set<number>();
  #done = 0;

  constructor(tasks: readonly Pick<Task, "after" | "locks" | "cost">[]) {
    this.#tasks = tasks;
    const dependents = tasks.map((): number[] => []);
    tasks.forEach(({ after }, position) => {
      for (const before of new Set(after)) dependents[before]!.push(position);
    });
    this.#dependents = dependents;
    this.#waitsFor = tasks.map(({ after }) => new Set(after).size);
    this.#ranks = ranksOf(tasks, dependents);
    this.#waitsFor.forEach((count, position) => {
      if (count === 0) this.#addReady(position);
    });
  }

  get isDone(): boolean {
    return this.#done === this.#tasks.length;
  }

  /** The position of a task to start now; undefined when none can start until a running one is done. */
  next(): number | undefined {
    const at = this.#ready.findIndex((position) => this.#mayStart(position));
    if (at < 0) return undefined;
    const [position] = this.#ready.splice(at, 1);
    this.#running.add(position!);
    return position;
  }

  /** A task that `next` gave is done. */
  complete(position: number): void {
    this.#running.delete(position);
    this.#done++;
    for (const dependent of this.#dependents[position]!) {
      this.#waitsFor[dependent]!--;
      if (this.#waitsFor[dependent] === 0) this.#addReady(dependent);
    }
  }

  /** How many tasks run or could, but for connections and locks. */
  get eligible(): number {
    return this.#running.size + this.#ready.length;
  }

  #mayStart(position: number): boolean {
    const { locks } = this.#tasks[position]!;
    for (const running of this.#running)
      if (locksConflict(locks, this.#tasks[running]!.locks)) return false;
    return true;
  }

  #addReady(position: number): void {
    // What excludes everything comes last: it would keep all others from starting.
    const isLast = (each: number): number => (this.#tasks[each]!.locks === "everything" ? 1 : 0);
    const isBefore = (a: number, b: number): boolean =>
      isLast(a) !== isLast(b)
        ? isLast(a) < isLast(b)
        : this.#ranks[a] !== this.#ranks[b]
          ? this.#ranks[a]! > this.#ranks[b]!
          : a < b;
    const at = this.#ready.findIndex((each) => isBefore(position, each));
    this.#ready.splice(at < 0 ? this.#ready.length : at, 0, position);
  }
}

function ranksOf(
  tasks: readonly Pick<Task, "cost">[],
  dependents: readonly (readonly number[])[],
): number[] {
  const ranks = tasks.map(({ cost }) => cost);
  // Dependents have higher positions, so theirs are known.
  for (let position = tasks.length - 1; position >= 0; position--) {
    const longest = dependents[position]!.reduce((max, each) => Math.max(max, ranks[each]!), 0);
    ranks[position]! += longest;
  }
  return ranks;
}
