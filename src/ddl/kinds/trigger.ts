/** Triggers, and what a partition's copy of a trigger has of its own: state, comment and name. */
import { address, CATALOG } from "../../catalog/address.ts";
import type { TriggerRow } from "../../catalog/trigger.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { warning } from "../../warnings.ts";
import { componentId } from "../components/component.ts";
import { beforeMajor } from "../conditional-statement.ts";
import type { DdlContext } from "../context.ts";
import { type DumpableObject, type DumpId, unguarded } from "../dumpable-object.ts";
import { type RelationLookup, relationAddress, relationLookup } from "../relation-lookup.ts";

/** Words for `tgenabled` and `ev_enabled` in ALTER TABLE. */
export const ENABLED = {
  O: "ENABLE",
  D: "DISABLE",
  R: "ENABLE REPLICA",
  A: "ENABLE ALWAYS",
} as const;

export function triggers(context: DdlContext): DumpableObject[] {
  const relations = relationLookup(context);
  const { triggers: rows } = context.catalog;
  const byName = new Map(rows.map((row) => [`${row.relation} ${row.name}`, row]));
  return rows
    .filter((row) => relations.isDumpedOn(row.relation, address(CATALOG.trigger, row.oid)))
    .flatMap((row) => {
      const requires = row.isInherited ? ancestors(relations, byName, row) : [];
      const trigger = triggerObject(context, relations, row, requires);
      return row.ownName === null
        ? [trigger]
        : [trigger, renameObject(context, relations, row, row.ownName)];
    });
}

function triggerObject(
  context: DdlContext,
  relations: RelationLookup,
  row: TriggerRow,
  requires: readonly DumpId[],
): DumpableObject {
  const relation = relations.byOid.get(row.relation)!;
  const table = relations.sqlName(row.relation);
  const name = quoteIdent(row.name);
  const id = address(CATALOG.trigger, row.oid);
  const word = relation.kind === "f" ? "FOREIGN TABLE" : "TABLE";
  const state = `ALTER ${word} ${table} ${ENABLED[row.enabled]} TRIGGER ${name}`;
  return {
    id,
    kind: "trigger",
    namespace: context.namespace(relation.namespace),
    name: `${relation.name} ${row.name}`,
    section: "post-data",
    addresses: [id, ...(row.constraint === 0 ? [] : [address(CATALOG.constraint, row.constraint)])],
    requires: [relationAddress(row.relation), ...requires],
    parent: relationAddress(row.relation),
    sql: (guard = unguarded) => {
      // The parent's trigger creates the copy of a partition.
      if (row.isInherited) return row.hasOwnState ? [state] : [];
      return [guard(row.definition), ...(row.enabled === "O" ? [] : [state])];
    },
    target: `TRIGGER ${name} ON ${table}`,
  };
}

/** Gives a partition's copy its own name on a server that allows one. */
function renameObject(
  context: DdlContext,
  relations: RelationLookup,
  row: TriggerRow,
  ownName: string,
): DumpableObject {
  const relation = relations.byOid.get(row.relation)!;
  const table = relations.sqlName(row.relation);
  const id = address(CATALOG.trigger, row.oid);
  const [from, to] = [quoteIdent(row.name), quoteIdent(ownName)];
  const message = `trigger ${to} of partition ${table}: PostgreSQL 15 and later call it ${from}, like the trigger that it is a copy of`;
  return {
    id: `${id}#name`,
    kind: "trigger",
    namespace: context.namespace(relation.namespace),
    name: `${relation.name} ${ownName}`,
    section: "post-data",
    addresses: [],
    // The comment refers to the name that the copy has first.
    requires: [id, componentId(id, "comment")],
    parent: id,
    sql: () => [beforeMajor(15, `ALTER TRIGGER ${from} ON ${table} RENAME TO ${to}`)],
    warnings: [warning("trigger-renamed", `trigger ${to} on ${table}`, message)],
  };
}

/** The triggers that a copy descends from, whose states are set before its own. */
function ancestors(
  relations: RelationLookup,
  byName: ReadonlyMap<string, TriggerRow>,
  { name, relation }: Pick<TriggerRow, "name" | "relation">,
): DumpId[] {
  return (relations.parents.get(relation) ?? []).flatMap((parent) => {
    const trigger = byName.get(`${parent} ${name}`);
    return [
      ...(trigger === undefined ? [] : [address(CATALOG.trigger, trigger.oid)]),
      ...ancestors(relations, byName, { name, relation: parent }),
    ];
  });
}
