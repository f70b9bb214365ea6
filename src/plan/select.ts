/**
 * Which objects a dump takes, by patterns, with pg_dump's rules: naming schemas or relations leaves out all that
 * belongs to neither; a relation brings what is part of it, and not what it needs.
 */
import { CATALOG, catalogOf, oidOf } from "../catalog/address.ts";
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

/** Patterns as pg_dump's options of the same names take them; an absent or empty list chooses nothing in particular. */
export interface SelectOptions {
  readonly schemas?: readonly string[] | undefined;
  readonly excludeSchemas?: readonly string[] | undefined;
  readonly tables?: readonly string[] | undefined;
  readonly excludeTables?: readonly string[] | undefined;
  /** The tables are made but their rows are left out. */
  readonly excludeTableData?: readonly string[] | undefined;
  readonly extensions?: readonly string[] | undefined;
  /** Fail when a pattern matches nothing. */
  readonly strictNames?: boolean | undefined;
  /** Schemas in which a pattern without a schema looks, as `search_path` would; `["public"]` when absent. */
  readonly searchPath?: readonly string[] | undefined;
}

export interface Selection {
  /** Whether a piece is dumped. */
  readonly takes: (object: DumpableObject) => boolean;
  readonly takesRelation: (oid: number) => boolean;
  readonly takesRows: (oid: number) => boolean;
  /** Whether the whole database is dumped. */
  readonly everything: boolean;
  /** The patterns, for people: `--table users`. */
  readonly described: readonly string[];
}

interface Matched {
  readonly given: boolean;
  readonly oids: ReadonlySet<number>;
}

/**
 * Which of `pieces` to dump.
 * @throws UsageError when a pattern is malformed, or matches nothing where it must.
 */
export function select(
  context: DdlContext,
  objects: readonly DumpableObject[],
  options: SelectOptions,
): Selection {
  const { catalog } = context;
  const path = options.searchPath ?? ["public"];
  const strict = options.strictNames ?? false;
  const inThisDatabase =
    (parse: (text: string) => NamePattern) =>
    (text: string): NamePattern => {
      const pattern = parse(text);
      refuseOtherDatabase(pattern, catalog.database.name);
      return pattern;
    };

  const schemas = (texts: readonly string[] | undefined, must: boolean): Matched =>
    matchAll(texts, inThisDatabase(schemaPattern), must, (pattern) =>
      catalog.namespaces.filter((row) => pattern.name.test(row.name)).map((row) => row.oid),
    );
  const isVisible = firstOnPath(context, path);
  const relations = (texts: readonly string[] | undefined, must: boolean): Matched =>
    matchAll(texts, inThisDatabase(qualifiedPattern), must, (pattern) =>
      catalog.relations
        .filter(({ namespace, name }) =>
          matchesPattern(pattern, { namespace: context.namespace(namespace), name }, isVisible),
        )
        .map((row) => row.oid),
    );
  // As in pg_dump, only inclusion is strict: what is to be left out may well be absent.
  const inSchemas = schemas(options.schemas, strict);
  const outSchemas = schemas(options.excludeSchemas, false);
  const inTables = relations(options.tables, strict);
  const outTables = relations(options.excludeTables, false);
  const noRows = relations(options.excludeTableData, false);
  const inExtensions = matchAll(options.extensions, simplePattern, strict, (pattern) =>
    catalog.extensions.filter((row) => pattern.name.test(row.name)).map((row) => row.oid),
  );
  if (inSchemas.given && inSchemas.oids.size === 0) throw nothing("schemas", options.schemas);
  if (inTables.given && inTables.oids.size === 0) throw nothing("tables", options.tables);

  const everything = !inSchemas.given && !inTables.given;
  const takesNamespace = (oid: number): boolean =>
    !inTables.given && (!inSchemas.given || inSchemas.oids.has(oid)) && !outSchemas.oids.has(oid);
  const byOid = new Map(catalog.relations.map((row) => [row.oid, row]));
  const ownerOf = new Map(catalog.sequences.map((row) => [row.oid, row.ownerRelation]));
  const takesRelation = (oid: number): boolean => {
    const row = byOid.get(oid);
    if (row === undefined) return false;
    // A column's sequence comes with the table even where a pattern leaves it out: the default needs it.
    const owner = ownerOf.get(oid) ?? null;
    if (owner !== null && takesRelation(owner)) return true;
    if (outTables.oids.has(oid)) return false;
    return inTables.given ? inTables.oids.has(oid) : takesNamespace(row.namespace);
  };
  const whole = everything && !outSchemas.given && !outTables.given && !inExtensions.given;
  const byId = new Map((whole ? [] : objects).map((object) => [object.id, object]));
  const namespaceOids = new Map(catalog.namespaces.map((row) => [row.name, row.oid]));
  const extensionOids = new Map(catalog.extensions.map((row) => [row.name, row.oid]));
  const takes = (object: DumpableObject): boolean => {
    const parent = object.parent === undefined ? undefined : byId.get(object.parent);
    if (parent !== undefined) return takes(parent);
    const relation = relationOf(object);
    if (relation !== null && byOid.has(relation)) return takesRelation(relation);
    if (object.kind === "extension") {
      return inExtensions.given
        ? inExtensions.oids.has(extensionOids.get(object.name)!)
        : everything;
    }
    if (object.kind === "schema") return takesNamespace(namespaceOids.get(object.name)!);
    if (object.namespace !== null) return takesNamespace(namespaceOids.get(object.namespace) ?? 0);
    return everything;
  };
  return {
    takes: whole ? () => true : takes,
    takesRelation,
    takesRows: (oid) => takesRelation(oid) && !noRows.oids.has(oid),
    everything: whole,
    described: described(options),
  };
}

function matchAll(
  texts: readonly string[] | undefined,
  parse: (text: string) => NamePattern,
  strict: boolean,
  match: (pattern: NamePattern) => number[],
): Matched {
  const oids = new Set<number>();
  for (const text of texts ?? []) {
    const matched = match(parse(text));
    if (strict && matched.length === 0) {
      throw new UsageError(`the pattern ${text} matches nothing`, { object: text });
    }
    for (const oid of matched) oids.add(oid);
  }
  return { given: (texts ?? []).length > 0, oids };
}

function nothing(what: string, texts: readonly string[] | undefined): UsageError {
  return new UsageError(`no ${what} match ${(texts ?? []).join(", ")}`, {
    hint: "check the spelling and the schema",
  });
}

/** A relation is visible when it is the one that its bare name finds on this path. */
function firstOnPath({ catalog, namespace }: DdlContext, path: readonly string[]): Visibility {
  /** For each bare name, where on the path it is found; made when one is looked up. */
  let first: Map<string, number> | undefined;
  const findAll = (): Map<string, number> => {
    const positions = new Map<string, number>();
    for (const row of catalog.relations) {
      const at = path.indexOf(namespace(row.namespace));
      if (at >= 0) positions.set(row.name, Math.min(positions.get(row.name) ?? at, at));
    }
    return positions;
  };
  return (schema, name) => {
    const at = path.indexOf(schema);
    return at >= 0 && (first ??= findAll()).get(name) === at;
  };
}

/** The oid of the `pg_class` row that a piece is; null for all else. */
function relationOf(object: DumpableObject): number | null {
  const { id } = object;
  return typeof id === "number" && catalogOf(id) === CATALOG.class ? oidOf(id) : null;
}

function described(options: SelectOptions): string[] {
  const flags = {
    schema: options.schemas,
    "exclude-schema": options.excludeSchemas,
    table: options.tables,
    "exclude-table": options.excludeTables,
    "exclude-table-data": options.excludeTableData,
    extension: options.extensions,
  };
  return Object.entries(flags).flatMap(([flag, texts]) =>
    (texts ?? []).map((text) => `--${flag} ${text}`),
  );
}
