/**
 * An empty database for a whole archive: what stands in the way of one, and the statements that remove it. Pure: the
 * server names the objects itself, so nothing here depends on a kind's details.
 */
import { quoteIdent } from "../../sql/ident.ts";
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
  ["extension", "EXTENSION"],
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
 * Empties a database inside a transaction. The schema public stays, because the login may not own it. Extensions that
 * the archive holds stay too, because creating them can require rights that the login lacks.
 */
export function dropPlan(
  rows: readonly TargetObject[],
  keptExtensions: ReadonlySet<string>,
): DropPlan {
  const schemas = new Set(
    rows.filter(({ type }) => type === "schema").map(({ identity }) => identity),
  );
  const isSlotted = ({ type, slot }: TargetObject): boolean =>
    type === "subscription" && slot !== null;
  const remaining = rows.filter(
    (row) =>
      !isSlotted(row) &&
      // Dropped with its schema.
      (row.namespace === null || !schemas.has(quoteIdent(row.namespace))) &&
      !(row.type === "extension" && keptExtensions.has(row.identity)),
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
