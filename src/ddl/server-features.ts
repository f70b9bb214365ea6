/**
 * What statements can need of a server beyond the oldest supported major: the closed list. Emitters, which know what
 * they write, set these on their objects; the manifest records them, and a restore compares them with its target.
 * Codes are stable: archives hold them.
 */
import { type NewerSyntax, newerSyntax } from "../sql/deparse/newer-syntax.ts";
import { listed } from "../util/format.ts";

/** Something that statements need of the server that runs them. */
export interface ServerFeature {
  /** Stable: `nulls-not-distinct`. */
  readonly code: string;
  /** The first major that has it; null where it depends on how the server was built. */
  readonly since: number | null;
  /** The first major that no longer has it. Default: none. */
  readonly before?: number | undefined;
  /** For people: `NULLS NOT DISTINCT`. */
  readonly description: string;
  /** What a server without it does: fails, or takes the statement and loses this part of its meaning. */
  readonly without: "fails" | "loses";
}

function feature(code: string, since: number | null, description: string): ServerFeature {
  return Object.freeze({ code, since, description, without: "fails" });
}

/** Found in text that the server deparsed (newer-syntax.ts), by the codes that are used there. */
const SYNTAX = {
  "search-or-cycle": feature("search-or-cycle", 14, "SEARCH or CYCLE of a recursive query"),
  "join-using-alias": feature("join-using-alias", 14, "an alias of JOIN … USING"),
  "group-by-distinct": feature("group-by-distinct", 14, "GROUP BY DISTINCT"),
  merge: feature("merge", 15, "MERGE"),
  "json-constructors": feature(
    "json-constructors",
    16,
    "standard SQL's JSON constructors and IS JSON",
  ),
  "json-queries": feature("json-queries", 17, "standard SQL's JSON queries"),
  "merge-by-source": feature("merge-by-source", 17, "MERGE with WHEN NOT MATCHED BY SOURCE"),
  "ignore-nulls": feature("ignore-nulls", 19, "IGNORE NULLS of a window function"),
  "json-array-of-query": Object.freeze({
    ...feature(
      "json-array-of-query",
      19,
      "the empty array of JSON_ARRAY over a query without rows, in place of NULL",
    ),
    without: "loses",
  }),
  "on-conflict-select": feature("on-conflict-select", 19, "ON CONFLICT DO SELECT"),
} as const satisfies Readonly<Record<NewerSyntax, ServerFeature>>;

/** All features; but for the names of NOT NULL constraints, which `notNullNames` describes. */
export const FEATURE = {
  multirangeType: feature("multirange-type", 14, "a multirange type"),
  subscriptFunction: feature("subscript-function", 14, "a subscripting function"),
  sqlBody: feature("sql-body", 14, "a body in standard SQL"),
  generatedAlone: Object.freeze({
    ...feature("generated-alone", 13, "a generated column whose parent's is not generated"),
    before: 16,
  }),
  procedureOut: feature("procedure-out-argument", 14, "an OUT argument of a procedure"),
  columnCompression: feature("column-compression", 14, "compression of a column"),
  sequenceNamedLikeType: feature(
    "sequence-named-like-type",
    14,
    "a sequence with the name of a type",
  ),
  expressionStatistics: feature("expression-statistics", 14, "statistics on an expression"),
  subscription14: feature(
    "subscription-options-14",
    14,
    "a subscription's option binary or streaming",
  ),
  searchOrCycle: SYNTAX["search-or-cycle"],
  joinUsingAlias: SYNTAX["join-using-alias"],
  groupByDistinct: SYNTAX["group-by-distinct"],

  merge: SYNTAX.merge,
  nullsNotDistinct: feature("nulls-not-distinct", 15, "NULLS NOT DISTINCT"),
  securityInvoker: feature("security-invoker", 15, "security_invoker"),
  publicationFilter: feature(
    "publication-filter",
    15,
    "a column list or row filter of a publication",
  ),
  publishedSchema: feature("published-schema", 15, "a published schema"),
  foreignKeySetColumns: feature(
    "foreign-key-set-columns",
    15,
    "a foreign key that resets some columns",
  ),
  unloggedSequence: feature("unlogged-sequence", 15, "an unlogged sequence"),
  subscription15: feature(
    "subscription-options-15",
    15,
    "a subscription's option two_phase or disable_on_error",
  ),

  generationOverride: feature(
    "generation-override",
    16,
    "a generation expression other than the parent's",
  ),
  collationRules: feature("collation-rules", 16, "rules of a collation"),
  subscription16: feature(
    "subscription-options-16",
    16,
    "a subscription's option of PostgreSQL 16",
  ),
  jsonConstructors: SYNTAX["json-constructors"],

  jsonQueries: SYNTAX["json-queries"],
  mergeBySource: SYNTAX["merge-by-source"],
  maintain: feature("maintain-privilege", 17, "the privilege MAINTAIN"),
  expressionChange: feature(
    "expression-change",
    17,
    "another generation expression of an inherited column",
  ),
  loginTrigger: feature("login-trigger", 17, "a login trigger"),
  builtinCollation: feature("builtin-collation", 17, "a collation of the builtin provider"),
  partitionedAccessMethod: feature(
    "partitioned-access-method",
    17,
    "an access method of a partitioned table",
  ),
  subscriptionFailover: feature("subscription-failover", 17, "failover of a subscription"),
  partitionedExclusion: feature(
    "partitioned-exclusion",
    17,
    "an exclusion constraint of a partitioned table",
  ),
  domainNotNullComment: feature(
    "domain-not-null-comment",
    17,
    "a comment on the NOT NULL of a domain",
  ),

  withoutOverlaps: feature("without-overlaps", 18, "a key WITHOUT OVERLAPS"),
  foreignKeyPeriod: feature("foreign-key-period", 18, "a foreign key by PERIOD"),
  notEnforced: feature("not-enforced", 18, "a constraint that is NOT ENFORCED"),
  virtualColumn: feature("virtual-column", 18, "a virtual generated column"),
  notNullConstraint: feature("not-null-constraint", 18, "NOT NULL as a constraint of its own"),
  notNullComment: feature("not-null-comment", 18, "a comment on NOT NULL"),
  publishedGeneratedColumns: feature(
    "published-generated-columns",
    18,
    "published generated columns",
  ),
  largeObjectDefaultPrivileges: feature(
    "large-object-default-privileges",
    18,
    "default privileges of large objects",
  ),

  publishedSequences: feature("published-sequences", 19, "the publication of all sequences"),
  publicationExceptions: feature("publication-exceptions", 19, "tables that a publication excepts"),
  subscriptionServer: feature("subscription-server", 19, "a foreign server of a subscription"),
  subscription19: feature(
    "subscription-options-19",
    19,
    "a subscription's option retain_dead_tuples, max_retention_duration or wal_receiver_timeout",
  ),
  wrapperConnection: feature(
    "wrapper-connection",
    19,
    "a connection function of a foreign data wrapper",
  ),
  aggregateSupport: feature("aggregate-support", 19, "a planner support function of an aggregate"),
  virtualColumnStatistics: feature(
    "virtual-column-statistics",
    19,
    "statistics on a virtual generated column",
  ),
  storageParameters19: feature(
    "storage-parameters-19",
    19,
    "the storage parameter autovacuum_parallel_workers or log_autoanalyze_min_duration",
  ),
  defaultInetOps: feature(
    "default-inet-ops",
    19,
    "GiST's operator class for inet and cidr as their default",
  ),
  emptySettingList: feature("empty-setting-list", 19, "a setting that is an empty list"),
  ignoreNulls: SYNTAX["ignore-nulls"],
  jsonArrayOfQuery: SYNTAX["json-array-of-query"],
  onConflictSelect: SYNTAX["on-conflict-select"],

  /** A server can be built without it. */
  lz4: feature("lz4", null, "lz4"),
} as const satisfies Readonly<Record<string, ServerFeature>>;

/** Shown of a table's constraint names: a description in a manifest has a limit. */
const NAMES_SHOWN = 6;

/** Names of NOT NULL constraints, quoted as SQL, which a server before `since` takes and does not keep. */
export function notNullNames(names: readonly string[], since: 17 | 18): ServerFeature {
  const noun = names.length === 1 ? "constraint name" : "constraint names";
  const description = `the ${noun} ${listed(names, { limit: NAMES_SHOWN })}`;
  return { code: "not-null-name", since, description, without: "loses" };
}

const NONE: readonly ServerFeature[] = Object.freeze([]);

/** What statements that hold deparsed text need because of its syntax. */
export function syntaxFeatures(statements: readonly string[]): readonly ServerFeature[] {
  let codes: Set<NewerSyntax> | undefined;
  for (const statement of statements)
    for (const code of newerSyntax(statement)) (codes ??= new Set()).add(code);
  return codes === undefined ? NONE : [...codes].map((code) => SYNTAX[code]);
}
