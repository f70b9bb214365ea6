/** Types: enumerations, composites, domains, ranges, and arrays of all these. */
import type { SchemaBuilder } from "./builder.ts";
import type { ValueType } from "./values.ts";

const LABELS = ["a", "it's", "x y", "", "ok", "\\", 'q"'];

/** A literal of the type whose text is `text`. */
const literal = (text: string, sql: string): string => `'${text.replaceAll("'", "''")}'::${sql}`;

export async function addEnum(build: SchemaBuilder): Promise<void> {
  const sql = build.qualified();
  const labels = build.some(LABELS);
  const quoted = labels.map((label) => `'${label.replaceAll("'", "''")}'`);
  if (
    !(await build.create(`CREATE TYPE ${sql} AS ENUM (${quoted.join(", ")})`, {
      word: "TYPE",
      name: sql,
    }))
  )
    return;
  await build.run(`ALTER TYPE ${sql} ADD VALUE 'later' BEFORE ${quoted[0]!}`);
  add(build, {
    sql,
    family: "enum",
    values: labels.map((label) => literal(label, sql)),
    isOrdered: true,
    isCollated: false,
  });
}

function add(build: SchemaBuilder, type: ValueType): void {
  build.types.push(type);
  if (!build.random.chance(0.3)) return;
  const sql = `${type.sql}[]`;
  const values = [`ARRAY[${type.values.join(", ")}]::${sql}`, `'{}'::${sql}`];
  build.types.push({ ...type, sql, family: "array", values });
}

export async function addComposite(build: SchemaBuilder): Promise<void> {
  const sql = build.qualified();
  const fields = Array.from({ length: build.random.between(0, 3) }, () => ({
    name: build.name(),
    type: build.type(),
  }));
  const text = fields.map(
    ({ name, type }) =>
      `${name} ${type.sql}${type.isCollated ? build.maybe(0.3, ' COLLATE "C"') : ""}`,
  );
  if (
    !(await build.create(`CREATE TYPE ${sql} AS (${text.join(", ")})`, { word: "TYPE", name: sql }))
  )
    return;
  if (build.random.chance(0.2)) {
    await build.run(`ALTER TYPE ${sql} ADD ATTRIBUTE "gone" text`);
    await build.run(`ALTER TYPE ${sql} DROP ATTRIBUTE "gone"`);
  }
  for (const { name } of fields)
    if (build.random.chance(0.2))
      await build.run(`COMMENT ON COLUMN ${sql}.${name} IS 'an attribute'`);
  const row = `ROW(${fields.map(({ type }) => build.value(type)).join(", ")})::${sql}`;
  add(build, {
    sql,
    family: "row",
    values: [row],
    isOrdered: fields.every(({ type }) => type.isOrdered),
    isCollated: false,
  });
}

export async function addDomain(build: SchemaBuilder): Promise<void> {
  const sql = build.qualified();
  const base = build.type();
  const checks = ["VALUE IS NOT NULL", "VALUE::text <> 'never'", `VALUE IS DISTINCT FROM NULL`];
  const constraint = (): string =>
    `${build.maybe(0.6, () => `CONSTRAINT ${build.name()} `)}CHECK (${build.random.pick(checks)})`;
  const parts = [
    base.isCollated
      ? build.maybe(0.3, () => ` COLLATE ${build.random.pick(build.collations)}`)
      : "",
    build.maybe(0.4, () => ` DEFAULT ${build.value(base)}`),
    build.maybe(0.15, " NOT NULL"),
    build.maybe(0.5, () => ` ${constraint()}`),
    build.maybe(0.2, () => ` ${constraint()}`),
  ];
  const isDone = await build.create(`CREATE DOMAIN ${sql} AS ${base.sql}${parts.join("")}`, {
    word: "DOMAIN",
    name: sql,
  });
  if (!isDone) return;
  if (build.random.chance(0.3)) {
    const name = build.name();
    await build.run(
      `ALTER DOMAIN ${sql} ADD CONSTRAINT ${name} CHECK (VALUE::text <> 'no') NOT VALID`,
    );
    await build.run(`COMMENT ON CONSTRAINT ${name} ON DOMAIN ${sql} IS 'a domain''s'`);
  }
  add(build, { ...base, sql, values: base.values.map((value) => `(${value})::${sql}`) });
}

export async function addRange(build: SchemaBuilder): Promise<void> {
  const sql = build.qualified();
  const subtype = build.typeWhere(({ isOrdered, family }) => isOrdered && family !== "array");
  const options = [
    `subtype = ${subtype.sql}`,
    subtype.isCollated ? build.maybe(0.3, 'collation = "C"') : "",
    build.major >= 14 ? build.maybe(0.4, () => `multirange_type_name = ${build.qualified()}`) : "",
    ["double precision", "integer"].includes(subtype.sql)
      ? build.maybe(
          0.5,
          `subtype_diff = ${subtype.sql === "integer" ? "int4range_subdiff" : "float8mi"}`,
        )
      : "",
  ].filter((option) => option !== "");
  const isDone = await build.create(`CREATE TYPE ${sql} AS RANGE (${options.join(", ")})`, {
    word: "TYPE",
    name: sql,
  });
  if (!isDone) return;
  add(build, {
    sql,
    family: "range",
    values: [`'empty'::${sql}`, `'(,)'::${sql}`],
    isOrdered: true,
    isCollated: false,
  });
}

/** A base type that is text under another name, with a cast, an operator and an operator class. */
export async function addBaseType(build: SchemaBuilder): Promise<void> {
  const { random } = build;
  const schema = random.pick(build.schemas);
  const sql = `${schema}.${build.uniqueName()}`;
  const [input, output, equal, hash, hash64] = [1, 2, 3, 4, 5].map(
    () => `${schema}.${build.uniqueName()}`,
  ) as [string, string, string, string, string];
  await build.run(`CREATE TYPE ${sql}`);
  const internal = (
    name: string,
    parameters: string,
    result: string,
    symbol: string,
  ): Promise<boolean> =>
    build.run(
      `CREATE FUNCTION ${name}(${parameters}) RETURNS ${result} LANGUAGE internal IMMUTABLE STRICT AS '${symbol}'`,
    );
  await internal(input, "cstring", sql, "textin");
  await internal(output, sql, "cstring", "textout");
  const extra = [
    build.maybe(0.3, ", DEFAULT = 'd''d'"),
    build.maybe(0.3, ", CATEGORY = 'S'"),
    build.maybe(0.3, ", DELIMITER = ';'"),
    build.maybe(0.3, ", COLLATABLE = true"),
  ];
  if (
    !(await build.create(
      `CREATE TYPE ${sql} (INPUT = ${input}, OUTPUT = ${output}, LIKE = text${extra.join("")})`,
      { word: "TYPE", name: sql },
    ))
  )
    return;
  await internal(equal, `${sql}, ${sql}`, "boolean", "texteq");
  await internal(hash, sql, "integer", "hashtext");
  await internal(hash64, `${sql}, bigint`, "bigint", "hashtextextended");
  const operator = `${schema}.=`;
  await build.create(
    `CREATE OPERATOR ${operator} (FUNCTION = ${equal}, LEFTARG = ${sql}, RIGHTARG = ${sql}, COMMUTATOR = OPERATOR(${operator}), HASHES)`,
    { word: "OPERATOR", name: `${operator} (${sql}, ${sql})` },
  );
  const operatorClass = `${schema}.${build.uniqueName()}`;
  await build.create(
    `CREATE OPERATOR CLASS ${operatorClass} DEFAULT FOR TYPE ${sql} USING hash AS OPERATOR 1 ${operator}, FUNCTION 1 ${hash}(${sql}), FUNCTION 2 ${hash64}(${sql}, bigint)`,
    { word: "OPERATOR CLASS", name: `${operatorClass} USING hash` },
  );
  await build.create(
    `CREATE CAST (${sql} AS text) WITHOUT FUNCTION${build.maybe(0.5, " AS ASSIGNMENT")}`,
    { word: "CAST", name: `(${sql} AS text)` },
  );
  add(build, {
    sql,
    family: "other",
    values: [`'base'::${sql}`],
    isOrdered: false,
    isCollated: false,
  });
}
