/** Tables of all kinds: plain, partitioned, inherited, typed, foreign; with columns of all kinds. */
import type { Column, Relation, RelationKind, SchemaBuilder } from "./builder.ts";
import { checked, defaultValue, sameType } from "./expressions.ts";

/** A column's definition, and what is known of it later. */
interface Definition extends Column {
  readonly text: string;
}

const SEQUENCE_OPTIONS = [
  "START 7",
  "INCREMENT -2 MINVALUE -100 MAXVALUE 100 START 3",
  "CACHE 5",
  "CYCLE MAXVALUE 9",
];

function newColumn(
  build: SchemaBuilder,
  before: readonly Column[],
  kind: RelationKind,
): Definition {
  const { random } = build;
  const name = build.name();
  let type = build.type();
  const plain = before.filter(({ isGenerated }) => !isGenerated);
  const source = plain.length > 0 && random.chance(0.15) ? random.pick(plain) : undefined;
  const isIdentity = source === undefined && kind !== "foreign" && random.chance(0.06);
  if (isIdentity)
    type = build.typeWhere(({ sql }) => ["smallint", "integer", "bigint"].includes(sql));
  if (source !== undefined) type = source.type;
  const collate =
    type.isCollated && random.chance(0.25) ? ` COLLATE ${random.pick(build.collations)}` : "";
  let text = `${name} ${type.sql}${collate}`;
  const isVirtual = build.major >= 18 && random.chance(0.5);
  if (source !== undefined)
    text += ` GENERATED ALWAYS AS (${sameType(build, source)}) ${isVirtual ? "VIRTUAL" : "STORED"}`;
  else if (isIdentity)
    text += ` GENERATED ${random.pick(["ALWAYS", "BY DEFAULT"])} AS IDENTITY${build.maybe(0.5, () => ` (${random.pick(SEQUENCE_OPTIONS)})`)}`;
  else text += build.maybe(0.3, () => ` DEFAULT ${defaultValue(build, type)}`);
  text += build.maybe(0.2, " NOT NULL");
  text += build.maybe(
    0.15,
    () =>
      ` CONSTRAINT ${build.name()} CHECK (${checked(build, [{ name, type, isGenerated: true }], 1)})`,
  );
  return { name, type, isGenerated: source !== undefined, text };
}

function newColumns(build: SchemaBuilder, kind: RelationKind, atLeast = 0): Definition[] {
  const columns: Definition[] = [];
  for (let left = build.random.between(atLeast, 6); left > 0; left--)
    columns.push(newColumn(build, columns, kind));
  return columns;
}

function register(build: SchemaBuilder, relation: Omit<Relation, "keys">): Relation {
  const added: Relation = { ...relation, keys: [] };
  build.relations.push(added);
  build.targets.push({
    word: relation.kind === "foreign" ? "FOREIGN TABLE" : "TABLE",
    name: relation.name,
    relation: added,
  });
  return added;
}

export async function addTable(build: SchemaBuilder): Promise<void> {
  const { random } = build;
  const name = build.qualified();
  const columns = newColumns(build, "table");
  const checks =
    columns.length > 0
      ? build.maybe(
          0.3,
          () =>
            `, CONSTRAINT ${build.name()} CHECK (${checked(build, columns)})${build.maybe(0.2, " NO INHERIT")}`,
        )
      : "";
  const like = build.relation("table");
  const copied =
    like === undefined
      ? ""
      : build.maybe(0.08, () => `${columns.length > 0 ? ", " : ""}LIKE ${like.name} INCLUDING ALL`);
  const options = build.maybe(
    0.2,
    () =>
      ` WITH (${random.pick(["fillfactor = 70", "autovacuum_enabled = off, toast.autovacuum_enabled = false", "parallel_workers = 2"])})`,
  );
  const isDone = await build.run(
    `CREATE ${build.maybe(0.1, "UNLOGGED ")}TABLE ${name} (${columns.map(({ text }) => text).join(", ")}${checks}${copied})${options}`,
  );
  if (isDone) register(build, { name, kind: "table", columns });
}

export async function addTypedTable(build: SchemaBuilder): Promise<void> {
  const types = build.types.filter(({ family, sql }) => family === "row" && !sql.endsWith("[]"));
  if (types.length === 0) return;
  const name = build.qualified();
  if (await build.run(`CREATE TABLE ${name} OF ${build.random.pick(types).sql}`))
    register(build, { name, kind: "table", columns: [] });
}

export async function addChild(build: SchemaBuilder): Promise<void> {
  const parents = build.some(
    build.relations.filter(({ kind }) => kind === "table" || kind === "foreign"),
    2,
  );
  if (parents.length === 0) return;
  const name = build.qualified();
  const columns = build.random.chance(0.6) ? newColumns(build, "table", 1) : [];
  // Now and then a column of the parent's name, which is merged with it.
  const first = parents[0]!.columns[0];
  const same =
    first !== undefined && build.random.chance(0.3)
      ? [{ ...first, text: `${first.name} ${first.type.sql}${build.maybe(0.5, " NOT NULL")}` }]
      : [];
  const all = [...same, ...columns];
  const isDone = await build.run(
    `CREATE TABLE ${name} (${all.map(({ text }) => text).join(", ")}) INHERITS (${parents.map((parent) => parent.name).join(", ")})`,
  );
  if (!isDone) return;
  for (const parent of parents) parent.hasChildren = true;
  register(build, {
    name,
    kind: "table",
    columns: [...parents.flatMap((parent) => parent.columns), ...columns],
  });
}

export async function addForeignTable(build: SchemaBuilder, server: string): Promise<void> {
  const name = build.qualified();
  const columns = newColumns(build, "foreign");
  const text = columns.map((column) => column.text.replace(" ", build.maybe(0, "") || " "));
  if (
    await build.run(
      `CREATE FOREIGN TABLE ${name} (${text.join(", ")}) SERVER ${server}${build.maybe(0.5, " OPTIONS (table_name 'it''s', \"odd name\" '')")}`,
    )
  )
    register(build, { name, kind: "foreign", columns });
}

/** Whether the hash of a value is that of another database, too: that of an enum's label is made of its oid. */
function isHashedAlike({ type }: Column): boolean {
  return ["number", "text", "boolean", "time"].includes(type.family);
}

type Strategy = "RANGE" | "LIST" | "HASH";

export async function addPartitioned(build: SchemaBuilder): Promise<void> {
  const { random } = build;
  const name = build.qualified();
  const columns = newColumns(build, "partitioned", 1);
  const usable = columns.filter(
    ({ type, isGenerated }) => type.isOrdered && !isGenerated && type.family !== "row",
  );
  if (usable.length === 0) return;
  const strategy = random.pick<Strategy>(["RANGE", "LIST", "HASH"]);
  const possible = strategy === "HASH" ? usable.filter(isHashedAlike) : usable;
  if (possible.length === 0) return;
  const keys = strategy === "LIST" ? [random.pick(possible)] : build.some(possible, 2);
  const isExpression = random.chance(0.2);
  const key = keys.map((column) =>
    isExpression
      ? `(${sameType(build, column, 1)})`
      : `${column.name}${column.type.isCollated ? build.maybe(0.2, ' COLLATE "C"') : ""}`,
  );
  const isDone = await build.run(
    `CREATE TABLE ${name} (${columns.map(({ text }) => text).join(", ")}) PARTITION BY ${strategy} (${key.join(", ")})`,
  );
  if (!isDone) return;
  const parent = register(build, { name, kind: "partitioned", columns });
  for (const bound of bounds(build, strategy, keys)) await addPartition(build, parent, bound);
}

function bounds(build: SchemaBuilder, strategy: Strategy, keys: readonly Column[]): string[] {
  const value = (column: Column): string => build.random.pick(column.type.values);
  if (strategy === "HASH") {
    const modulus = build.random.between(1, 3);
    return Array.from(
      { length: modulus },
      (_, n) => `FOR VALUES WITH (MODULUS ${modulus}, REMAINDER ${n})`,
    );
  }
  const specific =
    strategy === "LIST"
      ? [`FOR VALUES IN (${value(keys[0]!)})`, "FOR VALUES IN (NULL)"]
      : [
          `FOR VALUES FROM (${keys.map(() => "MINVALUE").join(", ")}) TO (${keys.map(value).join(", ")})`,
          `FOR VALUES FROM (${keys.map(value).join(", ")}) TO (${keys.map(() => "MAXVALUE").join(", ")})`,
        ];
  return [...specific, ...(build.random.chance(0.6) ? ["DEFAULT"] : [])];
}

async function addPartition(build: SchemaBuilder, parent: Relation, bound: string): Promise<void> {
  const { random } = build;
  const name = build.qualified();
  const { columns } = parent;
  const hashed = columns.filter(isHashedAlike);
  const sub =
    hashed.length === 0
      ? ""
      : build.maybe(0.1, () => ` PARTITION BY HASH (${random.pick(hashed).name})`);
  const kind = sub === "" ? "partition" : "partitioned";
  if (random.chance(0.7)) {
    const typed = columns.filter(({ isGenerated }) => !isGenerated);
    const own =
      typed.length === 0
        ? ""
        : build.maybe(0.2, () => {
            const column = random.pick(typed);
            return ` (${column.name} DEFAULT ${random.pick(column.type.values)}${build.maybe(0.5, " NOT NULL")})`;
          });
    if (await build.run(`CREATE TABLE ${name} PARTITION OF ${parent.name}${own} ${bound}${sub}`))
      register(build, { name, kind, columns });
    return;
  }
  // Attached later, with its columns in another order and a hole among them.
  if (
    !(await build.run(`CREATE TABLE ${name} (LIKE ${parent.name} INCLUDING ALL EXCLUDING INDEXES)`))
  )
    return;
  const last = columns.at(-1)!;
  if (
    !last.isGenerated &&
    random.chance(0.5) &&
    (await build.run(`ALTER TABLE ${name} ADD COLUMN "hole" integer`))
  )
    await build.run(`ALTER TABLE ${name} DROP COLUMN "hole"`);
  const isAttached = await build.run(
    `ALTER TABLE ${parent.name} ATTACH PARTITION ${name} ${bound}`,
  );
  register(build, { name, kind: isAttached ? "partition" : "table", columns });
}

export async function changeTable(build: SchemaBuilder): Promise<void> {
  const { random } = build;
  const table = build.relation("table", "partitioned", "partition", "foreign");
  if (table === undefined || table.columns.length === 0) return;
  const column = random.pick(table.columns);
  const added = newColumn(build, table.columns, table.kind);
  const isOnly = random.chance(0.3);
  const change = random.pick([
    // pg_dump loses the constraints that children keep of a column that their parent alone drops, or that is theirs, too.
    ...(table.hasChildren === true
      ? []
      : [`ADD COLUMN ${added.text}`, `DROP COLUMN ${column.name}`]),
    `ALTER COLUMN ${column.name} SET STATISTICS ${random.between(0, 200)}`,
    `ALTER COLUMN ${column.name} SET (n_distinct = -0.5)`,
    `ALTER COLUMN ${column.name} SET STORAGE ${random.pick(["PLAIN", "MAIN", "EXTERNAL", "EXTENDED"])}`,
    `ALTER COLUMN ${column.name} SET DEFAULT ${defaultValue(build, column.type)}`,
    `ALTER COLUMN ${column.name} DROP DEFAULT`,
    `ALTER COLUMN ${column.name} SET NOT NULL`,
    `ALTER COLUMN ${column.name} DROP NOT NULL`,
    `ADD CONSTRAINT ${build.name()} CHECK (${checked(build, table.columns)}) NOT VALID`,
    `RENAME COLUMN ${column.name} TO ${added.name}`,
    "ENABLE ROW LEVEL SECURITY",
    "FORCE ROW LEVEL SECURITY",
    `REPLICA IDENTITY ${random.pick(["FULL", "NOTHING", "DEFAULT"])}`,
    "SET UNLOGGED",
    ...(build.major >= 14 ? [`ALTER COLUMN ${column.name} SET COMPRESSION pglz`] : []),
    ...(build.major >= 18
      ? [
          `ADD CONSTRAINT ${build.name()} NOT NULL ${column.name} ${random.pick(["NOT VALID", "NO INHERIT", ""])}`,
          `ADD CONSTRAINT ${build.name()} CHECK (${checked(build, [column])}) NOT ENFORCED`,
        ]
      : []),
  ]);
  const only = isOnly ? "ONLY " : "";
  if (
    !(await build.run(
      `ALTER ${table.kind === "foreign" ? "FOREIGN " : ""}TABLE ${only}${table.name} ${change}`,
    ))
  )
    return;
  if (change.startsWith("ADD COLUMN")) table.columns = [...table.columns, added];
  else if (change.startsWith("DROP COLUMN"))
    table.columns = table.columns.filter((each) => each !== column);
  else if (change.startsWith("RENAME"))
    table.columns = table.columns.map((each) =>
      each === column ? { ...column, name: added.name } : each,
    );
}

export async function addRows(build: SchemaBuilder): Promise<void> {
  const table = build.relation("table", "partitioned", "partition");
  if (table === undefined) return;
  const columns = table.columns.filter(({ isGenerated }) => !isGenerated);
  for (let left = build.random.between(1, 3); left > 0; left--)
    await build.run(
      columns.length === 0
        ? `INSERT INTO ${table.name} DEFAULT VALUES`
        : `INSERT INTO ${table.name} (${columns.map(({ name }) => name).join(", ")}) VALUES (${columns.map(({ type }) => build.random.pick(type.values)).join(", ")})`,
    );
}

export async function addSequence(build: SchemaBuilder): Promise<void> {
  const name = build.qualified();
  const { random } = build;
  const isDone = await build.create(
    `CREATE ${build.major >= 15 ? build.maybe(0.2, "UNLOGGED ") : ""}SEQUENCE ${name}${build.maybe(0.4, ` AS ${random.pick(["smallint", "integer"])}`)}${build.maybe(0.5, () => ` ${random.pick(SEQUENCE_OPTIONS)}`)}`,
    { word: "SEQUENCE", name },
  );
  if (!isDone) return;
  build.sequences.push(name);
  if (random.chance(0.5)) await build.run(`SELECT nextval('${name.replaceAll("'", "''")}')`);
  const owner = build.relation("table");
  if (owner !== undefined && owner.columns.length > 0 && random.chance(0.4))
    await build.run(
      `ALTER SEQUENCE ${name} OWNED BY ${owner.name}.${random.pick(owner.columns).name}`,
    );
}
