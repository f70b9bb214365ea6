/** Random tables that refer to each other, with rows: cascades, SET NULL, self references, cycles, partitions, composite keys. */
import type { Random } from "../../../src/nexushub/demo-data/random.ts";

export interface RandomTable {
  readonly name: string;
  /** Columns and types of the primary key; empty where there is none. The first, `k`, is an integer. */
  readonly key: readonly (readonly [name: string, type: string])[];
  readonly references: RandomReference[];
  readonly isPartitioned: boolean;
}

interface RandomReference {
  readonly to: number;
  readonly action: "CASCADE" | "SET NULL" | "NO ACTION";
  readonly isRequired: boolean;
}

/** The rows of each table, numbered from 1. */
export const ROWS = 12;

export function randomTables(random: Random): RandomTable[] {
  const count = random.between(2, 6);
  const tables = Array.from({ length: count }, (_, i): RandomTable => {
    const hasKey = i === 0 || random.between(1, 6) > 1;
    const further = random.between(1, 3) === 1 ? [["part", "text"] as const] : [];
    return {
      name: `t${i}`,
      key: hasKey ? [["k", "int"], ...further] : [],
      references: [],
      isPartitioned: hasKey && random.between(1, 4) === 1,
    };
  });
  for (const [i, table] of tables.entries())
    for (let n = random.between(i === 0 ? 0 : 1, 3); n > 0; n--) {
      const to = random.between(0, count - 1);
      if (tables[to]!.key.length > 0)
        table.references.push(randomReference(random, table, to < i, to));
    }
  return tables;
}

function randomReference(
  random: Random,
  { key }: RandomTable,
  mayRequire: boolean,
  to: number,
): RandomReference {
  // A row without a key cannot be recognized when only its reference changed.
  const action =
    key.length === 0
      ? "CASCADE"
      : (["CASCADE", "CASCADE", "SET NULL", "NO ACTION"] as const)[random.between(0, 3)]!;
  return {
    to,
    action,
    isRequired: mayRequire && action !== "SET NULL" && random.between(1, 2) === 1,
  };
}

/** Statements that create the tables in a schema and fill them. */
export function createStatements(
  tables: readonly RandomTable[],
  schema: string,
  random: Random,
): string[] {
  return [
    `CREATE SCHEMA ${schema}`,
    ...tables.flatMap((table) => createTable(table, tables, schema, random)),
    ...tables.flatMap((table) => insertRows(table, tables, schema, random)),
    ...tables.flatMap((table) => foreignKeys(table, tables, schema, random)),
  ];
}

const columnsTo = (n: number, target: RandomTable): string[] =>
  target.key.map(([name]) => `r${n}_${name}`);

function createTable(
  { name, key, references, isPartitioned }: RandomTable,
  tables: readonly RandomTable[],
  schema: string,
  random: Random,
): string[] {
  const columns = [
    "k int",
    ...(key.length > 1 ? ["part text"] : []),
    ...references.flatMap(({ to, isRequired }, n) =>
      tables[to]!.key.map(
        ([column, type]) => `r${n}_${column} ${type}${isRequired ? " NOT NULL" : ""}`,
      ),
    ),
    "note text DEFAULT 'default'",
    "amount numeric",
    "doubled numeric GENERATED ALWAYS AS (amount * 2) STORED",
    "tags text[]",
    "document jsonb",
    ...(key.length > 0 && !isPartitioned ? ["number int GENERATED ALWAYS AS IDENTITY"] : []),
    ...(key.length > 0 ? [`PRIMARY KEY (${key.map(([column]) => column).join(", ")})`] : []),
  ];
  const table = `${schema}.${name}`;
  const by = ["", " PARTITION BY HASH (k)", " PARTITION BY RANGE (k)"][
    isPartitioned ? random.between(1, 2) : 0
  ]!;
  const bounds = by.includes("HASH")
    ? ["WITH (MODULUS 2, REMAINDER 0)", "WITH (MODULUS 2, REMAINDER 1)"]
    : ["FROM (MINVALUE) TO (5)", "FROM (5) TO (MAXVALUE)"];
  return [
    `CREATE TABLE ${table} (${columns.join(", ")})${by}`,
    ...(by === ""
      ? []
      : bounds.map(
          (bound, i) => `CREATE TABLE ${table}_p${i} PARTITION OF ${table} FOR VALUES ${bound}`,
        )),
    ...(random.between(1, 4) === 1
      ? [
          `CREATE FUNCTION ${schema}.${name}_changes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.note := 'changed'; RETURN NEW; END $$`,
          `CREATE TRIGGER changes BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION ${schema}.${name}_changes()`,
          `ALTER TABLE ${table} DISABLE TRIGGER changes`,
        ]
      : []),
    ...(key.length > 0 && !isPartitioned && random.between(1, 3) === 1
      ? [`CREATE UNIQUE INDEX ON ${table} (lower(note), k) WHERE note IS NOT NULL`]
      : []),
  ];
}

function insertRows(
  { name, key, references }: RandomTable,
  tables: readonly RandomTable[],
  schema: string,
  random: Random,
): string[] {
  const value = (row: number, column: string): string =>
    column === "k" ? String(row) : `'part ${row % 3}'`;
  const rows = Array.from({ length: ROWS }, (_, i) => {
    const row = i + 1;
    const values = [
      // Some rows without a key are equal.
      String(key.length > 0 ? row : 1 + (row % 5)),
      ...(key.length > 1 ? [value(row, "part")] : []),
      ...references.flatMap(({ to, isRequired }) => {
        const to_row = random.between(1, ROWS);
        const isNull = !isRequired && random.between(1, 4) === 1;
        return tables[to]!.key.map(([column]) => (isNull ? "NULL" : value(to_row, column)));
      }),
      random.between(1, 3) === 1 ? "NULL" : `E'it''s\\t${random.between(1, 3)}'`,
      random.between(1, 3) === 1 ? "NULL" : `${random.between(1, 9)}.${random.between(0, 1)}0`,
      random.between(1, 3) === 1 ? "'{}'" : `ARRAY['a', NULL, '${random.between(1, 3)}']`,
      random.between(1, 3) === 1 ? "NULL" : `'{"a": [1, null]}'`,
    ];
    return `(${values.join(", ")})`;
  });
  const columns = [
    "k",
    ...(key.length > 1 ? ["part"] : []),
    ...references.flatMap(({ to }, n) => columnsTo(n, tables[to]!)),
    "note",
    "amount",
    "tags",
    "document",
  ];
  return [`INSERT INTO ${schema}.${name} (${columns.join(", ")}) VALUES ${rows.join(", ")}`];
}

function foreignKeys(
  { name, references }: RandomTable,
  tables: readonly RandomTable[],
  schema: string,
  random: Random,
): string[] {
  const keys = references.map(({ to, action }, n) => {
    const target = tables[to]!;
    const deferrable = ["", "", " DEFERRABLE", " DEFERRABLE INITIALLY DEFERRED"][
      random.between(0, 3)
    ]!;
    return `ALTER TABLE ${schema}.${name} ADD FOREIGN KEY (${columnsTo(n, target).join(", ")}) REFERENCES ${schema}.${target.name} ON DELETE ${action}${deferrable}`;
  });
  return [
    ...keys,
    `DO $$ BEGIN ALTER TABLE ${schema}.${name} ENABLE TRIGGER changes; EXCEPTION WHEN undefined_object THEN NULL; END $$`,
  ];
}
