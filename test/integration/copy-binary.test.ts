/** COPY's binary format, as the server writes and reads it, against what is made of its text format. */
import { finished, pipeline } from "node:stream/promises";
import fc from "fast-check";
import type { Client } from "pg";
import { from, to } from "pg-copy-streams";
import { describe, expect, test } from "vitest";
import { fieldEncoder } from "../../src/sql/copy-binary/field-encoders.ts";
import {
  BINARY_HEADER,
  BINARY_TRAILER,
  RowEncoder,
} from "../../src/sql/copy-binary/row-encoder.ts";
import { anyText } from "../support/any-text.ts";
import { withDatabase } from "../support/postgres.ts";

const ADDRESSES = [
  ..."127.0.0.1 0.0.0.0 255.255.255.255 10.0.0.0/8 0.0.0.0/0 192.168.1.7/32 :: ::1 ::/0 1:: 2001:db8::/32".split(
    " ",
  ),
  ..."::ffff:10.1.2.3 ::10.1.2.3 64:ff9b::192.0.2.33 1:2:3:4:5:6:7:8 1:0:0:4::8 ffff::0:1/127 0:0:1::".split(
    " ",
  ),
];
const TIMES = ["00:00:00", "23:59:59.999999", "00:00:00.000001", "12:34:56.7", "11:59:59.05"];
const DATES = [
  ..."2000-01-01 1999-12-31 2000-02-29 1900-02-28 1900-03-01 2100-03-01 0001-01-01 9999-12-31 1970-01-01".split(
    " ",
  ),
  ..."infinity -infinity 2024-02-29 1582-10-15 0004-02-29".split(" "),
];
const timestamps = DATES.flatMap((date) =>
  date.endsWith("y") ? [date] : TIMES.map((time) => `${date} ${time}`),
);
const INTEGERS = ["0", "1", "-1", "9", "10", "255", "256", "-256", "32767", "-32768"];
const INTEGERS4 = [...INTEGERS, "65535", "65536", "2147483647", "-2147483648", "-65537"];
const INTEGERS8 = [
  ...INTEGERS4,
  ..."4294967295 4294967296 -4294967296 -4294967297 999999999999999 1000000000000000".split(" "),
  ..."9007199254740993 -9007199254740993 9223372036854775807 -9223372036854775808".split(" "),
];
const NUMERICS = [
  ...INTEGERS8,
  ..."0.0 0.1 0.00001 0.000100000 -0.5 10000 100000000 10000.0001 9999.9999 123456789.123456789 1e30 1e-30".split(
    " ",
  ),
  ..."0.00010001 12340000.00005678 100.00 0.00 -1234.5".split(" "),
];
const FLOATS = [
  ...INTEGERS8,
  ..."0.1 -0 1e300 1e-300 NaN Infinity -Infinity 1.7976931348623157e308 2.2250738585072014e-308 3.141592653589793".split(
    " ",
  ),
  ..."1e22 1e23 5e-324 1e-310 123456789012345680000".split(" "),
];
const TEXTS = [
  "",
  "a",
  "\\N",
  "\\",
  "\t\n\r\b\f\v",
  "é",
  "日本",
  "𝄞",
  "\\.",
  "a\\nb",
  "x".repeat(200_000),
];

/** Values of each type that is sent in the binary format; those of other types are never asked for. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  bool: ["t", "f"],
  bpchar: TEXTS,
  bytea: ["\\x", "\\x00", "\\xdeadbeef", `\\x${"0f".repeat(5000)}`],
  cidr: "10.0.0.0/8 192.168.1.0/24 0.0.0.0/0 10.1.2.3/32 2001:db8::/32 ::/0 ::1/128 ::ffff:1.2.3.0/120".split(
    " ",
  ),
  date: DATES,
  float8: FLOATS,
  inet: ADDRESSES,
  int2: INTEGERS,
  int4: INTEGERS4,
  int8: INTEGERS8,
  json: ["{}", '{"a": "b\\n\\"c\\""}', "[1,  2]", '"\\u00e9"'],
  jsonb: ["{}", '{"a": "b\\n\\"c\\""}', "[1,  2]", '"\\u00e9"', "null"],
  numeric: NUMERICS,
  text: TEXTS,
  time: [...TIMES, "24:00:00"],
  timestamp: timestamps,
  timestamptz: timestamps.map((text) => (text.endsWith("y") ? text : `${text}+00`)),
  uuid: ["00000000-0000-0000-0000-000000000000", "0123abcd-ef45-6789-abcd-ef0123456789"],
  varchar: TEXTS,
};
const TYPES = Object.keys(VALUES);
const encoderOf = (name: string): RowEncoder =>
  new RowEncoder([fieldEncoder({ name, isEnum: false })!]);

async function copyOut(client: Client, sql: string): Promise<Buffer> {
  const stream = client.query(to(sql));
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  await finished(stream);
  return Buffer.concat(chunks);
}
async function copyIn(client: Client, sql: string, rows: Buffer): Promise<void> {
  await pipeline([rows], client.query(from(sql)));
}

/** All that is encoded, as one COPY, and what stays text. */
function encoded(
  encoder: RowEncoder,
  rows: Buffer,
): { readonly binary: Buffer; readonly rest: Buffer } {
  const chunks = encoder.encode(rows);
  const binary: Buffer[] = [BINARY_HEADER];
  for (let next = chunks.next(); ; next = chunks.next()) {
    if (next.done === true)
      return { binary: Buffer.concat([...binary, BINARY_TRAILER]), rest: next.value };
    binary.push(next.value);
  }
}

const SESSION = "SET datestyle = 'ISO, YMD'; SET timezone = 'UTC'; SET extra_float_digits = 3";

describe.each([13, 15, 18])("PostgreSQL %i", (major) => {
  test.each(TYPES)("%s: the bytes that the server writes", async (type) => {
    await withDatabase(
      async (db) => {
        const client = await db.client();
        await client.query(`${SESSION}; CREATE TABLE t (n serial, v ${type})`);
        await client.query(`INSERT INTO t (v) SELECT unnest($1::${type}[])`, [VALUES[type]]);
        await client.query("INSERT INTO t (v) VALUES (NULL)");
        const text = await copyOut(client, "COPY (SELECT v FROM t ORDER BY n) TO STDOUT");
        const server = await copyOut(
          client,
          "COPY (SELECT v FROM t ORDER BY n) TO STDOUT (FORMAT binary)",
        );
        const subnormal = type === "float8" || type === "time";
        const { binary, rest } = encoded(encoderOf(type), text);
        if (!subnormal) {
          expect(rest.toString()).toBe("");
          expect(binary.equals(server)).toBe(true);
          return;
        }
        // These few are left to the server.
        expect(rest.toString()).toMatch(/^(?:5e-324|24:00:00)\n/);
        expect(server.subarray(0, binary.length - 2).equals(binary.subarray(0, -2))).toBe(true);
      },
      { major },
    );
  });
});

/** Text near a value: a part of it replaced, so that most is no value any more. */
function near(values: readonly string[]): fc.Arbitrary<string> {
  const fragments = fc.oneof(
    fc.constantFrom(
      ..."0 00 1 9 60 24 12 31 -02-30 : - . / + e E x \\ BC +15 +16 ::".split(" "),
      " ",
      "",
    ),
    fc.constantFrom(...values.map((value) => value.slice(0, 40))),
    fc.nat({ max: 99_999 }).map(String),
  );
  return fc
    .tuple(fc.constantFrom(...values), fc.nat(), fc.nat({ max: 4 }), fragments)
    .map(([value, at, cut, fragment]) => {
      const start = at % (value.length + 1);
      return (value.slice(0, start) + fragment + value.slice(start + cut)).slice(0, 300);
    });
}
const RUNS = Number(process.env.NEXUSHUB_DUMP_COPY_RUNS ?? 3000);

test.each(TYPES)("%s: what is encoded means the same to the server as text", async (type) => {
  const fields = fc
    .sample(fc.oneof(near(VALUES[type]!), anyText()), { numRuns: RUNS })
    .map((text) => text.replaceAll(/[\0\t\n]/g, ""))
    .map((text) => (text.includes("\r") ? "" : text));
  const accepted = fields.filter(
    (text) => encoded(encoderOf(type), Buffer.from(`${text}\n`)).rest.length === 0,
  );
  expect(accepted.length).toBeGreaterThan(RUNS / 1000);
  const rows = Buffer.from(accepted.map((text) => `${text}\n`).join(""));
  await withDatabase(async (db) => {
    const client = await db.client();
    await client.query(
      `${SESSION}; CREATE TABLE t (n serial, v ${type}); CREATE TABLE b (LIKE t INCLUDING ALL)`,
    );
    const { binary, rest } = encoded(encoderOf(type), rows);
    expect(rest.toString()).toBe("");
    const readable = (sql: string, bytes: Buffer): Promise<unknown> =>
      copyIn(client, sql, bytes).then(
        () => "read",
        (error: Error) => error.message,
      );
    const text = await readable("COPY t (v) FROM STDIN", rows);
    if (text === "read") {
      expect(await readable("COPY b (v) FROM STDIN (FORMAT binary)", binary)).toBe("read");
    } else {
      // Some of what is encoded, such as any text as json, is refused in either format.
      for (const text of accepted.slice(0, 400)) {
        const row = Buffer.from(`${text}\n`);
        const asText = await readable("COPY t (v) FROM STDIN", row);
        const asBinary = await readable(
          "COPY b (v) FROM STDIN (FORMAT binary)",
          encoded(encoderOf(type), row).binary,
        );
        expect({ text, isRead: asBinary === "read" }).toEqual({ text, isRead: asText === "read" });
      }
    }
    const out = (table: string): Promise<Buffer> =>
      copyOut(client, `COPY (SELECT v FROM ${table} ORDER BY n) TO STDOUT (FORMAT binary)`);
    const differing = await db.query(
      `SELECT t.v::text AS text, b.v::text AS binary FROM t JOIN b USING (n) WHERE t.v::text IS DISTINCT FROM b.v::text`,
    );
    expect(differing).toEqual([]);
    expect((await out("b")).equals(await out("t"))).toBe(true);
  });
});
