/**
 * The features of objects in archives of format 1, which did not record them: found in the statements by their
 * keywords, which are written in capitals and never stand inside quotes. For old archives alone, and the only module
 * that takes facts out of statements: what is dumped today says them itself. The patterns are of the statements that
 * were written at the time of format 1, and so never change.
 */
import type { ManifestFeature, ManifestObject } from "../../archive/format/manifest.ts";
import {
  FEATURE,
  notNullNames,
  type ServerFeature,
  syntaxFeatures,
} from "../../ddl/server-features.ts";
import { qualify } from "../../sql/ident.ts";
import { withoutQuoted } from "../../sql/deparse/scan.ts";

type Pattern = readonly [
  feature: ServerFeature,
  kinds: readonly string[],
  /** Looked for in a statement without its quoted text. */
  pattern: RegExp,
];

const TABLES = ["table", "foreign-table"];
const COMPRESSED = [...TABLES, "materialized-view"];

const PATTERNS: readonly Pattern[] = [
  [FEATURE.multirangeType, ["type"], /\bmultirange_type_name = /],
  [FEATURE.subscriptFunction, ["type"], /\bsubscript = /i],
  [FEATURE.sqlBody, ["function", "procedure"], /^\s*(?:BEGIN ATOMIC|RETURN )/m],
  [FEATURE.procedureOut, ["procedure"], /[(,] ?OUT /],
  [FEATURE.columnCompression, COMPRESSED, /\bSET COMPRESSION\b/],
  [FEATURE.lz4, COMPRESSED, /\bSET COMPRESSION lz4\b/],
  [FEATURE.expressionStatistics, ["statistics"], /(?: ON|,) \(/],
  [FEATURE.subscription14, ["subscription"], /\b(?:binary|streaming) = /],
  [FEATURE.nullsNotDistinct, ["index", "key-constraint"], /\bNULLS NOT DISTINCT\b/],
  [FEATURE.securityInvoker, ["view"], /\bsecurity_invoker=/],
  [FEATURE.publicationFilter, ["publication-relation"], /\(/],
  [FEATURE.publishedSchema, ["publication-schema"], /^/],
  [FEATURE.foreignKeySetColumns, ["foreign-key"], /\bSET (?:NULL|DEFAULT) \(/],
  [FEATURE.unloggedSequence, ["sequence"], /\b(?:UNLOGGED SEQUENCE|SET (?:UN)?LOGGED)\b/],
  [FEATURE.subscription15, ["subscription"], /\b(?:two_phase|disable_on_error) = /],
  [FEATURE.generationOverride, TABLES, /\/\* a parent has another expression \*\//],
  [FEATURE.collationRules, ["collation"], /\brules = /],
  [
    FEATURE.subscription16,
    ["subscription"],
    /\b(?:origin|password_required|run_as_owner) = |\bstreaming = parallel\b/,
  ],
  [FEATURE.maintain, ["privileges", "default-privileges"], /\bMAINTAIN\b/],
  [FEATURE.loginTrigger, ["event-trigger"], /\bON login\b/],
  [FEATURE.builtinCollation, ["collation"], /\bprovider = builtin\b/],
  [FEATURE.partitionedAccessMethod, ["table"], /^PARTITION BY [^]*^USING /m],
  [FEATURE.subscriptionFailover, ["subscription"], /\bfailover = /],
  [FEATURE.partitionedExclusion, ["key-constraint"], /^ALTER TABLE (?!ONLY )[^]*\bEXCLUDE /],
  [FEATURE.withoutOverlaps, ["key-constraint"], /\bWITHOUT OVERLAPS\b/],
  [FEATURE.foreignKeyPeriod, ["foreign-key"], /\bPERIOD /],
  [FEATURE.notEnforced, [...TABLES, "check-constraint", "foreign-key"], /\bNOT ENFORCED\b/],
  [FEATURE.virtualColumn, TABLES, /\) VIRTUAL\b/],
  [
    FEATURE.notNullConstraint,
    [...TABLES, "check-constraint"],
    /\bNOT NULL (?:NO INHERIT|[a-z_"])|\bADD CONSTRAINT \S+ NOT NULL\b/,
  ],
  [FEATURE.publishedGeneratedColumns, ["publication"], /\bpublish_generated_columns = /],
  [FEATURE.largeObjectDefaultPrivileges, ["default-privileges"], /\bON LARGE OBJECTS\b/],
];

/** A name as SQL: a quoted one may hold anything. */
const NAMED_NOT_NULL = /\bCONSTRAINT ((?:"(?:[^"]|"")*")|[^\s"]+) NOT NULL\b/g;

/** The objects of an archive of format 1 with the features and access methods that their statements show. */
export function withFormat1Features(objects: readonly ManifestObject[]): ManifestObject[] {
  const comments = commentFeatures(objects);
  return objects.map((object) => ({
    ...object,
    features: featuresOf(object, comments),
    accessMethod: accessMethodOf(object),
  }));
}

function accessMethodOf({ kind, statements }: ManifestObject): string | null {
  const isGin = kind === "index" && statements.some((sql) => / USING gin /.test(sql));
  return isGin ? "gin" : null;
}

function featuresOf(
  object: ManifestObject,
  comments: ReadonlyMap<string, ServerFeature>,
): ManifestFeature[] {
  const texts = object.statements.map(withoutQuoted);
  const shown = PATTERNS.filter(
    ([, kinds, pattern]) => kinds.includes(object.kind) && texts.some((text) => pattern.test(text)),
  );
  const names = notNullNamesOf(object);
  const since = object.kind === "domain" ? 17 : 18;
  const comment = object.kind === "comment" ? comments.get(object.name) : undefined;
  return [
    ...shown.map(([feature]) => feature),
    ...syntaxFeatures(object.statements),
    ...(names.length === 0 ? [] : [notNullNames(names, since)]),
    ...(comment === undefined ? [] : [comment]),
  ];
}

/** Names of NOT NULL constraints that the statements of a table or domain give. */
function notNullNamesOf({ kind, statements }: ManifestObject): string[] {
  if (!TABLES.includes(kind) && kind !== "domain") return [];
  return statements.flatMap((text) => [...text.matchAll(NAMED_NOT_NULL)].map(([, name]) => name!));
}

/** What comments on NOT NULL constraints need, by the names of the comments. */
function commentFeatures(objects: readonly ManifestObject[]): Map<string, ServerFeature> {
  return new Map(
    objects.flatMap((object) => {
      const isDomain = object.kind === "domain";
      const on = `ON ${isDomain ? "DOMAIN " : ""}${qualify(object.namespace, object.name)}`;
      const feature = isDomain ? FEATURE.domainNotNullComment : FEATURE.notNullComment;
      return notNullNamesOf(object).map((name) => [`CONSTRAINT ${name} ${on}`, feature] as const);
    }),
  );
}
