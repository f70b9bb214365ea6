/**
 * What statements need of a server: the constructs that PostgreSQL 14 to 18 brought, known by their keywords, which
 * are written in capitals and never stand inside quotes. Pure.
 */
import type { ManifestObject } from "../../archive/format/manifest.ts";
import { qualify } from "../../sql/ident.ts";
import { withoutQuoted } from "../../sql/deparse/scan.ts";
import { objectLabel } from "../../util/label.ts";

interface ServerFeature {
  /** The first major that has it. */
  readonly since: number;
  readonly what: string;
  /** Kinds of objects that can hold it; all that hold expressions when absent. */
  readonly kinds?: readonly string[];
  /** Looked for in a statement without its quoted text. */
  readonly pattern: RegExp;
}

const TABLES = ["table", "foreign-table"];
const LZ4 = /\bSET COMPRESSION lz4\b/;

const SERVER_FEATURES: readonly ServerFeature[] = [
  { since: 14, what: "a multirange type", kinds: ["type"], pattern: /\bmultirange_type_name = / },
  { since: 14, what: "a subscripting function", kinds: ["type"], pattern: /\bsubscript = /i },
  {
    since: 14,
    what: "a body in standard SQL",
    kinds: ["function", "procedure"],
    pattern: /^\s*(?:BEGIN ATOMIC|RETURN )/m,
  },
  {
    since: 14,
    what: "an OUT argument of a procedure",
    kinds: ["procedure"],
    pattern: /[(,] ?OUT /,
  },
  {
    since: 14,
    what: "compression of a column",
    kinds: [...TABLES, "materialized-view"],
    pattern: /\bSET COMPRESSION\b/,
  },
  {
    since: 14,
    what: "statistics on an expression",
    kinds: ["statistics"],
    pattern: /(?: ON|,) \(/,
  },
  {
    since: 14,
    what: "a subscription's option binary or streaming",
    kinds: ["subscription"],
    pattern: /\b(?:binary|streaming) = /,
  },
  {
    since: 14,
    what: "SEARCH or CYCLE of a recursive query",
    pattern: /\bSEARCH (?:DEPTH|BREADTH) FIRST BY\b|\) CYCLE [^;]+? SET /,
  },
  { since: 14, what: "an alias of JOIN … USING", pattern: /\bUSING \([^()]*\) AS / },
  { since: 14, what: "GROUP BY DISTINCT", pattern: /\bGROUP BY DISTINCT\b/ },
  { since: 15, what: "MERGE", pattern: /\bMERGE INTO\b/ },
  {
    since: 15,
    what: "NULLS NOT DISTINCT",
    kinds: ["index", "key-constraint"],
    pattern: /\bNULLS NOT DISTINCT\b/,
  },
  { since: 15, what: "security_invoker", kinds: ["view"], pattern: /\bsecurity_invoker=/ },
  {
    since: 15,
    what: "a column list or row filter of a publication",
    kinds: ["publication-relation"],
    pattern: /\(/,
  },
  { since: 15, what: "a published schema", kinds: ["publication-schema"], pattern: /^/ },
  {
    since: 15,
    what: "a foreign key that resets some columns",
    kinds: ["foreign-key"],
    pattern: /\bSET (?:NULL|DEFAULT) \(/,
  },
  {
    since: 15,
    what: "an unlogged sequence",
    kinds: ["sequence"],
    pattern: /\b(?:UNLOGGED SEQUENCE|SET (?:UN)?LOGGED)\b/,
  },
  {
    since: 15,
    what: "a subscription's option two_phase or disable_on_error",
    kinds: ["subscription"],
    pattern: /\b(?:two_phase|disable_on_error) = /,
  },
  {
    since: 16,
    what: "a generation expression other than the parent's",
    kinds: TABLES,
    pattern: /\/\* a parent has another expression \*\//,
  },
  { since: 16, what: "rules of a collation", kinds: ["collation"], pattern: /\brules = / },
  {
    since: 16,
    what: "a subscription's option of PostgreSQL 16",
    kinds: ["subscription"],
    pattern: /\b(?:origin|password_required|run_as_owner) = |\bstreaming = parallel\b/,
  },
  {
    since: 16,
    what: "standard SQL's JSON constructors and IS JSON",
    pattern: /\bIS (?:NOT )?JSON\b|\bJSON_(?:ARRAY|OBJECT|ARRAYAGG|OBJECTAGG)\(/,
  },
  {
    since: 17,
    what: "standard SQL's JSON queries",
    pattern: /\bJSON(?:_(?:TABLE|VALUE|QUERY|EXISTS|SCALAR|SERIALIZE))?\(/,
  },
  {
    since: 17,
    what: "MERGE with WHEN NOT MATCHED BY SOURCE",
    pattern: /\bWHEN NOT MATCHED BY SOURCE\b/,
  },
  {
    since: 17,
    what: "the privilege MAINTAIN",
    kinds: ["privileges", "default-privileges"],
    pattern: /\bMAINTAIN\b/,
  },
  { since: 17, what: "a login trigger", kinds: ["event-trigger"], pattern: /\bON login\b/ },
  {
    since: 17,
    what: "a collation of the builtin provider",
    kinds: ["collation"],
    pattern: /\bprovider = builtin\b/,
  },
  {
    since: 17,
    what: "an access method of a partitioned table",
    kinds: ["table"],
    pattern: /^PARTITION BY [^]*^USING /m,
  },
  {
    since: 17,
    what: "failover of a subscription",
    kinds: ["subscription"],
    pattern: /\bfailover = /,
  },
  {
    since: 17,
    what: "an exclusion constraint of a partitioned table",
    kinds: ["key-constraint"],
    pattern: /^ALTER TABLE (?!ONLY )[^]*\bEXCLUDE /,
  },
  {
    since: 17,
    what: "a NOT NULL with a name or comment",
    kinds: ["domain"],
    pattern: /\bCONSTRAINT \S+ NOT NULL\b/,
  },
  {
    since: 18,
    what: "a key WITHOUT OVERLAPS",
    kinds: ["key-constraint"],
    pattern: /\bWITHOUT OVERLAPS\b/,
  },
  { since: 18, what: "a foreign key by PERIOD", kinds: ["foreign-key"], pattern: /\bPERIOD / },
  {
    since: 18,
    what: "a constraint that is NOT ENFORCED",
    kinds: [...TABLES, "check-constraint", "foreign-key"],
    pattern: /\bNOT ENFORCED\b/,
  },
  { since: 18, what: "a virtual generated column", kinds: TABLES, pattern: /\) VIRTUAL\b/ },
  {
    since: 18,
    what: "NOT NULL as a constraint of its own",
    kinds: [...TABLES, "check-constraint"],
    pattern: /\bNOT NULL (?:NO INHERIT|[a-z_"])|\bADD CONSTRAINT \S+ NOT NULL\b/,
  },
  {
    since: 18,
    what: "published generated columns",
    kinds: ["publication"],
    pattern: /\bpublish_generated_columns = /,
  },
  {
    since: 18,
    what: "default privileges of large objects",
    kinds: ["default-privileges"],
    pattern: /\bON LARGE OBJECTS\b/,
  },
];

/** The name is as SQL: a quoted one may hold anything. */
const NAMED_NOT_NULL = /\bCONSTRAINT ((?:"(?:[^"]|"")*")|[^\s"]+) NOT NULL\b/g;

/** Names of NOT NULL constraints that a table's statements give. */
function namedNotNulls({ kind, statements }: ManifestObject): string[] {
  if (!TABLES.includes(kind)) return [];
  return statements.flatMap((text) => [...text.matchAll(NAMED_NOT_NULL)].map((found) => found[1]!));
}

/** What a server of this major takes and does not keep, for people: `table public.t: …`. */
export function lostBy(objects: readonly ManifestObject[], major: number): string[] {
  if (major >= 18) return [];
  return objects.flatMap((object) => {
    const names = namedNotNulls(object);
    const what = `${names.join(", ")} (PostgreSQL 18 has names for NOT NULL)`;
    return names.length === 0 ? [] : [`${objectLabel(object)}: loses the constraint names ${what}`];
  });
}

/** Whether any of the objects wants lz4, which a server can be built without. */
export function wantsLz4(objects: readonly ManifestObject[]): boolean {
  return objects.some(({ statements }) => statements.some((text) => LZ4.test(text)));
}

export interface TargetServer {
  readonly major: number;
  /** Whether values can be compressed with lz4. */
  readonly hasLz4: boolean;
}

/** Each construct that the server lacks, once for each object that has it: `table public.t: … (PostgreSQL 18)`. */
export function missingFeatures(
  objects: readonly ManifestObject[],
  { major, hasLz4 }: TargetServer,
): string[] {
  const newer = SERVER_FEATURES.filter(({ since }) => since > major);
  const lz4 = major < 14 || hasLz4 ? [] : objects.filter((object) => wantsLz4([object]));
  return [
    ...(newer.length === 0 ? [] : objects.flatMap((object) => beyond(object, newer))),
    ...(major >= 18 ? [] : commentedNotNulls(objects)).map(
      (object) => `${objectLabel(object)}: a comment on NOT NULL (PostgreSQL 18)`,
    ),
    ...lz4.map((object) => `${objectLabel(object)}: lz4 (the server was built without it)`),
  ];
}

function beyond(object: ManifestObject, newer: readonly ServerFeature[]): string[] {
  const possible = newer.filter(({ kinds }) => kinds?.includes(object.kind) ?? true);
  const texts = object.statements.map(withoutQuoted);
  return possible
    .filter(({ pattern }) => texts.some((text) => pattern.test(text)))
    .map(({ what, since }) => `${objectLabel(object)}: ${what} (PostgreSQL ${since})`);
}

/** Comments on constraints that older servers do not have. */
function commentedNotNulls(objects: readonly ManifestObject[]): ManifestObject[] {
  const targets = new Set(
    objects.flatMap((object) =>
      namedNotNulls(object).map(
        (name) => `CONSTRAINT ${name} ON ${qualify(object.namespace, object.name)}`,
      ),
    ),
  );
  return objects.filter(({ kind, name }) => kind === "comment" && targets.has(name));
}
