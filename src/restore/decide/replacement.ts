/**
 * What a restore replaces of its target. A whole archive takes the place of what the role owns and of what is in the
 * archive's schemas; a part of a database takes the place of its own objects alone. What belongs to others stays, and so
 * does every extension. Pure.
 */
import type { Manifest, ManifestObject } from "../../archive/format/manifest.ts";
import { CATALOG } from "../../catalog/address.ts";
import type { Dependent, TargetObject } from "../target/facts.ts";
import type { Selection } from "./selection.ts";

export interface Replacement {
  /** Dropped with `force`, and in the way without it. */
  readonly replaced: readonly TargetObject[];
  /** Objects that the archive would create, and that belong to others. */
  readonly blocked: readonly TargetObject[];
  /** `id`s of the archive's objects that exist, belong to others and are used as they are, each with its target object. */
  readonly kept: ReadonlyMap<number, TargetObject>;
}

/** The catalogs of objects, by kind. Objects of one catalog and schema cannot share a name. */
const CATALOG_OF: Readonly<Record<string, number>> = {
  "access-method": CATALOG.accessMethod,
  aggregate: CATALOG.proc,
  cast: CATALOG.cast,
  collation: CATALOG.collation,
  conversion: CATALOG.conversion,
  domain: CATALOG.type,
  "event-trigger": CATALOG.eventTrigger,
  extension: CATALOG.extension,
  "foreign-data-wrapper": CATALOG.foreignDataWrapper,
  "foreign-server": CATALOG.foreignServer,
  "foreign-table": CATALOG.class,
  function: CATALOG.proc,
  language: CATALOG.language,
  "large-object": CATALOG.largeObject,
  "materialized-view": CATALOG.class,
  operator: CATALOG.operator,
  "operator-class": CATALOG.opclass,
  "operator-family": CATALOG.opfamily,
  procedure: CATALOG.proc,
  publication: CATALOG.publication,
  schema: CATALOG.namespace,
  sequence: CATALOG.class,
  "shell-type": CATALOG.type,
  subscription: CATALOG.subscription,
  table: CATALOG.class,
  "text-search-configuration": CATALOG.tsConfig,
  "text-search-dictionary": CATALOG.tsDictionary,
  "text-search-parser": CATALOG.tsParser,
  "text-search-template": CATALOG.tsTemplate,
  transform: CATALOG.transform,
  type: CATALOG.type,
  view: CATALOG.class,
};

/** Catalogs whose objects are used as they are where they belong to others: nothing of a restore is stored in them. */
const SHARED: ReadonlySet<number> = new Set([
  CATALOG.accessMethod,
  CATALOG.cast,
  CATALOG.eventTrigger,
  CATALOG.extension,
  CATALOG.foreignDataWrapper,
  CATALOG.foreignServer,
  CATALOG.language,
  CATALOG.namespace,
  CATALOG.publication,
  CATALOG.transform,
]);

/** @param contents user objects of the target. */
export function replacement(
  manifest: Manifest,
  selection: Selection,
  contents: readonly TargetObject[],
): Replacement {
  const created = new Map(
    selection.objects.flatMap((object) => {
      const key = selection.needed.has(object.id) ? undefined : keyOf(object);
      return key === undefined ? [] : [[key, object.id] as const];
    }),
  );
  const isWhole = selection.everything && holdsAllObjects(manifest);
  const schemas = new Set(
    selection.objects.map(({ kind, namespace, name }) => (kind === "schema" ? name : namespace)),
  );
  const replaced: TargetObject[] = [];
  const blocked: TargetObject[] = [];
  const kept = new Map<number, TargetObject>();
  for (const object of contents) {
    const id = created.get(key(object.class, object.namespace, object.name));
    const isInSchema = object.namespace !== null && schemas.has(object.namespace);
    if (object.class === CATALOG.extension) {
      if (id !== undefined && !object.mayDrop) kept.set(id, object);
    } else if (id !== undefined && !object.mayDrop) {
      if (SHARED.has(object.class)) kept.set(id, object);
      else blocked.push(object);
    } else if (id !== undefined || (isWhole && object.mayDrop && (object.isOwn || isInSchema))) {
      replaced.push(object);
    }
  }
  return { replaced, blocked, kept };
}

function key(catalog: number, namespace: string | null, name: string): string {
  return JSON.stringify([catalog, namespace, name]);
}

/** Undefined for parts of other objects. */
function keyOf({ kind, namespace, name }: ManifestObject): string | undefined {
  const catalog = CATALOG_OF[kind];
  return catalog === undefined ? undefined : key(catalog, namespace, name);
}

/** Options of a dump that leave out rows, or what belongs to an object, but no object. */
const KEEPS_OBJECTS: ReadonlySet<string> = new Set([
  "exclude-table-data",
  "exclude-table-data-and-children",
  "no-comments",
  "no-policies",
  "no-security-labels",
  "no-unlogged-table-data",
]);

/** Whether the archive holds every object of its database, so that what it lacks was not there. */
export function holdsAllObjects({ partial, options, warnings }: Manifest): boolean {
  return (
    !partial ||
    (options.selection.every(({ option }) => KEEPS_OBJECTS.has(option)) &&
      !warnings.some(({ code }) => code === "unsupported-object"))
  );
}

/** Those that are no part of another one of them: partitions and the sequences of columns go with their tables. */
export function withoutParts(objects: readonly TargetObject[]): TargetObject[] {
  const relations = new Set(
    objects.flatMap((object) => (object.class === CATALOG.class ? [object.oid] : [])),
  );
  return objects.filter(({ holder }) => holder === null || !relations.has(holder));
}

/** The schemas among the objects that hold something else, too, and so stay: their names. */
export function schemasInUse(
  objects: readonly TargetObject[],
  dependents: readonly Dependent[],
): ReadonlySet<string> {
  const oids = new Set(
    dependents.flatMap(({ onClass, onOid }) => (onClass === CATALOG.namespace ? [onOid] : [])),
  );
  return new Set(
    objects.flatMap((object) =>
      object.class === CATALOG.namespace && oids.has(object.oid) ? [object.name] : [],
    ),
  );
}
