/**
 * Loading rows into tables that exist already: in the order of their foreign keys, with circles of these made to wait,
 * and afterwards everything as it was. Pure: facts of the target go in, statements come out.
 */
import type { ManifestRelation } from "../../archive/format/manifest.ts";
import { MismatchError } from "../../errors.ts";
import { qualify, quoteIdent } from "../../sql/ident.ts";
import { type ForeignKey, loadOrder } from "./load-order.ts";
import type { TargetRelation, TargetTrigger } from "../target/read.ts";

export interface DataOnlyFacts {
  readonly relations: readonly TargetRelation[];
  readonly foreignKeys: readonly ForeignKey[];
  /** Triggers to keep from firing; none when they are to fire. */
  readonly triggers: readonly TargetTrigger[];
  /** Whether the tables are to be emptied first. */
  readonly empty: boolean;
}

export interface DataOnlyPlan {
  /** In the order in which they can be loaded. */
  readonly relations: readonly ManifestRelation[];
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/**
 * Plans the load.
 * @throws MismatchError when the target lacks a table.
 */
export function planDataOnly(
  wanted: readonly ManifestRelation[],
  facts: DataOnlyFacts,
): DataOnlyPlan {
  const key = (relation: { namespace: string; name: string }): string =>
    JSON.stringify([relation.namespace, relation.name]);
  const found = new Map(facts.relations.map((relation) => [key(relation), relation]));
  const tables = wanted.filter(({ kind }) => kind === "table");
  const missing = tables.filter((relation) => !found.has(key(relation)));
  if (missing.length > 0) {
    const names = missing.map(({ namespace, name }) => qualify(namespace, name));
    throw new MismatchError(
      `the target lacks ${names.length === 1 ? "the table" : "the tables"} ${names.slice(0, 10).join(", ")}`,
      {
        object: names[0],
        hint: "restore the schema first, or choose tables",
      },
    );
  }
  const order = loadOrder(
    tables.map((relation) => ({ oid: found.get(key(relation))!.oid, relation })),
    facts.foreignKeys,
  );
  const names = tables.map(({ namespace, name }) => qualify(namespace, name));
  const alter = ({ table, name }: ForeignKey, how: string): string =>
    `ALTER TABLE ${table} ALTER CONSTRAINT ${quoteIdent(name)} ${how}`;
  return {
    relations: [
      ...order.tables.map(({ relation }) => relation),
      ...wanted.filter(({ kind }) => kind !== "table"),
    ],
    before: [
      ...(facts.empty && names.length > 0 ? [`TRUNCATE ${names.join(", ")}`] : []),
      ...facts.triggers.map(
        ({ table, name }) => `ALTER TABLE ${table} DISABLE TRIGGER ${quoteIdent(name)}`,
      ),
      ...order.toDefer.map((constraint) => alter(constraint, "DEFERRABLE INITIALLY DEFERRED")),
      // Those that were deferrable before.
      "SET CONSTRAINTS ALL DEFERRED",
    ],
    after: [
      // Checks now what was put off: a table with checks pending cannot be altered, and errors name the constraint.
      "SET CONSTRAINTS ALL IMMEDIATE",
      ...order.toDefer.map((constraint) => alter(constraint, "NOT DEFERRABLE")),
      ...facts.triggers.map(({ table, name, enabled }) => enableTrigger(table, name, enabled)),
    ],
  };
}

function enableTrigger(table: string, name: string, enabled: TargetTrigger["enabled"]): string {
  const how = { O: "ENABLE", A: "ENABLE ALWAYS", R: "ENABLE REPLICA" }[enabled];
  return `ALTER TABLE ${table} ${how} TRIGGER ${quoteIdent(name)}`;
}
