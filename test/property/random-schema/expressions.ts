/** Expressions over columns whose deparsed text has many forms. */
import type { Column, SchemaBuilder } from "./builder.ts";
import type { ValueType } from "./values.ts";

/** An expression of the column's own type, which is immutable. */
export function sameType(build: SchemaBuilder, { name, type }: Column, depth = 2): string {
  const { random } = build;
  const inner =
    depth > 0 && random.chance(0.5)
      ? sameType(build, { name, type, isGenerated: false }, depth - 1)
      : name;
  const value = random.pick(type.values);
  const common = [
    inner,
    `COALESCE(${inner}, ${value})`,
    `CASE WHEN ${name} IS NULL THEN ${value} ELSE ${inner} END`,
    `(${inner})::${type.sql}`,
    `(ARRAY[${inner}, ${value}])[1]`,
  ];
  const families: Partial<Record<ValueType["family"], string[]>> = {
    number: [
      `(${inner} + 1)::${type.sql}`,
      `(- ${inner})::${type.sql}`,
      `(@ ${inner})::${type.sql}`,
    ],
    text: [
      `(lower(${inner}::text) || 'x''')::${type.sql}`,
      `substring(${inner}::text from 2 for 3)::${type.sql}`,
      `(${inner}::text COLLATE "C" || E'\\n')::${type.sql}`,
      `trim(both 'x' from ${inner}::text)::${type.sql}`,
    ],
    boolean: [`NOT ${inner}`, `(${inner} OR ${name}) AND true`, `${inner} IS NOT TRUE`],
    array: [`${inner} || ${name}`, `(${inner})[1:2]`],
    // Fails for no value: whether the server computes an expression that a view selects depends on its plan.
    json: type.sql === "jsonb" ? [`${inner} -> 'a'`, `jsonb_build_object('k', ${inner})`] : [],
    range: [`${inner} * ${value}`],
  };
  return random.pick([...common, ...(families[type.family] ?? [])]);
}

/** An immutable condition about columns. */
export function condition(build: SchemaBuilder, columns: readonly Column[], depth = 2): string {
  const { random } = build;
  if (depth > 0 && random.chance(0.4)) {
    const [a, b] = [condition(build, columns, depth - 1), condition(build, columns, depth - 1)];
    return random.pick([
      `(${a}) AND (${b})`,
      `(${a}) OR (${b})`,
      `NOT (${a})`,
      `(${a}) IS NOT FALSE`,
    ]);
  }
  const column = random.pick(columns);
  const { name, type } = column;
  const value = random.pick(type.values);
  const expression = sameType(build, column, 1);
  const general = [
    `${name} IS NOT NULL`,
    `num_nulls(${name}, ${name}) < 3`,
    `(${name}::text <> 'q') IS NOT NULL`,
  ];
  const ordered = [
    `${expression} IS DISTINCT FROM ${value}`,
    `${expression} >= ${value}`,
    `${name} IN (${value}, ${random.pick(type.values)})`,
    `${name} BETWEEN SYMMETRIC ${value} AND ${value}`,
    `${name} <> ALL (ARRAY[${value}])`,
    `ROW(${name}, 1) < ROW(${value}, 2)`,
  ];
  const families: Partial<Record<ValueType["family"], string[]>> = {
    text: [
      `${name}::text LIKE 'a\\%%'`,
      `${name}::text ~* '^a[^"]*$'`,
      `${name}::text NOT SIMILAR TO 'x|y'`,
    ],
    number: [`${name} % 2 = 0`, `(${name} > 0) = ANY (ARRAY[true, NULL])`],
    boolean: [name, `NOT ${name}`, `${name} IS UNKNOWN`],
    range: [`NOT isempty(${name})`, `${name} && ${value}`],
    array: [`cardinality(${name}) < 9`, `${value} <@ ${name}`],
    json:
      type.sql === "jsonb" ? [`${name} ? 'a'`, `jsonb_typeof(${name} -> 'a'::text) = 'array'`] : [],
  };
  return random.pick([
    ...general,
    ...(type.isOrdered ? ordered : []),
    ...(families[type.family] ?? []),
  ]);
}

/** A value of the type for a DEFAULT; it may be volatile. */
export function defaultValue(build: SchemaBuilder, type: ValueType): string {
  const { random } = build;
  const calls = build.functions.filter(({ result }) => result === type);
  if (calls.length > 0 && random.chance(0.6)) return call(build, random.pick(calls));
  const special: Readonly<Record<string, readonly string[]>> = {
    bigint: build.sequences.map((name) => `nextval('${name.replaceAll("'", "''")}'::regclass)`),
    text: ["CURRENT_USER", "current_setting('TimeZone'::text)"],
    "timestamp with time zone": ["now()", "CURRENT_TIMESTAMP", "LOCALTIMESTAMP(2)"],
    date: ["CURRENT_DATE"],
    uuid: ["gen_random_uuid()"],
    name: ["SESSION_USER"],
  };
  const others = special[type.sql] ?? [];
  return others.length > 0 && random.chance(0.5) ? random.pick(others) : build.value(type);
}

export function call(build: SchemaBuilder, callable: Build["functions"][number]): string {
  return `${callable.name}(${callable.arguments.map((type) => build.random.pick(type.values)).join(", ")})`;
}

type Build = SchemaBuilder;

/** A condition for a CHECK, which may call a user's function. */
export function checked(build: SchemaBuilder, columns: readonly Column[], depth = 2): string {
  const { random } = build;
  const plain = condition(build, columns, depth);
  const column = random.pick(columns);
  const calls = build.functions.filter(
    ({ arguments: parameters }) => parameters.length === 1 && parameters[0] === column.type,
  );
  if (calls.length === 0 || !random.chance(0.5)) return plain;
  return `(${plain}) AND (${random.pick(calls).name}(${column.name}) IS NULL) IS NOT NULL`;
}
