/** Views and materialized views over whatever is there. */
import type { Column, Relation, SchemaBuilder } from "./builder.ts";
import { call, condition, sameType } from "./expressions.ts";

interface Selected {
  readonly text: string;
  readonly columns: Column[];
}

function under(alias: string, column: Column): Column {
  return { ...column, name: `${alias}.${column.name}` };
}

/** A query, and the columns that it gives. */
function query(build: SchemaBuilder, from: Relation, other: Relation): Selected {
  const { random } = build;
  const [a, b] = [build.name(), build.name()];
  const list = build.some(from.columns, 4);
  const columns = list.map((column) => ({ ...column, name: build.name(), isGenerated: false }));
  const items = list.map((column, n) => {
    const name = columns[n]!.name;
    return random.chance(0.4)
      ? `${sameType(build, under(a, column))} AS ${name}`
      : `${a}.${column.name} AS ${name}`;
  });
  const where = build.maybe(
    0.5,
    () =>
      ` WHERE ${condition(
        build,
        from.columns.map((column) => under(a, column)),
      )}`,
  );
  const functions = build.functions.filter(({ result }) => result.isOrdered);
  const sources = [
    `${from.name} AS ${a}`,
    `${from.name} ${a}`,
    `${from.name} AS ${a} ${random.pick(["LEFT", "FULL", "INNER"])} JOIN ${other.name} AS ${b} ON (true)`,
    `${from.name} AS ${a} CROSS JOIN LATERAL (SELECT count(*) AS ${build.name()} FROM ${other.name}) AS ${b}`,
    `${from.name} AS ${a}, generate_series(1, 2) WITH ORDINALITY AS ${b} (${build.name()}, "ord x")`,
    `(SELECT * FROM ${from.name} LIMIT 3) AS ${a}`,
    ...(functions.length === 0
      ? []
      : [
          `${from.name} AS ${a}, (VALUES (${call(build, random.pick(functions))}, 1)) AS ${b} (x, "y z")`,
        ]),
    ...(from.kind === "table"
      ? [`ONLY ${from.name} AS ${a}`, `${from.name} AS ${a} TABLESAMPLE bernoulli (50)`]
      : []),
  ];
  const source = random.pick(sources);
  const body = `SELECT ${build.maybe(0.1, "DISTINCT ")}${items.join(", ")} FROM ${source}${where}`;
  return { columns, text: wrapped(build, body, { items, source }) };
}

/** The query itself, or around it what deparses in its own way. */
function wrapped(
  build: SchemaBuilder,
  body: string,
  { items, source }: { items: readonly string[]; source: string },
): string {
  const { random } = build;
  const w = build.name();
  const recursive =
    build.major >= 14
      ? [
          `WITH RECURSIVE ${w}(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM ${w} WHERE n < 3) SEARCH DEPTH FIRST BY n SET ${build.name()} ${body}`,
        ]
      : [];
  return random.pick([
    body,
    body,
    `${body} ORDER BY 1 DESC NULLS LAST`,
    `${body} LIMIT 5 OFFSET 1`,
    `${body} FETCH FIRST 2 ROWS WITH TIES`,
    `WITH ${w} AS ${random.pick(["MATERIALIZED ", "NOT MATERIALIZED ", ""])}(${body}) SELECT * FROM ${w}`,
    `${body} UNION ALL ${body}`,
    `(${body}) EXCEPT (${body})`,
    `SELECT ${items.join(", ")} FROM ${source} GROUP BY ${items.map((_, n) => n + 1).join(", ")} HAVING count(*) FILTER (WHERE true) > 0`,
    `SELECT ${items.join(", ")}, row_number() OVER ${w} AS "rank x", string_agg('x', ',' ORDER BY 1) OVER () FROM ${source} WINDOW ${w} AS (ORDER BY 1 ROWS BETWEEN 1 PRECEDING AND CURRENT ROW EXCLUDE TIES)`,
    `SELECT ${items.join(", ")}, EXISTS (${body}) AS ${w}, ARRAY(SELECT 1) AS "arr y", (SELECT max(x) FROM unnest(ARRAY[1, 2]) AS x) AS "max z" FROM ${source}`,
    ...recursive,
  ]);
}

const VARYING_ROWS = /TABLESAMPLE|LIMIT|FETCH/;

async function addQuery(build: SchemaBuilder, kind: "view" | "matview"): Promise<void> {
  const { random } = build;
  const readable = build.relations.filter(
    ({ columns, kind: of }) => columns.length > 0 && (kind === "view" || of !== "foreign"),
  );
  if (readable.length === 0) return;
  const name = build.qualified();
  const [from, other] = [random.pick(readable), random.pick(readable)];
  const { text, columns } = query(build, from, other);
  const options =
    kind === "view"
      ? build.maybe(
          0.2,
          () =>
            ` WITH (${random.pick(["security_barrier", "security_barrier = false", ...(build.major >= 15 ? ["security_invoker = true"] : [])])})`,
        )
      : build.maybe(0.2, " WITH (fillfactor = 60)");
  const head = kind === "view" ? "VIEW" : "MATERIALIZED VIEW";
  const tail =
    kind === "matview"
      ? build.maybe(0.3, " WITH NO DATA")
      : build.maybe(0.1, ` WITH ${random.pick(["LOCAL", "CASCADED"])} CHECK OPTION`);
  if (!(await build.run(`CREATE ${head} ${name}${options} AS ${text}${tail}`))) return;
  const rowsVary = from.rowsVary === true || other.rowsVary === true || VARYING_ROWS.test(text);
  const relation: Relation = { name, kind, columns, keys: [], rowsVary };
  build.relations.push(relation);
  if (kind === "matview" && tail === "") build.filled.push(relation);
  build.targets.push({ word: head, name, relation });
  if (kind === "view" && random.chance(0.15)) {
    const column = random.pick(columns);
    await build.run(
      `ALTER VIEW ${name} ALTER COLUMN ${column.name} SET DEFAULT ${random.pick(column.type.values)}`,
    );
  }
}

export const addView = (build: SchemaBuilder): Promise<void> => addQuery(build, "view");
export const addMaterializedView = (build: SchemaBuilder): Promise<void> =>
  addQuery(build, "matview");

/**
 * Empties the materialized views that their owners lost the right to fill after they were filled, or that rows that came
 * later make fail: a restore leaves them empty, and a copy could not be compared, or fails. Where chance decides which rows
 * a query reads, it may fail in the copy alone.
 */
export async function emptyUnfillable(build: SchemaBuilder): Promise<void> {
  for (const { name, rowsVary } of build.filled)
    if (rowsVary === true || !(await build.run(`REFRESH MATERIALIZED VIEW ${name}`)))
      await build.run(`REFRESH MATERIALIZED VIEW ${name} WITH NO DATA`);
}

/** A view that another view or a function reads, which is then replaced by one that reads that: a cycle. */
export async function addCycle(build: SchemaBuilder): Promise<void> {
  const table = build.relation("table");
  if (table === undefined || table.columns.length === 0) return;
  const [column] = table.columns;
  const [first, second, reader] = [build.qualified(), build.qualified(), build.qualified()];
  const list = `${column!.name}::text AS "c x"`;
  await build.run(`CREATE VIEW ${first} AS SELECT ${list} FROM ${table.name}`);
  if (build.random.chance(0.5)) {
    await build.run(`CREATE VIEW ${second} AS SELECT * FROM ${first}`);
    await build.run(`CREATE OR REPLACE VIEW ${first} AS SELECT "c x" FROM ${second}`);
    return;
  }
  await build.run(
    `CREATE FUNCTION ${reader}(${first}) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1."c x"'`,
  );
  await build.run(
    `CREATE OR REPLACE VIEW ${first} AS SELECT ${list}, ${reader}(NULL) AS "d y" FROM ${table.name}`,
  );
}
