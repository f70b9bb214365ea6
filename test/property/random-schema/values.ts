/** Types of columns, and literals of each that deparse in ways of their own. */
export type Family =
  | "number"
  | "text"
  | "boolean"
  | "time"
  | "json"
  | "array"
  | "range"
  | "row"
  | "enum"
  | "other";

export interface ValueType {
  /** As a column's definition names it. */
  readonly sql: string;
  readonly family: Family;
  /** Expressions of this type. */
  readonly values: readonly string[];
  /** Whether btree can order it. */
  readonly isOrdered: boolean;
  /** Whether it takes COLLATE. */
  readonly isCollated: boolean;
}

function values(
  sql: string,
  family: Family,
  texts: readonly string[],
  { isOrdered = true, isCollated = family === "text" } = {},
): ValueType {
  return {
    sql,
    family,
    values: texts.map((text) => `'${text.replaceAll("'", "''")}'::${sql}`),
    isOrdered,
    isCollated,
  };
}

const BUILT_IN: readonly ValueType[] = [
  values("smallint", "number", ["1", "-2"]),
  { ...values("integer", "number", ["-3"]), values: ["1", "-1", "(2 + 3)", "'-3'::integer"] },
  {
    ...values("bigint", "number", ["9"]),
    values: ["5000000000", "-9223372036854775808", "7::int8"],
  },
  values("numeric(10,2)", "number", ["1.5", "NaN", "-0.01"]),
  {
    ...values("numeric", "number", ["1e10"]),
    values: ["1.50", "-2.0", "'Infinity'::float8::numeric"],
  },
  values("real", "number", ["1.25", "-Infinity"]),
  values("double precision", "number", ["0.1", "NaN", "1e300"]),
  {
    ...values("text", "text", ["a", "it's", "\\"]),
    values: ["'a'::text", "'it''s'", "E'a\\nb\\\\'", "''"],
  },
  values("character varying(20)", "text", ["v", ""]),
  values("character(5)", "text", ["c", "  d"]),
  values('"char"', "other", ["x"]),
  values("name", "text", ["n"]),
  values("boolean", "boolean", ["t", "f"]),
  values("date", "time", ["2024-02-29", "infinity"]),
  values("timestamp(3) without time zone", "time", ["2024-01-01 12:00:00.123"]),
  values("timestamp with time zone", "time", ["2024-01-01 12:00:00+02", "-infinity"]),
  values("time(0) without time zone", "time", ["12:34:56"]),
  values("interval day to second(2)", "time", ["1 day 02:03:04.5"]),
  values("interval", "time", ["1 mon -1 day"]),
  values("uuid", "other", ["00000000-0000-0000-0000-000000000001"]),
  values("json", "json", ['{"a": 1}', "[]"], { isOrdered: false }),
  values("jsonb", "json", ['{"a": [1, "x"]}', "null"]),
  values("bytea", "other", ["\\x00ff"]),
  values("inet", "other", ["10.0.0.1/8"]),
  values("macaddr", "other", ["08:00:2b:01:02:03"]),
  values("bit(8)", "other", ["10101010"]),
  values("bit varying(4)", "other", ["101"]),
  values("point", "other", ["(1,2)"], { isOrdered: false }),
  values("tsvector", "other", ["'a':1 'b'"]),
  values("money", "other", ["12.34"]),
  values("oid", "other", ["42"]),
  values("int4range", "range", ["[1,5)", "empty"]),
  values("tstzrange", "range", ["[2024-01-01 00:00+00,)"]),
  values("integer[]", "array", ["{1,2,NULL}", "{}"]),
  values("text[]", "array", ['{a,"b c"}', "{{x},{y}}"], { isCollated: true }),
  values("character varying(7)[]", "array", ["{q}"], { isCollated: true }),
];

const SINCE_14 = [values("int4multirange", "range", ["{[1,3),[5,7)}"])];

/** Before 14 a numeric is not infinite: the server stores the expression, and then cannot attach a partition. */
const UP_TO_13 = BUILT_IN.map((type) => ({
  ...type,
  values: type.values.map((value) =>
    value.replace("'Infinity'::float8::numeric", "'NaN'::float8::numeric"),
  ),
}));

export function builtInTypes(major: number): readonly ValueType[] {
  return major >= 14 ? [...BUILT_IN, ...SINCE_14] : UP_TO_13;
}
