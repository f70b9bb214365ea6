/**
 * Which objects and relations of an archive a restore takes. Pure: manifest and options in, subsets out. A chosen
 * relation brings what is part of it and what it needs, but never another table that was not chosen.
 */
import { type Warning, warning } from "../../warnings.ts";
import type {
  Manifest,
  ManifestObject,
  ManifestRelation,
  ManifestSequence,
} from "../../archive/format/manifest.ts";
import { UsageError } from "../../errors.ts";
import { matchesPattern, namePattern, onPath } from "../../sql/pattern.ts";
import { objectLabel } from "../../util/label.ts";
import type { RestoreSettings } from "../defaults.ts";

export interface Selection {
  readonly objects: readonly ManifestObject[];
  readonly relations: readonly ManifestRelation[];
  readonly sequences: readonly ManifestSequence[];
  /** Whether everything was chosen. */
  readonly everything: boolean;
  /** `id`s of objects that were not chosen themselves and may exist in the target already. */
  readonly needed: ReadonlySet<number>;
  readonly warnings: readonly Warning[];
}

export type SelectionOptions = Pick<
  RestoreSettings,
  | "schemaOnly"
  | "dataOnly"
  | "sections"
  | "owner"
  | "privileges"
  | "tables"
  | "searchPath"
  | "leaveOut"
>;

const OWNERSHIP: ReadonlySet<string> = new Set(["owner"]);
const PRIVILEGES: ReadonlySet<string> = new Set(["privileges", "default-privileges"]);

/** Kinds that hold or show rows: those that table patterns choose. */
export const RELATIONS: ReadonlySet<string> = new Set([
  "table",
  "foreign-table",
  "view",
  "materialized-view",
  "sequence",
]);
/** Kinds that a chosen relation may bring along although they are relations: it cannot be made without them. */
const BROUGHT: ReadonlySet<string> = new Set(["sequence", "view"]);

/**
 * Chooses from an archive.
 * @throws UsageError when a pattern is malformed or matches nothing.
 */
export function selectFromArchive(manifest: Manifest, options: SelectionOptions): Selection {
  const leftOut = withDependents(manifest.objects, options.leaveOut);
  const wanted = options.dataOnly
    ? []
    : manifest.objects.filter(
        ({ id, kind, section }) =>
          (options.sections?.includes(section) ?? true) &&
          (options.owner || !OWNERSHIP.has(kind)) &&
          (options.privileges || !PRIVILEGES.has(kind)) &&
          !leftOut.has(id),
      );
  const data = !options.schemaOnly;
  if (options.tables.length === 0) {
    return {
      objects: wanted,
      relations: data ? manifest.relations : [],
      sequences: data ? manifest.sequences : [],
      everything: true,
      needed: new Set(),
      warnings: [],
    };
  }
  const matches = matcher(manifest, options);
  const selection = closure(manifest, wanted, matches);
  const brought = (object: number | null, of: { namespace: string; name: string }): boolean =>
    matches(of.namespace, of.name) ||
    (object !== null && selection.ids.has(object) && !selection.needed.has(object));
  return {
    objects: wanted.filter(({ id }) => selection.ids.has(id)),
    relations: data
      ? manifest.relations.filter(
          ({ kind, namespace, name }) => kind === "table" && matches(namespace, name),
        )
      : [],
    sequences: data
      ? manifest.sequences.filter((sequence) => brought(sequence.object, sequence))
      : [],
    everything: false,
    needed: selection.needed,
    warnings: selection.warnings,
  };
}

/** The objects that fit, and those that need or belong to one of them: these come later in the list. */
function withDependents(
  objects: readonly ManifestObject[],
  fits: SelectionOptions["leaveOut"],
): ReadonlySet<number> {
  const found = new Set<number>();
  if (fits === undefined) return found;
  for (const object of objects) {
    const isPart = object.parent !== null && found.has(object.parent);
    if (isPart || object.requires.some((id) => found.has(id)) || fits(object)) found.add(object.id);
  }
  return found;
}

/** Whether a relation's name fits one of the patterns. */
function matcher(
  manifest: Manifest,
  { tables, searchPath }: SelectionOptions,
): (namespace: string, name: string) => boolean {
  const patterns = tables.map(namePattern);
  const isVisible = onPath(searchPath);
  const known = [
    ...manifest.relations,
    ...manifest.objects.flatMap(({ kind, namespace, name }) =>
      RELATIONS.has(kind) && namespace !== null ? [{ namespace, name }] : [],
    ),
  ];
  for (const pattern of patterns) {
    if (!known.some((relation) => matchesPattern(pattern, relation, isVisible))) {
      throw new UsageError(`the archive holds no table that matches ${pattern.text}`, {
        object: pattern.text,
        hint: "inspect lists what it holds; write table or schema.table",
      });
    }
  }
  return (namespace, name) =>
    patterns.some((pattern) => matchesPattern(pattern, { namespace, name }, isVisible));
}

/** The chosen relations, what they need, and those of their parts that need no other relation. */
function closure(
  manifest: Manifest,
  wanted: readonly ManifestObject[],
  matches: (namespace: string, name: string) => boolean,
): { ids: ReadonlySet<number>; needed: ReadonlySet<number>; warnings: Warning[] } {
  const byId = new Map(manifest.objects.map((object) => [object.id, object]));
  const available = new Set(wanted.map(({ id }) => id));
  const isSelected = ({ kind, namespace, name }: ManifestObject): boolean =>
    RELATIONS.has(kind) && namespace !== null && matches(namespace, name);
  const ids = new Set<number>();
  const needed = new Set<number>();
  const warnings: Warning[] = [];

  /** All that an object needs, itself included; null when that is a relation which may not be brought along. */
  const needs = (start: ManifestObject): Set<number> | ManifestObject => {
    const found = new Set<number>();
    const queue = [start];
    for (let object = queue.pop(); object !== undefined; object = queue.pop()) {
      if (found.has(object.id) || ids.has(object.id)) continue;
      const mayCome =
        object === start ||
        !RELATIONS.has(object.kind) ||
        BROUGHT.has(object.kind) ||
        isSelected(object);
      if (!mayCome) return object;
      found.add(object.id);
      queue.push(...object.requires.map((id) => byId.get(id)!));
    }
    return found;
  };
  const rootIsSelected = (object: ManifestObject): boolean => {
    if (isSelected(object)) return true;
    const parent = object.parent === null ? undefined : byId.get(object.parent);
    return parent !== undefined && rootIsSelected(parent);
  };
  for (const object of wanted) {
    if (!rootIsSelected(object)) continue;
    const found = needs(object);
    if (found instanceof Set) {
      for (const id of found) {
        if (!available.has(id)) continue;
        ids.add(id);
        if (!rootIsSelected(byId.get(id)!)) needed.add(id);
      }
    } else {
      warnings.push(
        warning(
          "needs-unselected",
          objectLabel(object),
          `${objectLabel(object)} was left out: it needs ${objectLabel(found)}, which was not selected`,
        ),
      );
    }
  }
  return { ids, needed, warnings };
}
