/** Grows one random schema. The same seed gives the same statements on the same server. */
import { addComment, addDefaultPrivileges, addGrant, addOwner, addPolicy } from "./access.ts";
import { alterLater } from "./alterations.ts";
import type { SchemaBuilder } from "./builder.ts";
import { changeConstraint, changeInheritance } from "./changes.ts";
import {
  addAggregate,
  addCast,
  addEventTrigger,
  addFunction,
  addLargeObject,
  addOperator,
  addRoutine,
  addRule,
  addTrigger,
  addTriggerFunction,
} from "./code.ts";
import {
  addExclusion,
  addForeignKey,
  addIndex,
  addKey,
  addStatistics,
  addTemporalKey,
} from "./keys.ts";
import {
  addCollation,
  addForeignServer,
  addPublication,
  addRarity,
  addSchema,
  addTextSearch,
} from "./others.ts";
import { addCycle, addMaterializedView, addView, emptyUnfillable } from "./queries.ts";
import {
  addChild,
  addPartitioned,
  addRows,
  addSequence,
  addTable,
  addTypedTable,
  changeTable,
} from "./relations.ts";
import { addBaseType, addComposite, addDomain, addEnum, addRange } from "./types.ts";

type Step = (build: SchemaBuilder) => Promise<void>;

/** Every step with how often it is taken. */
const STEPS: readonly (readonly [weight: number, step: Step])[] = [
  [2, addSchema],
  [4, addEnum],
  [4, addComposite],
  [5, addDomain],
  [3, addRange],
  [1, addBaseType],
  [2, addCollation],
  [12, addTable],
  [2, addTypedTable],
  [5, addChild],
  [6, addPartitioned],
  [10, changeTable],
  [5, changeConstraint],
  [3, changeInheritance],
  [6, addRows],
  [3, addSequence],
  [7, addFunction],
  [4, addRoutine],
  [3, addTriggerFunction],
  [2, addAggregate],
  [2, addOperator],
  [1, addCast],
  [5, addTrigger],
  [3, addRule],
  [10, addView],
  [3, addMaterializedView],
  [1, addCycle],
  [9, addIndex],
  [6, addKey],
  [5, addForeignKey],
  [2, addExclusion],
  [3, addStatistics],
  [5, addComment],
  [4, addOwner],
  [6, addGrant],
  [1, addDefaultPrivileges],
  [4, addPolicy],
  [1, addTextSearch],
  [1, addForeignServer],
  [1, addPublication],
  [1, addLargeObject],
  [1, addRarity],
  [2, addTemporalKey],
];

const TOTAL = STEPS.reduce((sum, [weight]) => sum + weight, 0);

export async function growSchema(build: SchemaBuilder): Promise<void> {
  const { random } = build;
  while (build.schemas.length === 0) await addSchema(build);
  for (const step of [addTable, addTriggerFunction]) await step(build);
  for (let left = random.between(20, 70); left > 0; left--) await pickStep(build)(build);
  await emptyUnfillable(build);
  await alterLater(build);
  // Last: from then on it fires.
  if (random.chance(0.05)) await addEventTrigger(build);
}

function pickStep({ random }: SchemaBuilder): Step {
  let at = random.below(TOTAL);
  return STEPS.find(([weight]) => (at -= weight) < 0)![1];
}
