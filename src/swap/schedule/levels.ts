/**
 * The order of what follows the rows. Many small objects share a task, and tasks must not wait for each other: so an object
 * gets a level above those that it requires, even for what runs side by side and odd for what runs alone, and a task holds
 * objects of one level. Pure.
 */
import type { ManifestObject } from "../../archive/format/manifest.ts";
import type { StatementStep } from "../../restore/decide/steps.ts";

/** @param isSideBySide whether a step may run while others do. */
export function levelsOf(
  objects: ReadonlyMap<number, ManifestObject>,
  steps: readonly StatementStep[],
  isSideBySide: (step: StatementStep) => boolean,
): Map<StatementStep, number> {
  const levels = new Map<StatementStep, number>();
  const levelOf = new Map<number, number>();
  let alone = 1;
  for (const step of steps) {
    const isSide = isSideBySide(step);
    let level = isSide ? 0 : alone;
    for (const id of requiredSteps(objects, step.object)) {
      const required = levelOf.get(id);
      if (required === undefined) continue;
      const isOther = required % 2 === (isSide ? 1 : 0);
      // What runs alone keeps its order within a level, too.
      level = Math.max(level, isOther ? required + 1 : isSide ? required + 2 : required);
    }
    if (!isSide) alone = level;
    levels.set(step, level);
    levelOf.set(step.object.id, level);
  }
  return levels;
}

/**
 * The objects behind the rows that an object requires and that have statements, directly or through others that have none:
 * an index that the partitioned table's creates is an object without statements.
 */
export function requiredSteps(
  objects: ReadonlyMap<number, ManifestObject>,
  object: ManifestObject,
): Set<number> {
  const required = new Set<number>();
  const visited = new Set<number>();
  const queue = [object];
  for (let each = queue.pop(); each !== undefined; each = queue.pop()) {
    for (const id of each.parent === null ? each.requires : [...each.requires, each.parent]) {
      if (visited.has(id)) continue;
      visited.add(id);
      const candidate = objects.get(id);
      if (candidate?.section !== "post-data") continue;
      if (candidate.statements.length > 0) required.add(id);
      else queue.push(candidate);
    }
  }
  return required;
}
