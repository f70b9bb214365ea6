/** Indexes, keys, foreign keys, exclusion constraints and statistics. */
import type { Column, Relation, SchemaBuilder } from "./builder.ts";
import { condition, sameType } from "./expressions.ts";

const HELD = ["table", "partitioned", "partition"] as const;

function indexColumn(build: SchemaBuilder, column: Column): string {
  const { random } = build;
  const isText = column.type.sql === "text";
  return [
    random.chance(0.3) ? `(${sameType(build, column, 1)})` : column.name,
    column.type.isCollated
      ? build.maybe(0.2, () => ` COLLATE ${random.pick(build.collations)}`)
      : "",
    isText ? build.maybe(0.2, " text_pattern_ops") : "",
    build.maybe(0.2, " DESC"),
    build.maybe(0.2, ` NULLS ${random.pick(["FIRST", "LAST"])}`),
  ].join("");
}

export async function addIndex(build: SchemaBuilder): Promise<void> {
  const { random } = build;
  const relation = build.relation(...HELD, "matview");
  if (relation === undefined || relation.columns.length === 0) return;
  const ordered = relation.columns.filter(({ type }) => type.isOrdered);
  const columns = build.some(ordered.length === 0 ? relation.columns : ordered, 3);
  const where = build.maybe(0.3, () => ` WHERE ${condition(build, relation.columns, 1)}`);
  const nulls = build.major >= 15 ? build.maybe(0.3, " NULLS NOT DISTINCT") : "";
  const include = build.maybe(0.2, () => ` INCLUDE (${random.pick(relation.columns).name})`);
  const name = build.uniqueName();
  const on = `${build.maybe(0.1, "ONLY ")}${relation.name}`;
  const sql = random.pick([
    `CREATE INDEX ${name} ON ${on} (${columns.map((column) => indexColumn(build, column)).join(", ")})${include}${build.maybe(0.2, " WITH (fillfactor = 70)")}${where}`,
    `CREATE UNIQUE INDEX ${name} ON ${on} (${columns.map((column) => indexColumn(build, column)).join(", ")})${nulls}${where}`,
    `CREATE INDEX ${name} ON ${on} USING hash (${columns[0]!.name})${where}`,
    `CREATE INDEX ${name} ON ${on} USING brin (${columns[0]!.name}) WITH (pages_per_range = 4)`,
    `CREATE INDEX ${name} ON ${on} USING gin (${random.pick(relation.columns).name})`,
    `CREATE INDEX ${name} ON ${on} USING gist (${random.pick(relation.columns).name})`,
  ]);
  // The rows of another refresh need not be unique.
  if (relation.rowsVary === true && sql.startsWith("CREATE UNIQUE")) return;
  if (!(await build.run(sql))) return;
  const schema = relation.name.slice(0, schemaLength(build, relation));
  const qualified = `${schema}.${name}`;
  build.targets.push({ word: "INDEX", name: qualified });
  if (random.chance(0.1)) await build.run(`ALTER TABLE ${relation.name} CLUSTER ON ${name}`);
  if (random.chance(0.1))
    await build.run(`ALTER TABLE ${relation.name} REPLICA IDENTITY USING INDEX ${name}`);
  if (random.chance(0.1))
    await build.run(`ALTER INDEX ${qualified} ALTER COLUMN 1 SET STATISTICS 77`);
}

function schemaLength(build: SchemaBuilder, { name }: Relation): number {
  return build.schemas.find((schema) => name.startsWith(`${schema}.`))?.length ?? 0;
}

export async function addKey(build: SchemaBuilder): Promise<void> {
  const { random } = build;
  const table = build.relation(...HELD);
  if (table === undefined) return;
  const ordered = table.columns.filter(({ type }) => type.isOrdered);
  if (ordered.length === 0) return;
  const columns = build.some(ordered, 3);
  const isPrimary = random.chance(0.5);
  const nulls = !isPrimary && build.major >= 15 ? build.maybe(0.3, "NULLS NOT DISTINCT ") : "";
  const name = build.uniqueName();
  const isDeferrable = random.chance(0.15);
  const isDone = await build.create(
    `ALTER TABLE ${table.name} ADD CONSTRAINT ${name} ${isPrimary ? "PRIMARY KEY" : "UNIQUE"} ${nulls}(${columns.map((column) => column.name).join(", ")})${build.maybe(0.15, () => ` INCLUDE (${random.pick(table.columns).name})`)}${isDeferrable ? " DEFERRABLE INITIALLY DEFERRED" : ""}`,
    { word: "CONSTRAINT", name: `${name} ON ${table.name}` },
  );
  if (isDone && !isDeferrable) table.keys.push(columns);
}

export async function addForeignKey(build: SchemaBuilder): Promise<void> {
  const { random } = build;
  const keyed = build.relations.filter(({ keys }) => keys.length > 0);
  const table =
    random.chance(0.3) && keyed.length > 0 ? random.pick(keyed) : build.relation(...HELD);
  if (keyed.length === 0 || table === undefined) return;
  const referenced = random.chance(0.3) && table.keys.length > 0 ? table : random.pick(keyed);
  const key = random.pick(referenced.keys);
  // Columns of the same types; where there are none, they are added.
  const columns: Column[] = [];
  for (const { type } of key) {
    const same = table.columns.filter(
      (column) => column.type === type && !column.isGenerated && !columns.includes(column),
    );
    if (same.length > 0) columns.push(random.pick(same));
    else if (table.hasChildren === true) return;
    else {
      const column = { name: build.uniqueName(), type, isGenerated: false };
      if (!(await build.run(`ALTER TABLE ${table.name} ADD COLUMN ${column.name} ${type.sql}`)))
        return;
      table.columns = [...table.columns, column];
      columns.push(column);
    }
  }
  const actions = [
    "",
    "CASCADE",
    "SET NULL",
    "SET DEFAULT",
    "RESTRICT",
    ...(build.major >= 15 ? [`SET NULL (${columns[0]!.name})`] : []),
  ];
  const [onDelete, onUpdate] = [random.pick(actions), random.pick(actions.slice(0, 5))];
  const name = build.name();
  await build.create(
    `ALTER TABLE ${table.name} ADD CONSTRAINT ${name} FOREIGN KEY (${columns.map((column) => column.name).join(", ")}) REFERENCES ${referenced.name} (${key.map((column) => column.name).join(", ")})${build.maybe(0.2, " MATCH FULL")}${onDelete === "" ? "" : ` ON DELETE ${onDelete}`}${onUpdate === "" ? "" : ` ON UPDATE ${onUpdate}`}${build.maybe(0.2, " DEFERRABLE INITIALLY DEFERRED")}${build.maybe(0.15, " NOT VALID")}${build.major >= 18 ? build.maybe(0.1, " NOT ENFORCED") : ""}`,
    { word: "CONSTRAINT", name: `${name} ON ${table.name}` },
  );
}

export async function addExclusion(build: SchemaBuilder): Promise<void> {
  const table = build.relation(...HELD);
  const ranges = table?.columns.filter(({ type }) => type.family === "range") ?? [];
  const hashed = table?.columns.filter(({ type }) => ["integer", "text"].includes(type.sql)) ?? [];
  if (table === undefined || ranges.length + hashed.length === 0) return;
  const name = build.uniqueName();
  const isRange = ranges.length > 0 && build.random.chance(0.7);
  const where = build.maybe(0.3, () => ` WHERE (${condition(build, table.columns, 1)})`);
  const column = build.random.pick(isRange || hashed.length === 0 ? ranges : hashed);
  const element =
    column.type.family === "range"
      ? `gist (${column.name} WITH &&)`
      : `hash (${column.name} WITH =)`;
  await build.create(
    `ALTER TABLE ${table.name} ADD CONSTRAINT ${name} EXCLUDE USING ${element}${where}${build.maybe(0.2, " DEFERRABLE")}`,
    { word: "CONSTRAINT", name: `${name} ON ${table.name}` },
  );
}

/** A key of ranges that do not overlap, and one that refers to it. */
export async function addTemporalKey(build: SchemaBuilder): Promise<void> {
  const { random } = build;
  const table = build.relation("table", "partitioned");
  if (table === undefined || build.major < 18 || table.hasChildren === true) return;
  const [id, period] = [build.uniqueName(), build.uniqueName()];
  const isAdded = await build.run(
    `ALTER TABLE ${table.name} ADD COLUMN ${id} int4range, ADD COLUMN ${period} ${random.pick(["daterange", "datemultirange"])}`,
  );
  if (!isAdded) return;
  const [name, reference] = [build.uniqueName(), build.uniqueName()];
  const isDone = await build.create(
    `ALTER TABLE ${table.name} ADD CONSTRAINT ${name} ${random.pick(["PRIMARY KEY", "UNIQUE"])} (${id}, ${period} WITHOUT OVERLAPS)`,
    { word: "CONSTRAINT", name: `${name} ON ${table.name}` },
  );
  if (isDone && random.chance(0.6))
    await build.create(
      `ALTER TABLE ${table.name} ADD CONSTRAINT ${reference} FOREIGN KEY (${id}, PERIOD ${period}) REFERENCES ${table.name} (${id}, PERIOD ${period})`,
      { word: "CONSTRAINT", name: `${reference} ON ${table.name}` },
    );
}

export async function addStatistics(build: SchemaBuilder): Promise<void> {
  const relation = build.relation(...HELD, "matview", "foreign");
  if (relation === undefined) return;
  const ordered = relation.columns.filter(({ type }) => type.isOrdered);
  if (ordered.length < 2) return;
  const name = build.qualified();
  const columns = build.some(ordered, 3);
  const kinds = build.maybe(
    0.4,
    ` (${build.some(["ndistinct", "dependencies", "mcv"]).join(", ")})`,
  );
  const expression =
    build.major >= 14 ? build.maybe(0.4, () => `, (${sameType(build, columns[0]!, 1)})`) : "";
  const isDone = await build.create(
    `CREATE STATISTICS ${name}${kinds} ON ${columns.map((column) => column.name).join(", ")}${expression} FROM ${relation.name}`,
    { word: "STATISTICS", name },
  );
  if (isDone && build.random.chance(0.3))
    await build.run(`ALTER STATISTICS ${name} SET STATISTICS 50`);
}
