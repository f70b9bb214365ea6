/**
 * Selection of what a dump takes, by patterns and with pg_dump's rules: patterns for schemas or relations leave out all
 * that belongs to neither; a relation includes its parts, but not what it depends on.
 */
import { CATALOG, catalogOf, oidOf } from "../catalog/address.ts";
import type { Catalog } from "../catalog/read.ts";
import type { DdlContext } from "../ddl/context.ts";
import type { DumpableObject } from "../ddl/dumpable-object.ts";
import { UsageError } from "../errors.ts";
import {
  matchesPattern,
  type NamePattern,
  qualifiedPattern,
  refuseOtherDatabase,
  schemaPattern,
  simplePattern,
  type Visibility,
} from "../sql/pattern.ts";

/** Patterns as pg_dump's options of the same names take them; an absent or empty list restricts nothing. */
export interface SelectOptions {
  readonly schemas?: readonly string[] | undefined;
  readonly excludeSchemas?: readonly string[] | undefined;
  readonly tables?: readonly string[] | undefined;
  readonly excludeTables?: readonly string[] | undefined;
  /** Tables that are dumped without their rows. */
  readonly excludeTableData?: readonly string[] | undefined;
  readonly extensions?: readonly string[] | undefined;
  /** Fail when a pattern matches nothing. */
  readonly strictNames?: boolean | undefined;
  /** Schemas in which a pattern without a schema looks, as `search_path` would; `["public"]` when absent. */
  readonly searchPath?: readonly string[] | undefined;
}

/** The options that are lists of patterns. */
export type PatternList = Exclude<keyof SelectOptions, "strictNames" | "searchPath">;

/** The option of the command line, without its dashes, for each list of patterns. A manifest records these. */
export const SELECTION_FLAGS: Readonly<Record<PatternList, string>> = {
  schemas: "schema",
  excludeSchemas: "exclude-schema",
  tables: "table",
  excludeTables: "exclude-table",
  excludeTableData: "exclude-table-data",
  extensions: "extension",
};

/** A pattern with the option that it was given to, as a manifest records it. */
export interface SelectedPattern {
  /** `table`, `exclude-schema`: the option of the command line, without its dashes. */
  readonly option: string;
  readonly pattern: string;
}

export interface Selection {
  readonly includes: (object: DumpableObject) => boolean;
  /** Whether a relation is selected, by its oid. */
  readonly includesRelation: (relation: number) => boolean;
  /** Whether the rows of a relation are dumped, by its oid. */
  readonly includesRows: (relation: number) => boolean;
  /** Whether the whole database is dumped. */
  readonly everything: boolean;
  /** The patterns of all options. */
  readonly patterns: readonly SelectedPattern[];
}

/** The oids that the patterns of each list match; null where there are no patterns. */
type Matches = Readonly<Record<PatternList, ReadonlySet<number> | null>>;

/**
 * Decides which of `objects` to dump.
 * @throws UsageError when a pattern is malformed, or matches nothing where it must.
 */
export function select(
  context: DdlContext,
  objects: readonly DumpableObject[],
  options: SelectOptions,
): Selection {
  const matches = matchPatterns(context, options);
  const includesRelation = relationFilter(context.catalog, matches);
  const everything =
    matches.schemas === null &&
    matches.excludeSchemas === null &&
    matches.tables === null &&
    matches.excludeTables === null &&
    matches.extensions === null;
  return {
    includes: everything
      ? () => true
      : objectFilter(context.catalog, objects, matches, includesRelation),
    includesRelation,
    includesRows: (oid) => includesRelation(oid) && !isIn(matches.excludeTableData, oid),
    everything,
    patterns: selectedPatterns(options),
  };
}

/** @throws UsageError as `select` does. */
function matchPatterns(context: DdlContext, options: SelectOptions): Matches {
  const { catalog } = context;
  const isVisible = firstOnPath(context, options.searchPath ?? ["public"]);
  const parseHere =
    (parse: (text: string) => NamePattern) =>
    (text: string): NamePattern => {
      const pattern = parse(text);
      refuseOtherDatabase(pattern, catalog.database.name);
      return pattern;
    };
  const schemas = matcher(parseHere(schemaPattern), catalog.namespaces, (pattern, { name }) =>
    pattern.name.test(name),
  );
  const relations = matcher(
    parseHere(qualifiedPattern),
    catalog.relations,
    (pattern, { namespace, name }) =>
      matchesPattern(pattern, { namespace: context.namespace(namespace), name }, isVisible),
  );
  const extensions = matcher(simplePattern, catalog.extensions, (pattern, { name }) =>
    pattern.name.test(name),
  );
  // As in pg_dump, --strict-names is for inclusion: what is to be left out may well be absent.
  const strict = options.strictNames ?? false;
  const matches: Matches = {
    schemas: schemas(options.schemas, strict),
    excludeSchemas: schemas(options.excludeSchemas, false),
    tables: relations(options.tables, strict),
    excludeTables: relations(options.excludeTables, false),
    excludeTableData: relations(options.excludeTableData, false),
    extensions: extensions(options.extensions, strict),
  };
  if (matches.schemas?.size === 0) throw noMatch("schemas", options.schemas);
  if (matches.tables?.size === 0) throw noMatch("tables", options.tables);
  return matches;
}

/** A function from the texts of patterns to the oids of the rows that any of them matches; null for no patterns. */
function matcher<Row extends { readonly oid: number }>(
  parse: (text: string) => NamePattern,
  rows: readonly Row[],
  fits: (pattern: NamePattern, row: Row) => boolean,
): (texts: readonly string[] | undefined, strict: boolean) => ReadonlySet<number> | null {
  return (texts = [], strict) => {
    if (texts.length === 0) return null;
    const oids = new Set<number>();
    for (const text of texts) {
      const pattern = parse(text);
      const matching = rows.filter((row) => fits(pattern, row));
      if (strict && matching.length === 0) {
        throw new UsageError(`the pattern ${text} matches nothing`, { object: text });
      }
      for (const { oid } of matching) oids.add(oid);
    }
    return oids;
  };
}

function noMatch(kinds: string, texts: readonly string[] | undefined): UsageError {
  return new UsageError(`no ${kinds} match ${(texts ?? []).join(", ")}`, {
    hint: "check the spelling and the schema",
  });
}

/** A relation is visible when it is the first on this path that has its name. */
function firstOnPath({ catalog, namespace }: DdlContext, path: readonly string[]): Visibility {
  /** The least index in `path` of a schema with a relation of each name; made when the first name is looked up. */
  let first: Map<string, number> | undefined;
  const findAll = (): Map<string, number> => {
    const indexes = new Map<string, number>();
    for (const row of catalog.relations) {
      const index = path.indexOf(namespace(row.namespace));
      if (index >= 0) indexes.set(row.name, Math.min(indexes.get(row.name) ?? index, index));
    }
    return indexes;
  };
  return (schema, name) => {
    const index = path.indexOf(schema);
    return index >= 0 && (first ??= findAll()).get(name) === index;
  };
}

/** Whether a schema is dumped with all that is in it. */
function isSchemaIncluded({ schemas, excludeSchemas, tables }: Matches, oid: number): boolean {
  return tables === null && (schemas === null || schemas.has(oid)) && !isIn(excludeSchemas, oid);
}

function relationFilter(catalog: Catalog, matches: Matches): (oid: number) => boolean {
  const relations = new Map(catalog.relations.map((row) => [row.oid, row]));
  const owners = new Map(catalog.sequences.map((row) => [row.oid, row.ownerRelation]));
  const includesRelation = (oid: number): boolean => {
    const row = relations.get(oid);
    if (row === undefined) return false;
    // A sequence is dumped with the column that owns it even where a pattern excludes it: the default needs it.
    const owner = owners.get(oid) ?? null;
    if (owner !== null && includesRelation(owner)) return true;
    if (isIn(matches.excludeTables, oid)) return false;
    return matches.tables?.has(oid) ?? isSchemaIncluded(matches, row.namespace);
  };
  return includesRelation;
}

/** An object is dumped with the one that it is a part of; others by relation, extension or schema. */
function objectFilter(
  catalog: Catalog,
  objects: readonly DumpableObject[],
  matches: Matches,
  includesRelation: (oid: number) => boolean,
): (object: DumpableObject) => boolean {
  const byId = new Map(objects.map((object) => [object.id, object]));
  const relations = new Set(catalog.relations.map((row) => row.oid));
  const namespaces = new Map(catalog.namespaces.map((row) => [row.name, row.oid]));
  const extensions = new Map(catalog.extensions.map((row) => [row.name, row.oid]));
  /** Whether objects are dumped that belong to no schema. */
  const includesGlobal = matches.schemas === null && matches.tables === null;
  const includes = (object: DumpableObject): boolean => {
    const parent = object.parent === undefined ? undefined : byId.get(object.parent);
    if (parent !== undefined) return includes(parent);
    const relation = relationOf(object);
    if (relation !== null && relations.has(relation)) return includesRelation(relation);
    if (object.kind === "extension") {
      return matches.extensions?.has(extensions.get(object.name)!) ?? includesGlobal;
    }
    const schema = object.kind === "schema" ? object.name : object.namespace;
    return schema === null
      ? includesGlobal
      : isSchemaIncluded(matches, namespaces.get(schema) ?? 0);
  };
  return includes;
}

/** The oid of the `pg_class` row that an object defines; null for other objects. */
function relationOf({ id }: DumpableObject): number | null {
  return typeof id === "number" && catalogOf(id) === CATALOG.class ? oidOf(id) : null;
}

function isIn(oids: ReadonlySet<number> | null, oid: number): boolean {
  return oids?.has(oid) ?? false;
}

function selectedPatterns(options: SelectOptions): SelectedPattern[] {
  return Object.entries(SELECTION_FLAGS).flatMap(([list, option]) =>
    (options[list as PatternList] ?? []).map((pattern) => ({ option, pattern })),
  );
}
