/**
 * Later changes of objects that others use: names, schemas, types and parts that are no longer what they were created with. They
 * come when a schema has grown, so that no other statement needs the old names.
 */
import { escapeLiteral } from "pg";
import type { SchemaBuilder, Target } from "./builder.ts";
import { defaultValue } from "./expressions.ts";

/** Words of targets that have neither a name nor a schema of their own. */
const NAMELESS = new Set(["CAST", "CONSTRAINT"]);

/** Words of targets whose schema is that of something else, or that have none. */
const WITHOUT_SCHEMA = new Set([
  ...NAMELESS,
  "SCHEMA",
  "INDEX",
  "TRIGGER",
  "RULE",
  "POLICY",
  "SERVER",
  "FOREIGN DATA WRAPPER",
  "PUBLICATION",
  "EVENT TRIGGER",
  "ACCESS METHOD",
  "LANGUAGE",
]);

/** Words of targets whose names stay. */
const UNNAMED = new Set([...NAMELESS, "OPERATOR", "ACCESS METHOD"]);

type Alteration = (build: SchemaBuilder) => Promise<unknown>;

const ALTERATIONS: readonly Alteration[] = [
  rename,
  rename,
  move,
  move,
  changeColumnType,
  changeComposite,
  changeEnum,
  changeDomain,
  changeView,
  changeFunction,
  changeSequence,
  changeStorage,
  changeIdentity,
  extendView,
  drop,
];

export async function alterLater(build: SchemaBuilder): Promise<void> {
  const { random } = build;
  if (!random.chance(0.5)) return;
  for (let left = random.between(1, 8); left > 0; left--) await random.pick(ALTERATIONS)(build);
}

function targets(build: SchemaBuilder, accept: (word: string) => boolean): Target[] {
  return build.targets.filter(({ word }) => accept(word));
}

/** Whether the text of a function's body has the name, which it would still have after another name was given. */
function isInBody({ statements }: SchemaBuilder, name: string): boolean {
  return statements.some((sql) => /AS \$body\$.*\$body\$/s.exec(sql)?.[0].includes(name) === true);
}

/** Targets that can get another name. */
function unwritten(build: SchemaBuilder, without: ReadonlySet<string>): Target[] {
  return build.targets.filter(({ word, name }) => !without.has(word) && !isInBody(build, name));
}

async function rename(build: SchemaBuilder): Promise<void> {
  const named = unwritten(build, UNNAMED);
  if (named.length === 0) return;
  const { word, name } = build.random.pick(named);
  await build.run(`ALTER ${word} ${name} RENAME TO ${build.uniqueName()}`);
}

async function move(build: SchemaBuilder): Promise<void> {
  const moved = unwritten(build, WITHOUT_SCHEMA);
  if (moved.length === 0) return;
  const { word, name } = build.random.pick(moved);
  await build.run(`ALTER ${word} ${name} SET SCHEMA ${build.random.pick(build.schemas)}`);
}

async function changeColumnType(build: SchemaBuilder): Promise<void> {
  const { random } = build;
  const table = build.relation("table", "partitioned", "foreign");
  if (table === undefined || table.columns.length === 0) return;
  const type = build.type();
  const { name } = random.pick(table.columns);
  const using = table.kind === "foreign" ? "" : ` USING ${random.pick(type.values)}`;
  const word = table.kind === "foreign" ? "FOREIGN TABLE" : "TABLE";
  await build.run(
    `ALTER ${word} ${table.name} ALTER COLUMN ${name} DROP DEFAULT, ALTER COLUMN ${name} TYPE ${type.sql}${using}${build.maybe(0.3, () => `, ALTER COLUMN ${name} SET DEFAULT ${defaultValue(build, type)}`)}`,
  );
}

/** Attributes that come or go change values of the type in stored expressions: these are deparsed as they are no longer written. */
async function changeComposite(build: SchemaBuilder): Promise<void> {
  const types = targets(build, (word) => word === "TYPE");
  if (types.length === 0) return;
  const { name } = build.random.pick(types);
  const columns = await build.read<{ column: string }>(`
    SELECT quote_ident(attname) AS column FROM pg_type t JOIN pg_attribute ON attrelid = typrelid
    WHERE t.oid = to_regtype(${escapeLiteral(name)}) AND attnum > 0 AND NOT attisdropped ORDER BY 1`);
  if (columns.length === 0) return;
  await build.run(
    `ALTER TYPE ${name} RENAME ATTRIBUTE ${build.random.pick(columns).column} TO ${build.uniqueName()} CASCADE`,
  );
}

async function changeEnum(build: SchemaBuilder): Promise<void> {
  const { random } = build;
  const enums = build.types.filter(({ family, sql }) => family === "enum" && !sql.endsWith("[]"));
  if (enums.length === 0) return;
  const { sql } = random.pick(enums);
  if (isInBody(build, sql)) return;
  const labels = await build.read<{ label: string }>(`
    SELECT quote_literal(enumlabel) AS label FROM pg_enum
    WHERE enumtypid = to_regtype(${escapeLiteral(sql)}) ORDER BY 1`);
  if (labels.length === 0) return;
  const { label } = random.pick(labels);
  const change = random.pick([
    `RENAME VALUE ${label} TO 'renamed ''${labels.length}'`,
    `ADD VALUE 'new' ${random.pick(["BEFORE", "AFTER"])} ${label}`,
  ]);
  await build.run(`ALTER TYPE ${sql} ${change}`);
}

async function changeDomain(build: SchemaBuilder): Promise<void> {
  const { random } = build;
  const domains = targets(build, (word) => word === "DOMAIN");
  if (domains.length === 0) return;
  const { name } = random.pick(domains);
  const constraints = await build.read<{ name: string }>(`
    SELECT quote_ident(conname) AS name FROM pg_constraint
    WHERE contypid = to_regtype(${escapeLiteral(name)}) AND contypid <> 0 ORDER BY 1`);
  // In use inside others it cannot get a constraint, when one that bounds of partitions break must come after them.
  const [used] = await build.read(`
    SELECT FROM pg_attribute JOIN pg_class c ON c.oid = attrelid JOIN pg_type t ON t.oid = to_regtype(${escapeLiteral(name)})
    WHERE atttypid IN (t.oid, t.typarray) AND (c.relkind = 'c' OR atttypid = t.typarray)`);
  const change = random.pick([
    "DROP DEFAULT",
    "SET DEFAULT NULL",
    ...(used === undefined ? ["SET NOT NULL"] : []),
    "DROP NOT NULL",
    ...constraints.flatMap((constraint) => [
      `RENAME CONSTRAINT ${constraint.name} TO ${build.uniqueName()}`,
      `VALIDATE CONSTRAINT ${constraint.name}`,
      `DROP CONSTRAINT ${constraint.name}`,
    ]),
  ]);
  await build.run(`ALTER DOMAIN ${name} ${change}`);
}

async function changeView(build: SchemaBuilder): Promise<void> {
  const { random } = build;
  const view = build.relation("view", "matview");
  if (view === undefined || view.columns.length === 0) return;
  const { name, type } = random.pick(view.columns);
  const word = view.kind === "view" ? "VIEW" : "MATERIALIZED VIEW";
  const change = random.pick([
    `RENAME COLUMN ${name} TO ${build.uniqueName()}`,
    ...(view.kind === "view"
      ? [
          `ALTER COLUMN ${name} SET DEFAULT ${defaultValue(build, type)}`,
          "SET (security_barrier)",
          ...(build.major >= 15 ? ["SET (security_invoker = true)"] : []),
          "RESET (security_barrier)",
        ]
      : [
          `ALTER COLUMN ${name} SET STATISTICS 30`,
          "SET (fillfactor = 60, autovacuum_enabled = off)",
        ]),
  ]);
  await build.run(`ALTER ${word} ${view.name} ${change}`);
}

async function changeFunction(build: SchemaBuilder): Promise<void> {
  const { random } = build;
  const functions = targets(build, (word) => word === "FUNCTION");
  if (functions.length === 0) return;
  const change = random.pick([
    "STRICT",
    "CALLED ON NULL INPUT",
    "COST 7",
    "LEAKPROOF",
    "PARALLEL SAFE",
    "SECURITY DEFINER",
    "RESET ALL",
    "SET search_path FROM CURRENT",
    `SET TimeZone = ${random.pick(["DEFAULT", "'UTC'", "LOCAL"])}`,
    "SET x.y TO 'it''s', 'b'",
  ]);
  await build.run(`ALTER FUNCTION ${random.pick(functions).name} ${change}`);
}

async function changeSequence(build: SchemaBuilder): Promise<void> {
  if (build.sequences.length === 0) return;
  const change = build.random.pick([
    "RESTART WITH 5",
    "INCREMENT 3",
    "NO MINVALUE NO MAXVALUE",
    "AS bigint",
    "OWNED BY NONE",
    "CACHE 3 CYCLE",
  ]);
  await build.run(`ALTER SEQUENCE ${build.random.pick(build.sequences)} ${change}`);
}

/** Identities and generated columns that come, change and go. */
async function changeIdentity(build: SchemaBuilder): Promise<void> {
  const { random } = build;
  const table = build.relation("table", "partitioned");
  if (table === undefined || table.columns.length === 0) return;
  const { name, type } = random.pick(table.columns);
  const change = random.pick([
    "ADD GENERATED BY DEFAULT AS IDENTITY (START 9)",
    "SET GENERATED ALWAYS SET INCREMENT 4 RESTART",
    "DROP IDENTITY IF EXISTS",
    // A child of two parents would be generated in one alone, which no statement makes again: the dump says so.
    ...(table.hasChildren === true ? [] : ["DROP EXPRESSION IF EXISTS"]),
    ...(build.major >= 17 ? [`SET EXPRESSION AS (${random.pick(type.values)})`] : []),
  ]);
  await build.run(`ALTER TABLE ${table.name} ALTER COLUMN ${name} ${change}`);
}

/** A view that is replaced by one with a further column. */
async function extendView(build: SchemaBuilder): Promise<void> {
  const view = build.relation("view");
  if (view === undefined) return;
  const [row] = await build.read<{ query: string }>(
    `SELECT pg_get_viewdef(to_regclass(${escapeLiteral(view.name)})) AS query`,
  );
  const query = row?.query?.replace(/;$/, "");
  if (query === undefined) return;
  const { sql } = build.type();
  await build.run(
    `CREATE OR REPLACE VIEW ${view.name} AS SELECT given.*, NULL::${sql} AS ${build.uniqueName()} FROM (${query}) AS given`,
  );
}

async function drop(build: SchemaBuilder): Promise<void> {
  const { random } = build;
  const dropped = targets(build, (word) => word !== "CONSTRAINT" && word !== "SCHEMA");
  if (dropped.length === 0 || random.chance(0.5)) return;
  const { word, name } = random.pick(dropped);
  await build.run(`DROP ${word} ${name} CASCADE`);
}

async function changeStorage(build: SchemaBuilder): Promise<void> {
  const { random } = build;
  const table = build.relation("table", "partition");
  if (table === undefined) return;
  const change = random.pick([
    `SET (fillfactor = ${random.between(20, 90)}, toast.autovacuum_enabled = off)`,
    "SET (autovacuum_vacuum_scale_factor = 0.05, parallel_workers = 2)",
    "SET WITHOUT CLUSTER",
    "RESET (fillfactor)",
    "SET LOGGED",
    "NOT OF",
    ...(table.columns.length === 0
      ? []
      : [`ALTER COLUMN ${random.pick(table.columns).name} RESET (n_distinct)`]),
  ]);
  await build.run(`ALTER TABLE ${table.name} ${change}`);
}
