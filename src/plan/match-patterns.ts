/** The patterns of a selection, matched with the rows of the catalog. Pure. */
import type { Catalog } from "../catalog/read.ts";
import type { DdlContext } from "../ddl/context.ts";
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
import { groupBy } from "../util/group-by.ts";
import type { PatternList, SelectOptions } from "./select-options.ts";

/** The lists of patterns after the children of tables were added to their lists. */
type MatchList = Exclude<PatternList, `${string}AndChildren`> | "includeForeignData";

/** The oids that the patterns of each list match; null where there are no patterns. */
export type Matches = Readonly<Record<MatchList, ReadonlySet<number> | null>>;

/** @throws UsageError when a pattern is malformed, or matches nothing where it must. */
export function matchPatterns(context: DdlContext, options: SelectOptions): Matches {
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
  const servers = matcher(simplePattern, catalog.foreignServers, (pattern, { name }) =>
    pattern.name.test(name),
  );
  const matches: Matches = {
    // As in pg_dump, a server that is not there is an error in any case.
    includeForeignData: servers(options.includeForeignData, true),
    schemas: schemas(options.schemas, strict),
    excludeSchemas: schemas(options.excludeSchemas, false),
    tables: union(
      relations(options.tables, strict),
      withChildren(catalog, relations(options.tablesAndChildren, strict)),
    ),
    excludeTables: union(
      relations(options.excludeTables, false),
      withChildren(catalog, relations(options.excludeTablesAndChildren, false)),
    ),
    excludeTableData: union(
      relations(options.excludeTableData, false),
      withChildren(catalog, relations(options.excludeTableDataAndChildren, false)),
    ),
    extensions: extensions(options.extensions, strict),
    excludeExtensions: extensions(options.excludeExtensions, false),
  };
  if (matches.schemas?.size === 0) throw noMatch("schemas", options.schemas);
  if (matches.tables?.size === 0)
    throw noMatch("tables", [...(options.tables ?? []), ...(options.tablesAndChildren ?? [])]);
  return matches;
}

type Oids = ReadonlySet<number> | null;

function union(a: Oids, b: Oids): Oids {
  if (a === null || b === null) return a ?? b;
  return new Set([...a, ...b]);
}

/** The relations with all their partitions and the tables that inherit from them. */
function withChildren({ inherits }: Catalog, oids: Oids): Oids {
  if (oids === null) return null;
  const children = groupBy(inherits, ({ parent }) => parent);
  const all = new Set(oids);
  // A set visits what is added while it is walked through.
  for (const oid of all) for (const { child } of children.get(oid) ?? []) all.add(child);
  return all;
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
