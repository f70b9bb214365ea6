/**
 * What follows the rows as tasks. Indexes, keys and foreign keys of tables with rows run side by side: their locks are
 * known. All else is quick, takes locks that nobody here knows, and runs alone and in order. Pure.
 * Many small objects share a task.
 */
import type { ManifestObject } from "../../archive/format/manifest.ts";
import type { StatementStep } from "../../restore/decide/steps.ts";
import { qualify } from "../../sql/ident.ts";
import { adoptedKey, notValidForeignKey } from "./equal-statements.ts";
import { indexCost } from "./index-cost.ts";
import { levelsOf, requiredSteps } from "./levels.ts";
import { joinLocks, type LockMode, type LockSet } from "./locks.ts";
import { runsCode } from "./runs-code.ts";
import { SMALL_BYTES } from "./row-tasks.ts";
import type { Task } from "./task.ts";

export interface PostDataInput {
  readonly steps: readonly StatementStep[];
  /** All objects of the archive by `id`. */
  readonly objects: ReadonlyMap<number, ManifestObject>;
  /** Bytes of rows of each table that has rows of its own, as SQL names it. */
  readonly bytes: ReadonlyMap<string, number>;
  /** By table, as SQL names it, the tasks that load its rows. */
  readonly loadedBy: ReadonlyMap<string, readonly number[]>;
  /** How many tasks there are before these. */
  readonly start: number;
}

const FOREIGN_KEY_COST = 0.5;
const OBJECTS_IN_TASK = 100;

/** An object that runs side by side with others. */
interface Side {
  readonly locks: LockSet;
  readonly cost: number;
  readonly tables: readonly string[];
  /** Whether it may need rows of other tables, too. */
  readonly readsOthers: boolean;
}

export function postDataTasks(input: PostDataInput): Task[] {
  const tasks: Task[] = [];
  /** The last task of each object, by `id`. */
  const taskOf = new Map<number, number>();
  for (const segment of segmentsOf(input.steps)) {
    // Views are filled when everything before them is there, and what follows may use them.
    const before = Array.from({ length: input.start + tasks.length }, (_, position) => position);
    const barrier = { after: before, locks: new Map(), cost: 0, work: nothing() } as const;
    const isFirst = tasks.length === 0;
    if (!isFirst) tasks.push(barrier);
    const gate = isFirst ? [] : [input.start + tasks.length - 1];
    const isRefresh = segment[0]!.object.kind === "refresh";
    if (isRefresh) addRefreshes(input, segment, { tasks, taskOf, gate });
    else addObjects(input, segment, { tasks, taskOf, gate });
  }
  return tasks;
}

interface Output {
  readonly tasks: Task[];
  readonly taskOf: Map<number, number>;
  /** What all tasks of the segment come after. */
  readonly gate: readonly number[];
}

function nothing(): Task["work"] {
  return { type: "statements", statements: [], action: "wait" };
}

/** The steps, cut where those that fill materialized views begin and end. */
function segmentsOf(steps: readonly StatementStep[]): StatementStep[][] {
  const segments: StatementStep[][] = [];
  let wasRefresh: boolean | undefined;
  for (const step of steps) {
    const isRefresh = step.object.kind === "refresh";
    if (isRefresh !== wasRefresh) segments.push([]);
    wasRefresh = isRefresh;
    segments.at(-1)!.push(step);
  }
  return segments;
}

function addRefreshes(
  input: PostDataInput,
  steps: readonly StatementStep[],
  { tasks, taskOf, gate }: Output,
): void {
  const earlier: number[] = [];
  for (const step of steps) {
    const { id, namespace, name } = step.object;
    const required = [...requiredSteps(input.objects, step.object)].flatMap(
      (each) => taskOf.get(each) ?? [],
    );
    const others = runsCode(input.objects, step.object) ? earlier : [];
    const after = [...new Set([...gate, ...required, ...others])];
    const position = input.start + tasks.length;
    taskOf.set(id, position);
    earlier.push(position);
    tasks.push({
      after,
      locks: new Map([[qualify(namespace, name), "AccessExclusive"]]),
      cost: 0,
      work: { type: "objects", steps: [step] },
    });
  }
}

function addObjects(input: PostDataInput, steps: readonly StatementStep[], output: Output): void {
  const sides = new Map(steps.flatMap((step) => withKey(step, sideOf(input, step))));
  const levels = levelsOf(input.objects, steps, (step) => sides.has(step));
  const last = Math.max(0, ...levels.values());
  let alone: readonly number[] = [];
  for (let level = 0; level <= last; level++) {
    const members = steps.filter((step) => levels.get(step) === level);
    if (level % 2 === 0) addSides(input, members, sides, output);
    else alone = addAlone(input, members, alone, output);
  }
}

function withKey(step: StatementStep, side: Side | undefined): [StatementStep, Side][] {
  return side === undefined ? [] : [[step, side]];
}

/** The object's tables with their locks, when it may run side by side with others; undefined when it runs alone. */
function sideOf(
  { objects, bytes }: PostDataInput,
  { object, mayExist, mayEndRole }: StatementStep,
): Side | undefined {
  if (mayExist || mayEndRole || object.statements.length !== 1) return undefined;
  const table = tableOf(objects, object);
  if (table === undefined) return undefined;
  const size = bytes.get(table);
  if (size === undefined) return undefined;
  const locked = (mode: LockMode): LockSet => new Map([[table, mode]]);
  const indexed = (mode: LockMode): Side => ({
    locks: locked(mode),
    cost: indexCost(object, size),
    tables: [table],
    readsOthers: runsCode(objects, object),
  });
  switch (object.kind) {
    case "index":
      return indexed("Share");
    case "key-constraint":
      return indexed("AccessExclusive");
    case "foreign-key": {
      const referenced = referencedTables(objects, object);
      // A partitioned table has no rows of its own: a key on it reaches into its partitions.
      if (referenced.length === 0 || referenced.some((name) => !bytes.has(name))) return undefined;
      const tables = [...new Set([table, ...referenced])];
      const locks = new Map(tables.map((name): [string, LockMode] => [name, "ShareRowExclusive"]));
      return { locks, cost: size * FOREIGN_KEY_COST, tables, readsOthers: false };
    }
    default:
      return undefined;
  }
}

/** The table that an object is on, as SQL names it. */
function tableOf(
  objects: ReadonlyMap<number, ManifestObject>,
  { parent }: ManifestObject,
): string | undefined {
  const table = parent === null ? undefined : objects.get(parent);
  return table?.kind === "table" ? qualify(table.namespace, table.name) : undefined;
}

function referencedTables(
  objects: ReadonlyMap<number, ManifestObject>,
  { requires }: ManifestObject,
): string[] {
  return requires.flatMap((id) => {
    const required = objects.get(id);
    if (required === undefined) return [];
    if (required.kind === "table") return [qualify(required.namespace, required.name)];
    return tableOf(objects, required) ?? [];
  });
}

/** Tasks that come before an object: those of what it requires, and those that load its tables. */
function beforeOf(
  input: PostDataInput,
  { taskOf, gate }: Output,
  object: ManifestObject,
  tables: readonly string[],
): number[] {
  return [
    ...gate,
    ...[...requiredSteps(input.objects, object)].flatMap((id) => taskOf.get(id) ?? []),
    ...tables.flatMap((table) => input.loadedBy.get(table) ?? []),
  ];
}

function addSides(
  input: PostDataInput,
  steps: readonly StatementStep[],
  sides: ReadonlyMap<StatementStep, Side>,
  output: Output,
): void {
  const { tasks, taskOf } = output;
  const small: StatementStep[] = [];
  const smallReadingOthers: StatementStep[] = [];
  const add = (task: Task): number => input.start + tasks.push(task) - 1;
  const before = ({ object }: StatementStep, { tables, readsOthers }: Side): number[] => [
    ...beforeOf(input, output, object, tables),
    ...(readsOthers ? allLoads(input) : []),
  ];
  for (const step of steps) {
    const side = sides.get(step)!;
    const { locks, cost, tables } = side;
    if (tables.every((table) => input.bytes.get(table)! < SMALL_BYTES)) {
      (side.readsOthers ? smallReadingOthers : small).push(step);
      continue;
    }
    const after = before(step, side);
    const [table] = tables;
    const halves = adoptedKey(step, table!) ?? notValidForeignKey(step, tables);
    const task = { after, cost, locks: halves?.locks ?? locks };
    const work = halves?.first ?? ({ type: "objects", steps: [step] } as const);
    const first = add({ ...task, work });
    const last =
      halves === undefined
        ? first
        : add({ after: [first], cost: 0, locks: halves.secondLocks, work: halves.second });
    taskOf.set(step.object.id, last);
  }
  for (const members of [small, smallReadingOthers].flatMap(inTasks)) {
    const of = members.map((step) => sides.get(step)!);
    const position = add({
      after: [...new Set(members.flatMap((step, i) => before(step, of[i]!)))],
      locks: joinLocks(of.map(({ locks }) => locks)),
      cost: of.reduce((sum, { cost }) => sum + cost, 0),
      work: { type: "objects", steps: members },
    });
    for (const { object } of members) taskOf.set(object.id, position);
  }
}

/** The steps, divided among tasks. */
function inTasks(steps: readonly StatementStep[]): StatementStep[][] {
  return Array.from({ length: Math.ceil(steps.length / OBJECTS_IN_TASK) }, (_, i) =>
    steps.slice(i * OBJECTS_IN_TASK, (i + 1) * OBJECTS_IN_TASK),
  );
}

/** The tasks that load rows, of whatever relation. */
function allLoads({ loadedBy }: PostDataInput): number[] {
  return [...loadedBy.values()].flat();
}

/** @returns the task that what runs alone next must come after. */
function addAlone(
  input: PostDataInput,
  steps: readonly StatementStep[],
  previous: readonly number[],
  output: Output,
): readonly number[] {
  const { tasks, taskOf } = output;
  let last = previous;
  for (const members of inTasks(steps)) {
    const position = input.start + tasks.length;
    const required = members.flatMap(({ object }) => beforeOf(input, output, object, []));
    // Its tables are not known: all rows must be there.
    const before = last.length > 0 ? last : allLoads(input);
    tasks.push({
      after: [...new Set([...before, ...required])],
      locks: "everything",
      cost: 0,
      work: { type: "objects", steps: members },
    });
    for (const { object } of members) taskOf.set(object.id, position);
    last = [position];
  }
  return last;
}
