/** The objects of a plan with their statements, numbered in the order of creation. */
import type { Catalog } from "../catalog/read.ts";
import type { ObjectKind } from "../catalog/kinds.ts";
import type { DumpableObject, DumpId, QualifiedName, Section } from "../ddl/dumpable-object.ts";
import { type ServerFeature, syntaxFeatures } from "../ddl/server-features.ts";
import { NEWER_SYNTAX_SINCE } from "../sql/deparse/newer-syntax.ts";
import { withoutNoIndent } from "../sql/deparse/normalize.ts";
import { roundTrips } from "../sql/deparse/round-trip.ts";
import { equalitySchemas, withEquality } from "./equality-operators.ts";
import type { DependencyGraph } from "./graph.ts";

export interface PlannedObject {
  readonly id: number;
  readonly kind: ObjectKind;
  readonly namespace: string | null;
  readonly name: string;
  readonly section: Section;
  readonly statements: string[];
  /** `id`s of objects that this one requires; they come before it. */
  readonly requires: number[];
  /** `id` of the object that this one is a part of. */
  readonly parent: number | null;
  /** What the statements need of a server beyond the oldest supported major. */
  readonly features: ServerFeature[];
  /** Of a table: those that it is a partition of or inherits from; absent where there are none. */
  readonly inherits?: QualifiedName[];
  /** The access method of an index or of a constraint's index; null for other objects. */
  readonly accessMethod: string | null;
  /** Names of the roles in the statements. */
  readonly roles: string[];
}

/** The `id` of the planned object that a dumpable object became; null when it has no statements in the plan. */
export type PlannedId = (object: DumpId | undefined) => number | null;

interface StatementOptions {
  /** Sections whose objects get statements; both when absent. */
  readonly sections?: readonly string[] | undefined;
  readonly reproducible?: boolean;
  /** A role's name, by its oid. */
  readonly role: (oid: number) => string;
}

/**
 * The objects that have statements. An object without any is left out, and what required it requires instead what it
 * requires itself.
 *
 * @param sorted indexes of the graph's objects in the order of creation.
 */
export function plannedObjects(
  catalog: Catalog,
  { objects, indexById, requires }: DependencyGraph,
  sorted: readonly number[],
  { sections = ["pre-data", "post-data"], reproducible = false, role }: StatementOptions,
): { objects: PlannedObject[]; plannedId: PlannedId } {
  const equalities = equalitySchemas(catalog, objects);
  /** By index; -1 for none. */
  const ids = new Int32Array(objects.length).fill(-1);
  /** What stands for an object without statements in the `requires` of others: the ids of what it requires. */
  const substitutes = new Map<number, readonly number[]>();
  const planned: PlannedObject[] = [];
  const plannedId: PlannedId = (object) => {
    const index = object === undefined ? undefined : indexById.get(object);
    return index === undefined || ids[index]! < 0 ? null : ids[index]!;
  };
  // Much of a statement is what the server deparsed; quoted text is not changed.
  const normalize = (sql: string): string => roundTrips(reproducible ? withoutNoIndent(sql) : sql);
  const hasNewerSyntax = catalog.version.major >= NEWER_SYNTAX_SINCE;
  sorted.forEach((index) => {
    const object = objects[index]!;
    const statements = sections.includes(object.section)
      ? withEquality(object.sql().map(normalize), equalities.get(object.id))
      : [];
    const required = ascending(idsOf(requires[index]!, ids, substitutes));
    if (statements.length === 0) {
      if (required.length > 0) substitutes.set(index, required);
      const host = plannedId(object.inline);
      if (object.features !== undefined && host !== null)
        planned[host] = withFeatures(planned[host]!, object.features);
      return;
    }
    const id = planned.length;
    ids[index] = id;
    planned.push({
      id,
      kind: object.kind,
      namespace: object.namespace,
      name: object.name,
      section: object.section,
      statements,
      requires: required,
      parent: plannedId(object.parent),
      features: featuresOf(object, hasNewerSyntax ? syntaxFeatures(statements) : NONE),
      accessMethod: object.accessMethod ?? null,
      roles: object.roles === undefined ? NO_ROLES : object.roles.map(role).sort(),
      ...(object.inherits === undefined ? NOTHING : { inherits: [...object.inherits] }),
    });
  });
  return { objects: planned, plannedId };
}

/** Shared by all objects that need nothing. */
const NONE: ServerFeature[] = [];
/** Shared by all objects that name no role. */
const NO_ROLES: string[] = [];
const NOTHING = {};

function featuresOf(
  { features = NONE }: DumpableObject,
  syntax: readonly ServerFeature[],
): ServerFeature[] {
  return features.length + syntax.length === 0 ? NONE : [...features, ...syntax];
}

/** The object with the features of an object that is written inside it. */
function withFeatures(object: PlannedObject, features: readonly ServerFeature[]): PlannedObject {
  return { ...object, features: [...object.features, ...features] };
}

/** The ids of objects, with those that stand for them. */
function idsOf(
  indexes: readonly number[],
  ids: Int32Array,
  substitutes: ReadonlyMap<number, readonly number[]>,
): number[] {
  const all: number[] = [];
  for (const index of indexes) {
    const id = ids[index]!;
    if (id >= 0) all.push(id);
    else for (const substitute of substitutes.get(index) ?? []) all.push(substitute);
  }
  return all;
}

/** The numbers in ascending order, without duplicates. Sorts the list itself. */
function ascending(numbers: number[]): number[] {
  if (numbers.length < 2) return numbers;
  numbers.sort((a, b) => a - b);
  return numbers.some((number, n) => number === numbers[n - 1]) ? [...new Set(numbers)] : numbers;
}
