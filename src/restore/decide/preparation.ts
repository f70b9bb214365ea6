/** What has to happen to the target before and around the rows, for each scope of a restore. Pure. */
import type { Manifest, ManifestRelation } from "../../archive/format/manifest.ts";
import { qualify } from "../../sql/ident.ts";
import type { RestoreSettings } from "../defaults.ts";
import type { TargetFacts, TargetRelation } from "../target/facts.ts";
import { dataOnlyPlan } from "./data-only.ts";
import { dropPlan, obstacles } from "./empty-database.ts";
import type { Refusal } from "./refusal.ts";
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
  /** The relations in the order in which their rows are loaded. */
  readonly relations: readonly ManifestRelation[];
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
  switch (restoreScope(manifest, selection, settings)) {
    case "database":
      return emptyDatabase(manifest, selection, target, settings);
    case "relations":
      return absentRelations(selection, target, settings);
    case "rows":
      return existingTables(selection, target, settings);
  }
}

function refused(refusal: Refusal): Prepared {
  return { refusal, preparation: null };
}

const NOTHING = { drops: [], dropped: [], beforeRows: [], afterRows: [], mayFreeze: () => true };

function emptyDatabase(
  { objects }: Manifest,
  { relations }: Selection,
  { contents }: TargetFacts,
  { force }: RestoreSettings,
): Prepared {
  const dropped = obstacles(contents);
  if (!force) {
    if (dropped.length > 0) return refused({ reason: "not-empty", objects: dropped });
    return { refusal: null, preparation: { relations, ...NOTHING } };
  }
  const extensions = objects.filter(({ kind }) => kind === "extension").map(({ name }) => name);
  const { statements, undroppable } = dropPlan(contents, new Set(extensions));
  if (undroppable.length > 0) return refused({ reason: "undroppable", objects: undroppable });
  return {
    refusal: null,
    preparation: { relations, ...NOTHING, drops: statements, dropped },
  };
}

/** `relkind`s and the word of DROP, in the order in which they can be dropped. */
const DROP_WORDS: readonly (readonly [relkinds: string, word: string])[] = [
  ["m", "MATERIALIZED VIEW"],
  ["v", "VIEW"],
  ["f", "FOREIGN TABLE"],
  ["rp", "TABLE"],
  ["S", "SEQUENCE"],
];

function absentRelations(
  { relations }: Selection,
  target: TargetFacts,
  { force }: RestoreSettings,
): Prepared {
  const byWord = DROP_WORDS.map(([relkinds, word]) => ({
    word,
    names: namesOf(target.relations.filter(({ kind }) => relkinds.includes(kind))),
  })).filter(({ names }) => names.length > 0);
  const existing = byWord.flatMap(({ word, names }) =>
    names.map((name) => `${word.toLowerCase()} ${name}`),
  );
  if (!force && existing.length > 0) return refused({ reason: "not-empty", objects: existing });
  return {
    refusal: null,
    preparation: {
      relations,
      ...NOTHING,
      // Without CASCADE: what depends on a selected table may itself not have been selected.
      drops: byWord.map(({ word, names }) => `DROP ${word} IF EXISTS ${names.join(", ")}`),
      dropped: existing,
    },
  };
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
      dropped: filledTables.map((name) => `rows of table ${name}`),
      beforeRows: plan.before,
      afterRows: plan.after,
      relations: plan.relations,
      // Frozen only where TRUNCATE emptied the table, which must not be partitioned.
      mayFreeze: ({ namespace, name }) => force && ordinary.has(qualify(namespace, name)),
    },
  };
}

function namesOf(relations: readonly TargetRelation[]): string[] {
  return relations.map(({ namespace, name }) => qualify(namespace, name));
}
