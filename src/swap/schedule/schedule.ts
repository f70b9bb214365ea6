/** A restore's plan as tasks for several connections, once the objects before the rows exist. Pure. */
import type { ManifestObject } from "../../archive/format/manifest.ts";
import type { RestorePlan } from "../../restore/decide/plan.ts";
import type { RelationName } from "../../restore/target/facts.ts";
import { qualify } from "../../sql/ident.ts";
import { postDataTasks } from "./post-data-tasks.ts";
import { rowTasks } from "./row-tasks.ts";
import type { Task } from "./task.ts";

export interface ScheduleInput {
  readonly plan: Pick<RestorePlan, "rows" | "sequences" | "postData">;
  readonly objects: readonly ManifestObject[];
  /** The partitioned tables through which relations are loaded, by number. */
  readonly through: ReadonlyMap<number, RelationName>;
  readonly jobs: number;
}

/** Every task comes after all those that it names. */
export function scheduleTasks({ plan, objects, through, jobs }: ScheduleInput): Task[] {
  const filled = plan.rows.filter(({ relation }) => relation.parts.length > 0);
  const rows = rowTasks(filled, through, jobs);
  const sequences: Task[] =
    plan.sequences.length === 0
      ? []
      : [
          {
            after: [],
            locks: new Map(),
            cost: 0,
            work: {
              type: "statements",
              statements: plan.sequences,
              action: "set the positions of sequences",
            },
          },
        ];
  const before = [...rows.tasks, ...sequences];
  return [
    ...before,
    ...postDataTasks({
      steps: plan.postData,
      objects: new Map(objects.map((object) => [object.id, object])),
      bytes: new Map(
        plan.rows.flatMap(({ relation: { kind, namespace, name, bytes } }) =>
          kind === "table" ? [[qualify(namespace, name), bytes] as const] : [],
        ),
      ),
      loadedBy: rows.loadedBy,
      start: before.length,
    }),
  ];
}
