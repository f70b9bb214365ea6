/**
 * Loading rows into tables that exist already: in the order of their foreign keys. Foreign keys of a cycle are deferred
 * for the time of the load, and afterwards everything is as it was. Pure: facts of the target in, statements out.
 */
import type { ManifestRelation } from "../../archive/format/manifest.ts";
import { qualify, quoteIdent } from "../../sql/ident.ts";
import type { ForeignKey, RelationName, TargetRelation, TargetTrigger } from "../target/facts.ts";
import { listed } from "../../util/format.ts";
import { groupBy } from "../../util/group-by.ts";
import { forceRowSecurity, unforceRowSecurity } from "../../sql/row-security.ts";
import { loadOrder } from "./load-order.ts";

export interface DataOnlyFacts {
  readonly relations: readonly TargetRelation[];
  readonly foreignKeys: readonly ForeignKey[];
  /** Triggers to disable for the time of the load. */
  readonly triggers: readonly TargetTrigger[];
  /** Tables whose policies bind their owner too, as SQL names them; not for the time of the load. */
  readonly forcedRowSecurity: readonly string[];
  /** Whether to empty the tables first. */
  readonly truncate: boolean;
}

export interface DataOnlyPlan {
  /** In the order in which they can be loaded. */
  readonly relations: readonly ManifestRelation[];
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** What to do where rows refer to others that are not there, by the table that they go to, as SQL names it. */
  readonly referencesHints: ReadonlyMap<string, string>;
}

/** Plans the load, or names the tables that the target lacks, as SQL does. */
export function dataOnlyPlan(
  selected: readonly ManifestRelation[],
  facts: DataOnlyFacts,
): DataOnlyPlan | { readonly missing: readonly string[] } {
  const key = ({ namespace, name }: RelationName): string => JSON.stringify([namespace, name]);
  const oids = new Map(facts.relations.map((relation) => [key(relation), relation.oid]));
  const tables = selected.filter(({ kind }) => kind === "table");
  const missing = tables.filter((relation) => !oids.has(key(relation)));
  if (missing.length > 0)
    return { missing: missing.map(({ namespace, name }) => qualify(namespace, name)) };
  const loaded = tables.map((relation) => ({ oid: oids.get(key(relation))!, relation }));
  const order = loadOrder(loaded, facts.foreignKeys);
  const names = tables.map(({ namespace, name }) => qualify(namespace, name));
  const alter = ({ table, name }: ForeignKey, how: string): string =>
    `ALTER TABLE ${table} ALTER CONSTRAINT ${quoteIdent(name)} ${how}`;
  return {
    relations: [
      ...order.tables.map(({ relation }) => relation),
      ...selected.filter(({ kind }) => kind !== "table"),
    ],
    before: [
      ...facts.forcedRowSecurity.map(unforceRowSecurity),
      // Triggers of TRUNCATE must not fire either.
      ...facts.triggers.map(
        ({ table, name }) => `ALTER TABLE ${table} DISABLE TRIGGER ${quoteIdent(name)}`,
      ),
      ...(facts.truncate && names.length > 0 ? [`TRUNCATE ${names.join(", ")}`] : []),
      ...order.toDefer.map((constraint) => alter(constraint, "DEFERRABLE INITIALLY DEFERRED")),
      // Foreign keys that were deferrable before.
      "SET CONSTRAINTS ALL DEFERRED",
    ],
    after: [
      // Runs the deferred checks now: a table with pending checks cannot be altered, and errors name the constraint.
      "SET CONSTRAINTS ALL IMMEDIATE",
      ...order.toDefer.map((constraint) => alter(constraint, "NOT DEFERRABLE")),
      ...facts.triggers.map(({ table, name, enabled }) => enableTrigger(table, name, enabled)),
      ...facts.forcedRowSecurity.map(forceRowSecurity),
    ],
    referencesHints: referencesElsewhere(new Set(loaded.map(({ oid }) => oid)), facts.foreignKeys),
  };
}

/** What to do where rows refer to tables that get no rows, by the table that refers to them. */
function referencesElsewhere(
  loaded: ReadonlySet<number>,
  foreignKeys: readonly ForeignKey[],
): ReadonlyMap<string, string> {
  const elsewhere = foreignKeys.filter(
    ({ tableOid, referenced }) =>
      loaded.has(tableOid) && !referenced.some((oid) => oid === tableOid || loaded.has(oid)),
  );
  return new Map(
    [...groupBy(elsewhere, ({ table }) => table)].map(([table, keys]) => {
      const tables = [...new Set(keys.map(({ references }) => references))];
      const names = keys.map(
        ({ name, references }) =>
          `foreign key ${quoteIdent(name)} of table ${table} refers to table ${references}`,
      );
      return [
        table,
        `${listed(names)}, whose rows are not restored: restore those of ${listed(tables)}, too, put them there first, or leave out those of ${table} (--exclude-table-data)`,
      ];
    }),
  );
}

/**
 * Puts a trigger back as it was before it was disabled.
 * @param enabled `D` where it was disabled already, and that of a table which it is a partition of was not.
 */
export function enableTrigger(
  table: string,
  name: string,
  enabled: TargetTrigger["enabled"] | "D",
): string {
  const how = { O: "ENABLE", A: "ENABLE ALWAYS", R: "ENABLE REPLICA", D: "DISABLE" }[enabled];
  return `ALTER TABLE ${table} ${how} TRIGGER ${quoteIdent(name)}`;
}
