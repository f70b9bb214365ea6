/** Triggers, their states, and the state and comment of a partition's copy where they are its own. */
import { warning } from "../../warnings.ts";
import { address, CATALOG } from "../../catalog/address.ts";
import type { TriggerRow } from "../../catalog/trigger.ts";
import { quoteIdent } from "../../sql/ident.ts";
import type { DdlContext } from "../context.ts";
import { beforeMajor } from "../conditional-statement.ts";
import type { DumpableObject, DumpId } from "../dumpable-object.ts";
import { type RelationLookup, relationAddress, relationLookup } from "../relation-lookup.ts";
import { componentId } from "../components/component.ts";

/** Words for `tgenabled` and `ev_enabled` in ALTER TABLE. */
export const ENABLED = {
  O: "ENABLE",
  D: "DISABLE",
  R: "ENABLE REPLICA",
  A: "ENABLE ALWAYS",
} as const;

export function triggers(context: DdlContext): DumpableObject[] {
  const relations = relationLookup(context);
  const { catalog } = context;
  const byName = new Map(catalog.triggers.map((row) => [`${row.relation} ${row.name}`, row]));
  return catalog.triggers
    .filter((row) => relations.carries(row.relation, address(CATALOG.trigger, row.oid)))
    .flatMap((row): DumpableObject[] => {
      const relation = relations.byOid.get(row.relation)!;
      const table = relations.sqlName(row.relation);
      const name = quoteIdent(row.name);
      const id = address(CATALOG.trigger, row.oid);
      const word = relation.kind === "f" ? "FOREIGN TABLE" : "TABLE";
      const state = `ALTER ${word} ${table} ${ENABLED[row.enabled]} TRIGGER ${name}`;
      const trigger: DumpableObject = {
        id,
        kind: "trigger",
        namespace: context.namespace(relation.namespace),
        name: `${relation.name} ${row.name}`,
        section: "post-data",
        addresses: [
          id,
          ...(row.constraint === 0 ? [] : [address(CATALOG.constraint, row.constraint)]),
        ],
        requires: [
          relationAddress(row.relation),
          ...(row.isInherited ? ancestors(relations, byName, row) : []),
        ],
        parent: relationAddress(row.relation),
        sql: () => {
          // A partition has its copy from the parent's trigger; only its state and comment are its own.
          if (row.isInherited) return row.hasOwnState ? [state] : [];
          return row.enabled === "O" ? [row.definition] : [row.definition, state];
        },
        target: `TRIGGER ${name} ON ${table}`,
      };
      if (row.ownName === null) return [trigger];
      const ownName = quoteIdent(row.ownName);
      const rename: DumpableObject = {
        id: `${id}#name`,
        kind: "trigger",
        namespace: trigger.namespace,
        name: `${relation.name} ${row.ownName}`,
        section: "post-data",
        addresses: [],
        requires: [id, componentId(id, "comment")],
        parent: id,
        sql: () => [beforeMajor(15, `ALTER TRIGGER ${name} ON ${table} RENAME TO ${ownName}`)],
        warnings: [
          warning(
            "trigger-renamed",
            `trigger ${ownName} on ${table}`,
            `trigger ${ownName} of partition ${table}: PostgreSQL 15 and later call it ${name}, like the trigger that it is a copy of`,
          ),
        ],
      };
      return [trigger, rename];
    });
}

/** The pieces of the triggers that this copy descends from, so that their states are set before its own. */
function ancestors(
  relations: RelationLookup,
  byName: ReadonlyMap<string, TriggerRow>,
  row: TriggerRow,
): DumpId[] {
  const found: DumpId[] = [];
  for (const parent of relations.parents.get(row.relation) ?? []) {
    const theirs = byName.get(`${parent} ${row.name}`);
    if (theirs !== undefined) found.push(address(CATALOG.trigger, theirs.oid));
    found.push(...ancestors(relations, byName, { ...row, relation: parent }));
  }
  return found;
}
