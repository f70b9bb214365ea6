/** Which kinds of objects run code, and when. */
import type { ObjectKind } from "../../catalog/kinds.ts";
import type { Clause } from "../../sql/function-calls.ts";

/**
 * When code can run: during a restore into an empty database, or afterwards, when the object is used. A restore of rows into
 * tables that exist already runs their triggers, too.
 */
export type RunsAt = "restore" | "use";

/** Kinds that are code, or name code, in whatever way they are written. */
const ALWAYS: Partial<Readonly<Record<ObjectKind, RunsAt>>> = {
  "access-method": "use",
  aggregate: "use",
  conversion: "use",
  "event-trigger": "use",
  extension: "restore",
  "foreign-data-wrapper": "restore",
  "foreign-server": "use",
  function: "use",
  language: "restore",
  operator: "use",
  "operator-class": "restore",
  "operator-family": "restore",
  procedure: "use",
  rule: "use",
  subscription: "use",
  "text-search-parser": "use",
  "text-search-template": "restore",
  transform: "use",
  trigger: "use",
};

/** Kinds with expressions, which matter when they call functions of users. ANALYZE computes those of statistics. */
const WITH_CALLS: Partial<Readonly<Record<ObjectKind, RunsAt>>> = {
  "check-constraint": "restore",
  default: "use",
  domain: "restore",
  index: "restore",
  "key-constraint": "restore",
  "materialized-view": "restore",
  policy: "use",
  "publication-relation": "use",
  statistics: "restore",
  "table-attach": "restore",
  view: "use",
};

/** The expressions in a CREATE TABLE statement, as kinds of their own. */
export const OF_CLAUSE: Readonly<Record<Clause, readonly [kind: string, runsAt: RunsAt]>> = {
  default: ["default", "use"],
  check: ["check-constraint", "restore"],
  generated: ["generated-column", "restore"],
  "partition-key": ["partition-key", "restore"],
  other: ["table", "restore"],
};

/** Words of CREATE TYPE before functions of a base type or a range type. */
const TYPE_FUNCTIONS: ReadonlySet<string> = new Set(["input", "canonical", "subtype_diff"]);

/**
 * @param words the bare words of the object's statements.
 * @param hasCalls whether they call functions of users.
 * @returns undefined when the object runs no code of users. Tables are judged clause by clause.
 */
export function runsAt(
  kind: string,
  words: ReadonlySet<string>,
  hasCalls: boolean,
): RunsAt | undefined {
  if (kind === "cast") return words.has("function") ? "use" : undefined;
  if (kind === "type")
    return [...words].some((word) => TYPE_FUNCTIONS.has(word)) ? "restore" : undefined;
  const always = Object.hasOwn(ALWAYS, kind) ? ALWAYS[kind as ObjectKind] : undefined;
  const withCalls = Object.hasOwn(WITH_CALLS, kind) ? WITH_CALLS[kind as ObjectKind] : undefined;
  return always ?? (hasCalls ? withCalls : undefined);
}

/** Languages in which a function can do nothing that its caller may not (`lanpltrusted` of those that come with PostgreSQL). */
export const TRUSTED_LANGUAGES: ReadonlySet<string> = new Set([
  "sql",
  "plpgsql",
  "plperl",
  "pltcl",
]);
