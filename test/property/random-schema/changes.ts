/** Changes of constraints and of inheritance, after which children are no longer what their parents made them. */
import { escapeLiteral } from "pg";
import type { Relation, SchemaBuilder } from "./builder.ts";

/** Changes of constraints of any type, and by `contype` those of one. */
const CHANGES = {
  any: ["VALIDATE", "VALIDATE", "RENAME", "DROP"],
  f: ["DEFERRABLE", "NOT DEFERRABLE", "DEFERRABLE INITIALLY DEFERRED"],
  f18: ["NOT ENFORCED", "ENFORCED"],
  // NO INHERIT makes one of a partitioned table, or of a column of a primary key, which no other statement does.
  n18: ["INHERIT", "NO INHERIT"],
};

export async function changeConstraint(build: SchemaBuilder): Promise<void> {
  const { random } = build;
  const table = build.relation("table", "partitioned", "partition");
  if (table === undefined) return;
  const constraints = await build.read<{ name: string; type: string }>(`
    SELECT quote_ident(conname) AS name, contype AS type FROM pg_constraint
    WHERE conrelid = to_regclass(${escapeLiteral(table.name)}) AND contype IN ('c', 'f', 'n') ORDER BY conname`);
  if (constraints.length === 0) return;
  const { name, type } = random.pick(constraints);
  const change = random.pick([
    ...CHANGES.any,
    ...(type === "f" ? CHANGES.f : []),
    ...(type === "f" && build.major >= 18 ? CHANGES.f18 : []),
    ...(type === "n" ? CHANGES.n18 : []),
  ]);
  const action = CHANGES.any.includes(change)
    ? `${change} CONSTRAINT ${name}${change === "RENAME" ? ` TO ${build.name()}` : ""}`
    : `ALTER CONSTRAINT ${name} ${change}`;
  await build.run(`ALTER TABLE ${build.maybe(0.2, "ONLY ")}${table.name} ${action}`);
}

export async function changeInheritance(build: SchemaBuilder): Promise<void> {
  const { random } = build;
  const child = build.relation("table", "partition");
  if (child === undefined) return;
  const oid = `to_regclass(${escapeLiteral(child.name)})`;
  const [inherits] = await build.read<{ parent: string; bound: string }>(`
    SELECT inhparent::regclass::text AS parent, pg_get_expr(relpartbound, c.oid) AS bound
    FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid WHERE c.oid = ${oid} ORDER BY inhseqno`);
  if (inherits === undefined) {
    await inheritLater(build, child);
    return;
  }
  const { parent, bound } = inherits;
  if (child.kind === "table") {
    await build.run(`ALTER TABLE ${child.name} NO INHERIT ${parent}`);
    if (random.chance(0.5)) await build.run(`ALTER TABLE ${child.name} INHERIT ${parent}`);
    return;
  }
  if (!(await build.run(`ALTER TABLE ${parent} DETACH PARTITION ${child.name}`))) return;
  if (random.chance(0.8))
    await build.run(`ALTER TABLE ${parent} ATTACH PARTITION ${child.name} ${bound}`);
}

/** A table like another, which becomes its child. */
async function inheritLater(build: SchemaBuilder, parent: Relation): Promise<void> {
  const name = build.qualified();
  if (!(await build.run(`CREATE TABLE ${name} (LIKE ${parent.name} INCLUDING ALL)`))) return;
  if (await build.run(`ALTER TABLE ${name} INHERIT ${parent.name}`)) parent.hasChildren = true;
  const copy: Relation = { name, kind: "table", columns: parent.columns, keys: [] };
  build.relations.push(copy);
  build.targets.push({ word: "TABLE", name, relation: copy });
}
