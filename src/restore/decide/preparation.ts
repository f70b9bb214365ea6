/** What has to happen to the target before and around the rows, for each scope of a restore. Pure. */
import { foreignTables } from "../../archive/format/foreign-tables.ts";
import type { Manifest, ManifestRelation } from "../../archive/format/manifest.ts";
import { CATALOG } from "../../catalog/address.ts";
import { qualify } from "../../sql/ident.ts";
import type { RestoreSettings } from "../defaults.ts";
import type { TargetFacts, TargetObject, TargetRelation } from "../target/facts.ts";
import { createdExtensions, deleteConfiguration } from "./configuration.ts";
import { dataOnlyPlan } from "./data-only.ts";
import { dropPlan, obstacles } from "./drop-plan.ts";
import { type ExistingObjects, existingObjects, NONE_EXISTING } from "./existing-objects.ts";
import type { Refusal } from "./refusal.ts";
import { replacement, schemasInUse, withoutParts } from "./replacement.ts";
import { restoreScope } from "./scope.ts";
import type { Selection } from "./selection.ts";

export interface Preparation {
  /** Statements that drop what is in the way. */
  readonly drops: readonly string[];
  /** What they drop, or whose rows are removed, for people. */
  readonly dropped: readonly string[];
  /** Statements before and after the rows. */
  readonly beforeRows: readonly string[];
  readonly afterRows: readonly string[];
  /** Names of the extensions that are new to the target. */
  readonly createdExtensions: readonly string[];
  /** Objects of the archive that are not created, because they exist and stay as they are. */
  readonly existing: ExistingObjects;
  /** The relations in the order in which their rows are loaded. */
  readonly relations: readonly ManifestRelation[];
  /** What to do where rows refer to others that are not there, by the table that they go to, as SQL names it. */
  readonly referencesHints: ReadonlyMap<string, string>;
  /** Whether a relation's rows may be frozen: this transaction creates or truncates it, and it is not partitioned. */
  readonly mayFreeze: (relation: ManifestRelation) => boolean;
}

/** A preparation, or why there is none. */
export type Prepared =
  | { readonly refusal: Refusal; readonly preparation: null }
  | { readonly refusal: null; readonly preparation: Preparation };

export function prepare(
  manifest: Manifest,
  selection: Selection,
  target: TargetFacts,
  settings: RestoreSettings,
): Prepared {
  switch (restoreScope(manifest, settings)) {
    case "objects":
      return newObjects(manifest, selection, target, settings);
    case "rows":
      return existingTables(selection, target, settings);
  }
}

function refused(refusal: Refusal): Prepared {
  return { refusal, preparation: null };
}

const PUBLIC: ReadonlySet<string> = new Set(["public"]);

/** Room for the objects that the restore creates. */
function newObjects(
  manifest: Manifest,
  selection: Selection,
  { contents, dependents, extensions }: TargetFacts,
  { force }: RestoreSettings,
): Prepared {
  const { replaced, blocked, kept } = replacement(manifest, selection, contents);
  if (blocked.length > 0) return refused({ reason: "not-owner", objects: blocked.map(withOwner) });
  const removed = withoutParts(replaced);
  const dropped = obstacles(removed);
  if (!force && dropped.length > 0) return refused({ reason: "not-empty", objects: dropped });
  const outside = dependents.filter(({ onClass }) => onClass !== CATALOG.namespace);
  if (outside.length > 0)
    return refused({ reason: "dependents", objects: outside.map(({ label }) => label) });
  const keptSchemas = schemasInUse(replaced, dependents);
  const { statements, undroppable } = dropPlan(force ? removed : [], keptSchemas);
  if (undroppable.length > 0) return refused({ reason: "undroppable", objects: undroppable });
  const isForeign = foreignTables(manifest);
  return {
    refusal: null,
    preparation: {
      relations: selection.relations,
      beforeRows: force ? deleteConfiguration(selection.relations, extensions) : [],
      afterRows: [],
      createdExtensions: createdExtensions(selection, extensions),
      referencesHints: new Map(),
      // A table of an extension may be there already. Format 1 does not say which tables are.
      mayFreeze: (relation) =>
        !isForeign(relation) && (manifest.format === 1 || relation.object !== null),
      drops: statements,
      dropped: obstacles(removed.filter((object) => !isSchema(object, keptSchemas))),
      existing: existingObjects(selection.objects, {
        kept,
        keptSchemas,
        publicOfOthers: contents.find((object) => !object.mayDrop && isSchema(object, PUBLIC)),
      }),
    },
  };
}

function isSchema({ type, name }: TargetObject, names: ReadonlySet<string>): boolean {
  return type === "schema" && names.has(name);
}

function withOwner({ type, identity, owner }: TargetObject): string {
  return `${type} ${identity}${owner === null ? "" : ` of role ${owner}`}`;
}

function existingTables(
  { relations }: Selection,
  target: TargetFacts,
  { force }: RestoreSettings,
): Prepared {
  const plan = dataOnlyPlan(relations, {
    relations: target.relations,
    foreignKeys: target.foreignKeys,
    triggers: target.triggers,
    forcedRowSecurity: target.forcedRowSecurity,
    truncate: force,
  });
  if ("missing" in plan) return refused({ reason: "missing-tables", tables: plan.missing });
  const { filledTables } = target;
  if (!force && filledTables.length > 0)
    return refused({
      reason: "not-empty",
      objects: filledTables.map((name) => `rows in table ${name}`),
    });
  const ordinary = new Set(namesOf(target.relations.filter(({ kind }) => kind === "r")));
  return {
    refusal: null,
    preparation: {
      drops: [],
      existing: NONE_EXISTING,
      dropped: filledTables.map((name) => `rows of table ${name}`),
      beforeRows: plan.before,
      afterRows: plan.after,
      createdExtensions: [],
      referencesHints: plan.referencesHints,
      relations: plan.relations,
      // Frozen only where TRUNCATE emptied the table, which must not be partitioned.
      mayFreeze: ({ namespace, name }) => force && ordinary.has(qualify(namespace, name)),
    },
  };
}

function namesOf(relations: readonly TargetRelation[]): string[] {
  return relations.map(({ namespace, name }) => qualify(namespace, name));
}
