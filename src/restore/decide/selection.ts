/**
 * The objects and relations of an archive that a restore takes. Pure: manifest and options in, subsets out. A selected
 * relation brings its parts and what it needs, but never a table that was not selected: the target must have that. A part
 * that needs such a table, as a partition's place in its parent, is left out.
 */
import { groupBy } from "../../util/group-by.ts";
import { type Warning, warning } from "../../warnings.ts";
import type {
  Manifest,
  ManifestObject,
  ManifestRelation,
  ManifestSequence,
} from "../../archive/format/manifest.ts";
import {
  OWNER_KINDS,
  type OwnershipCounts,
  PRIVILEGE_KINDS,
} from "../../archive/format/ownership.ts";
import { UsageError } from "../../errors.ts";
import { listed } from "../../util/format.ts";
import { objectLabel } from "../../util/label.ts";
import type { RestoreSettings } from "../defaults.ts";
import { leaveOut, type LeaveOutOptions, RELATIONS } from "./leave-out.ts";
import { tableTest } from "./table-patterns.ts";
import { unselectedPartitions } from "./unselected-partitions.ts";
import { withFeatures } from "./server-features.ts";
import { withoutTablespaces } from "./tablespaces.ts";
import { withoutCompression } from "./toast-compression.ts";

export interface Selection {
  readonly objects: readonly ManifestObject[];
  readonly relations: readonly ManifestRelation[];
  readonly sequences: readonly ManifestSequence[];
  /** Whether all objects are selected, or all but parts of them such as comments. */
  readonly everything: boolean;
  /** `id`s of objects that come along because others need them, and may exist in the target already. */
  readonly needed: ReadonlySet<number>;
  /** Owners and privileges of the selected objects that are not set. */
  readonly leftOut: OwnershipCounts;
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
  | "tablesAndChildren"
  | "searchPath"
> &
  LeaveOutOptions;

/** Relations that a selected relation brings along, because it cannot be created without them. */
const BROUGHT: ReadonlySet<string> = new Set(["sequence", "view"]);

/** @throws UsageError when a pattern is malformed or matches nothing. */
export function selectFromArchive(manifest: Manifest, options: SelectionOptions): Selection {
  const omitted = leaveOut(manifest, options);
  const recorded = options.dataOnly
    ? []
    : withFeatures(
        manifest,
        manifest.objects.filter(
          ({ id, kind, section }) =>
            (options.sections?.includes(section) ?? true) &&
            (options.owner || !OWNER_KINDS.has(kind)) &&
            (options.privileges || !PRIVILEGE_KINDS.has(kind)) &&
            !omitted.ids.has(id),
        ),
      );
  const available = withoutParts(recorded, options);
  const hasContents = (contents: ManifestRelation | ManifestSequence): boolean =>
    !options.schemaOnly && !omitted.isWithoutContents(contents);
  if (options.tables.length + (options.tablesAndChildren ?? []).length === 0) {
    return {
      objects: available,
      relations: manifest.relations.filter(hasContents),
      sequences: manifest.sequences.filter(hasContents),
      everything: !omitted.hasObjects,
      needed: new Set(),
      leftOut: countLeftOut(manifest, options, ({ id }) => !omitted.ids.has(id)),
      warnings: omitted.warnings,
    };
  }
  const matches = matcher(manifest, options);
  const selection = closure(manifest, available, matches);
  const isSelectedSequence = ({ object, namespace, name }: ManifestSequence): boolean =>
    matches(namespace, name) ||
    (object !== null && selection.ids.has(object) && !selection.needed.has(object));
  return {
    objects: available.filter(({ id }) => selection.ids.has(id)),
    relations: manifest.relations.filter(
      (relation) =>
        relation.kind === "table" &&
        matches(relation.namespace, relation.name) &&
        hasContents(relation),
    ),
    sequences: manifest.sequences.filter(
      (sequence) => isSelectedSequence(sequence) && hasContents(sequence),
    ),
    everything: false,
    needed: selection.needed,
    leftOut: countLeftOut(
      manifest,
      options,
      ({ parent }) => parent !== null && selection.ids.has(parent) && !selection.needed.has(parent),
    ),
    warnings: [
      ...omitted.warnings,
      ...selection.warnings,
      ...(options.schemaOnly
        ? []
        : unselectedPartitions(manifest, ({ namespace, name }) => matches(namespace ?? "", name))),
    ],
  };
}

/** The objects without the parts of their statements that are not asked for. */
function withoutParts(
  recorded: readonly ManifestObject[],
  { noTablespaces, noToastCompression }: SelectionOptions,
): readonly ManifestObject[] {
  const placed = noTablespaces === true ? withoutTablespaces(recorded) : recorded;
  return noToastCompression === true ? withoutCompression(placed) : placed;
}

function countLeftOut(
  { objects }: Manifest,
  { owner, privileges, dataOnly, sections }: SelectionOptions,
  isSelected: (object: ManifestObject) => boolean,
): OwnershipCounts {
  const count = (isSet: boolean, kinds: ReadonlySet<string>): number =>
    isSet || dataOnly
      ? 0
      : objects.filter(
          (object) =>
            kinds.has(object.kind) &&
            (sections?.includes(object.section) ?? true) &&
            isSelected(object),
        ).length;
  return { owners: count(owner, OWNER_KINDS), privileges: count(privileges, PRIVILEGE_KINDS) };
}

/** A test of a relation's name against the table patterns. */
function matcher(
  manifest: Manifest,
  { tables, tablesAndChildren = [], searchPath }: SelectionOptions,
): (namespace: string, name: string) => boolean {
  const known = [
    ...manifest.relations,
    ...manifest.objects.flatMap(({ kind, namespace, name }) =>
      RELATIONS.has(kind) && namespace !== null ? [{ namespace, name }] : [],
    ),
  ];
  const testOf = (patterns: readonly string[], andChildren: readonly string[]) =>
    tableTest(manifest, { patterns, andChildren, searchPath });
  for (const [text, test] of [
    ...tables.map((each) => [each, testOf([each], [])] as const),
    ...tablesAndChildren.map((each) => [each, testOf([], [each])] as const),
  ]) {
    if (!known.some(test)) {
      throw new UsageError(`the archive holds no table that matches ${text}`, {
        object: text,
        hint: "inspect lists what it holds; write table or schema.table",
      });
    }
  }
  const isNamed = testOf(tables, tablesAndChildren);
  return (namespace, name) => isNamed({ namespace, name });
}

/** The selected relations, what they need, and those of their parts that need no unselected relation. */
function closure(
  manifest: Manifest,
  available: readonly ManifestObject[],
  matches: (namespace: string, name: string) => boolean,
): { ids: ReadonlySet<number>; needed: ReadonlySet<number>; warnings: Warning[] } {
  const byId = new Map(manifest.objects.map((object) => [object.id, object]));
  const availableIds = new Set(available.map(({ id }) => id));
  const isSelected = ({ kind, namespace, name }: ManifestObject): boolean =>
    RELATIONS.has(kind) && namespace !== null && matches(namespace, name);
  const standsAlone = partitionsAlone(manifest);
  const checksOf = separateChecks(manifest);
  const ids = new Set<number>();
  const needed = new Set<number>();
  const warnings: Warning[] = [];

  /** `id`s of the object and of all that it needs, and the relations that it needs and that may not be brought along. */
  const needs = (start: ManifestObject) => {
    const needed = new Set<number>();
    const missing = new Map<number, ManifestObject>();
    const queue = [start];
    for (let object = queue.pop(); object !== undefined; object = queue.pop()) {
      if (needed.has(object.id) || ids.has(object.id)) continue;
      const mayCome =
        object === start ||
        !RELATIONS.has(object.kind) ||
        BROUGHT.has(object.kind) ||
        isSelected(object);
      if (!mayCome) {
        missing.set(object.id, object);
        continue;
      }
      if (object !== start && isPartElsewhere(object, byId, isSelected)) continue;
      needed.add(object.id);
      queue.push(...object.requires.map((id) => byId.get(id)!).filter(standsAlone(object)));
      if (object.kind === "domain") queue.push(...(checksOf.get(object.id) ?? []));
    }
    return { needed, missing: [...missing.values()] };
  };
  const rootIsSelected = (object: ManifestObject): boolean => {
    if (isSelected(object)) return true;
    const parent = object.parent === null ? undefined : byId.get(object.parent);
    return parent !== undefined && rootIsSelected(parent);
  };
  for (const object of available) {
    if (!rootIsSelected(object)) continue;
    const closed = needs(object);
    if (closed.missing.length > 0)
      warnings.push(needsUnselected(object, closed.missing, isSelected));
    // What was asked for by name is never left out: where the target lacks what it needs, the server says so.
    if (closed.missing.length > 0 && !isSelected(object)) continue;
    for (const id of closed.needed) {
      if (!availableIds.has(id)) continue;
      ids.add(id);
      if (!rootIsSelected(byId.get(id)!)) needed.add(id);
    }
  }
  return { ids, needed, warnings };
}

/** The checks of domains that CREATE DOMAIN does not contain, by the domain. */
function separateChecks({
  objects,
}: Manifest): ReadonlyMap<number | null, readonly ManifestObject[]> {
  return groupBy(
    objects.filter(({ kind }) => kind === "check-constraint"),
    ({ parent }) => parent,
  );
}

/** Parts of a table that come before the tables that inherit from it. */
const PARTS: ReadonlySet<string> = new Set([
  "default",
  "check-constraint",
  "key-constraint",
  "index",
]);

/** Whether it is such a part of a table that is not selected, which stays as it is in the target. */
function isPartElsewhere(
  { kind, section, parent }: ManifestObject,
  byId: ReadonlyMap<number, ManifestObject>,
  isSelected: (object: ManifestObject) => boolean,
): boolean {
  const isPart = section === "pre-data" && PARTS.has(kind);
  const relation = isPart && parent !== null ? byId.get(parent)! : undefined;
  return relation !== undefined && RELATIONS.has(relation.kind) && !isSelected(relation);
}

function needsUnselected(
  object: ManifestObject,
  missing: readonly ManifestObject[],
  isSelected: (object: ManifestObject) => boolean,
): Warning {
  const label = objectLabel(object);
  const names = listed(missing.map(objectLabel));
  const were = missing.length === 1 ? "was" : "were";
  const message = isSelected(object)
    ? `${label} needs ${names}, not selected, which the target must have`
    : `${label} was left out: it needs ${names}, which ${were} not selected`;
  return warning("needs-unselected", label, message);
}

const INDEXES: ReadonlySet<string> = new Set(["index", "key-constraint"]);

/**
 * What a partition and its indexes require in fact: they are created alone and then attached, and only that needs the
 * partitioned table. Gives a test of what an object requires.
 */
function partitionsAlone({
  objects,
}: Manifest): (object: ManifestObject) => (required: ManifestObject) => boolean {
  const attached = new Map(
    objects.flatMap(({ kind, parent, requires }) =>
      kind === "table-attach" && parent !== null ? [[parent, new Set(requires)] as const] : [],
    ),
  );
  return ({ id, kind }) => {
    const parents = attached.get(id);
    return (required) =>
      !(INDEXES.has(kind) && INDEXES.has(required.kind)) && parents?.has(required.id) !== true;
  };
}
