/** The rows of an archive as tasks: a large table over several connections, small ones together on one. Pure. */
import type { ManifestPart } from "../../archive/format/manifest.ts";
import { type CopyRows, copyRows } from "../../restore/decide/copy-rows.ts";
import type { DataStep } from "../../restore/decide/steps.ts";
import type { RelationName } from "../../restore/target/facts.ts";
import { qualify } from "../../sql/ident.ts";
import type { LockMode } from "./locks.ts";
import type { Task } from "./task.ts";

/** Relations with fewer bytes of rows share a transaction with others. */
export const SMALL_BYTES = 256 * 1024;
/** What such a transaction takes at most. */
const BATCH_BYTES = 4 * 1024 * 1024;
const BATCH_RELATIONS = 100;

/** A table is divided only where each connection gets at least this much. */
const MIN_SHARE_BYTES = 16 * 1024 * 1024;

export interface RowTasks {
  readonly tasks: readonly Task[];
  /** By relation, as SQL names it, the tasks that load its rows. */
  readonly loadedBy: ReadonlyMap<string, readonly number[]>;
}

/**
 * @param through the partitioned tables through which relations are loaded, by number. These come after all others: they
 * may put rows into partitions that another task empties first.
 */
export function rowTasks(
  steps: readonly DataStep[],
  through: ReadonlyMap<number, RelationName>,
  jobs: number,
): RowTasks {
  const tasks: Task[] = [];
  const loadedBy = new Map<string, number[]>();
  const add = (of: readonly DataStep[], task: Task): void => {
    for (const { relation } of of) {
      const name = qualify(relation.namespace, relation.name);
      loadedBy.set(name, [...(loadedBy.get(name) ?? []), tasks.length]);
    }
    tasks.push(task);
  };
  const direct = steps.filter(({ relation }) => !through.has(relation.number));
  const total = direct.reduce((sum, { relation }) => sum + relation.bytes, 0);
  for (const batch of batches(direct)) {
    const [first] = batch;
    const shares = batch.length === 1 ? sharesOf(first!, total, jobs) : 1;
    if (shares === 1) add(batch, wholeRelations(batch));
    else for (const step of divide(first!, shares)) add(batch, partOfRelation(step));
  }
  const before = tasks.map((_, position) => position);
  for (const step of steps.filter(({ relation }) => through.has(relation.number))) {
    const root = through.get(step.relation.number)!;
    const routed = { ...step, ...copyUnfrozen(step, root) };
    const locks = new Map<string, LockMode>([
      [qualify(root.namespace, root.name), "RowExclusive"],
      [qualify(step.relation.namespace, step.relation.name), "RowExclusive"],
    ]);
    const work = { type: "parts", step: routed } as const;
    add([step], { after: before, locks, cost: step.relation.bytes, work });
  }
  return { tasks, loadedBy };
}

/** Large relations alone, small ones together. */
function batches(steps: readonly DataStep[]): DataStep[][] {
  const large: DataStep[][] = [];
  const small: DataStep[][] = [];
  let bytes = Infinity;
  for (const step of steps) {
    if (step.relation.bytes >= SMALL_BYTES || step.relation.kind !== "table") {
      large.push([step]);
      continue;
    }
    if (bytes + step.relation.bytes > BATCH_BYTES || small.at(-1)!.length >= BATCH_RELATIONS) {
      small.push([]);
      bytes = 0;
    }
    small.at(-1)!.push(step);
    bytes += step.relation.bytes;
  }
  return [...large, ...small];
}

/**
 * Among how many connections a relation is divided. One connection can freeze the rows, which saves the indexes' builds
 * and the first vacuum work, so only what would keep the others waiting is divided.
 */
function sharesOf({ relation }: DataStep, totalBytes: number, jobs: number): number {
  const { kind, bytes, parts } = relation;
  if (kind !== "table" || jobs === 1 || bytes * jobs < totalBytes * 1.5) return 1;
  return Math.max(1, Math.min(jobs, parts.length, Math.floor(bytes / MIN_SHARE_BYTES)));
}

function wholeRelations(steps: readonly DataStep[]): Task {
  return {
    after: [],
    locks: new Map(
      steps.map(({ relation: { namespace, name } }) => [
        qualify(namespace, name),
        "AccessExclusive",
      ]),
    ),
    cost: steps.reduce((sum, { relation }) => sum + relation.bytes, 0),
    work: { type: "relations", steps },
  };
}

function partOfRelation(step: DataStep): Task {
  const { namespace, name, bytes } = step.relation;
  return {
    after: [],
    locks: new Map([[qualify(namespace, name), "RowExclusive"]]),
    cost: bytes,
    work: { type: "parts", step },
  };
}

/** COPY into a table that this task does not empty. */
function copyUnfrozen({ relation, encoding }: DataStep, into: RelationName): CopyRows {
  return copyRows(relation, into, { encoding, freeze: false });
}

/** The relation in ranges of about as many bytes, so that rows that were side by side mostly stay so. */
function divide(step: DataStep, shares: number): DataStep[] {
  const { relation } = step;
  const ranges: ManifestPart[][] = [[]];
  let passed = 0;
  for (const part of relation.parts) {
    if (passed >= (relation.bytes * ranges.length) / shares) ranges.push([]);
    ranges.at(-1)!.push(part);
    passed += part.bytes;
  }
  return ranges.map((parts) => ({
    ...step,
    ...copyUnfrozen(step, relation),
    relation: {
      ...relation,
      parts,
      rows: parts.reduce((sum, { rows }) => sum + rows, 0),
      bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    },
  }));
}
