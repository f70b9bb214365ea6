/**
 * What stands in the way of a restore, and the statements that remove it. Pure: the server names the objects itself, so
 * nothing here depends on a kind's details.
 */
import { quoteLiteral } from "../../sql/literal.ts";
import type { TargetObject } from "../target/facts.ts";

/** Kinds that a restore does not collide with, or creates with IF NOT EXISTS. */
const HARMLESS: ReadonlySet<string> = new Set([
  "extension",
  "event trigger",
  "language",
  "access method",
]);

/** The objects that make a target "not empty", tables first. */
export function obstacles(rows: readonly TargetObject[]): string[] {
  const rank = (type: string): number => (type === "table" ? 0 : type === "schema" ? 2 : 1);
  return rows
    .filter(({ type }) => !HARMLESS.has(type))
    .sort((a, b) => rank(a.type) - rank(b.type))
    .map(({ type, identity }) => `${type} ${identity}`);
}

/** Kinds in the order in which they are dropped: first those that react to drops, last those that others depend on. */
const DROPS: readonly (readonly [type: string, command: string])[] = [
  ["event trigger", "EVENT TRIGGER"],
  ["publication", "PUBLICATION"],
  ["subscription", "SUBSCRIPTION"],
  ["schema", "SCHEMA"],
  ["materialized view", "MATERIALIZED VIEW"],
  ["view", "VIEW"],
  ["foreign table", "FOREIGN TABLE"],
  ["table", "TABLE"],
  ["sequence", "SEQUENCE"],
  ["operator class", "OPERATOR CLASS"],
  ["operator family", "OPERATOR FAMILY"],
  ["operator", "OPERATOR"],
  ["aggregate", "ROUTINE"],
  ["function", "ROUTINE"],
  ["procedure", "ROUTINE"],
  ["cast", "CAST"],
  ["transform", "TRANSFORM"],
  ["type", "TYPE"],
  ["text search configuration", "TEXT SEARCH CONFIGURATION"],
  ["text search dictionary", "TEXT SEARCH DICTIONARY"],
  ["text search template", "TEXT SEARCH TEMPLATE"],
  ["text search parser", "TEXT SEARCH PARSER"],
  ["conversion", "CONVERSION"],
  ["collation", "COLLATION"],
  ["server", "SERVER"],
  ["foreign-data wrapper", "FOREIGN DATA WRAPPER"],
  ["language", "LANGUAGE"],
  ["access method", "ACCESS METHOD"],
];

/** Commands that take a single object. */
const ONE_BY_ONE: ReadonlySet<string> = new Set([
  "EVENT TRIGGER",
  "SUBSCRIPTION",
  "CAST",
  "TRANSFORM",
  "OPERATOR CLASS",
  "OPERATOR FAMILY",
  "LANGUAGE",
  "ACCESS METHOD",
]);
/** Objects in one statement. */
const BATCH = 100;

export interface DropPlan {
  readonly statements: readonly string[];
  /** Objects that cannot be dropped inside a transaction, for the message. */
  readonly undroppable: readonly string[];
}

/**
 * Drops the objects inside a transaction. With CASCADE, because they depend on each other: what depends on them besides
 * must have been looked for before.
 * @param keptSchemas names of schemas that stay, because they hold something else, too.
 */
export function dropPlan(
  rows: readonly TargetObject[],
  keptSchemas: ReadonlySet<string>,
): DropPlan {
  const isKept = ({ type, name }: TargetObject): boolean =>
    type === "schema" && keptSchemas.has(name);
  const schemas = new Set(
    rows.filter((row) => row.type === "schema" && !isKept(row)).map(({ name }) => name),
  );
  const isSlotted = ({ type, slot }: TargetObject): boolean =>
    type === "subscription" && slot !== null;
  const remaining = rows.filter(
    (row) =>
      !isSlotted(row) &&
      !isKept(row) &&
      // Dropped with its schema.
      (row.namespace === null || !schemas.has(row.namespace)),
  );
  const statements = DROPS.flatMap(([type, command]) => {
    const names = remaining.filter((row) => row.type === type).map(({ identity }) => identity);
    const size = ONE_BY_ONE.has(command) ? 1 : BATCH;
    return Array.from({ length: Math.ceil(names.length / size) }, (_, i) => {
      const batch = names.slice(i * size, (i + 1) * size).join(", ");
      // IF EXISTS, because an earlier CASCADE may have taken it along.
      return `DROP ${command} IF EXISTS ${batch} CASCADE`;
    });
  });
  const objects = remaining
    .filter(({ type }) => type === "large object")
    .map(({ identity }) => identity);
  return {
    statements: [
      ...statements,
      ...(objects.length === 0
        ? []
        : [
            `SELECT pg_catalog.lo_unlink(o) FROM pg_catalog.unnest(${quoteLiteral(`{${objects.join(",")}}`)}::pg_catalog.oid[]) AS o`,
          ]),
    ],
    undroppable: rows.filter(isSlotted).map(({ identity }) => `subscription ${identity}`),
  };
}
