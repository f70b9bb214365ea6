import { describe, expect, test } from "vitest";
import { fieldEncoder } from "../../../src/sql/copy-binary/field-encoders.ts";
import { RowEncoder } from "../../../src/sql/copy-binary/row-encoder.ts";

const encoderOf = (...names: readonly string[]): RowEncoder =>
  new RowEncoder(names.map((name) => fieldEncoder({ name, isEnum: false })!));

function encode(
  encoder: RowEncoder,
  text: string,
): { binary: Buffer; rest: string; slices: number } {
  const slices: Buffer[] = [];
  const chunks = encoder.encode(Buffer.from(text));
  for (let next = chunks.next(); ; next = chunks.next()) {
    if (next.done === true)
      return {
        binary: Buffer.concat(slices),
        rest: next.value.toString(),
        slices: slices.length,
      };
    slices.push(next.value);
  }
}

/** The count of fields, then each with its length. */
function row(...fields: readonly (string | null)[]): Buffer {
  const parts = fields.map((field) => {
    const length = Buffer.alloc(4);
    length.writeInt32BE(field === null ? -1 : field.length / 2);
    return Buffer.concat([length, Buffer.from(field ?? "", "hex")]);
  });
  return Buffer.concat([Buffer.from([0, fields.length]), ...parts]);
}

describe("RowEncoder", () => {
  test("writes each field with its length, and null as -1", () => {
    const { binary, rest } = encode(
      encoderOf("int2", "text", "bool"),
      "258\ta\\tb\tt\n\\N\t\t\\N\n",
    );
    expect(rest).toBe("");
    expect(binary).toEqual(Buffer.concat([row("0102", "610962", "01"), row(null, "", null)]));
  });

  test.each([
    ["a value of another form", "1\tx\n2\ty\n+3\tz\n4\tq\n"],
    ["too few fields", "1\tx\n2\ty\n3\n4\tq\n"],
    ["too many fields", "1\tx\n2\ty\n3\tz\t4\n4\tq\n"],
    ["an escape that PostgreSQL does not write", "1\tx\n2\ty\n3\t\\x41\n4\tq\n"],
    ["a row without an end", "1\tx\n2\ty\n3\tz"],
  ])("gives back the rows from %s on", (_, text) => {
    const { binary, rest } = encode(encoderOf("int4", "text"), text);
    expect(binary).toEqual(Buffer.concat([row("00000001", "78"), row("00000002", "79")]));
    expect(rest).toBe(text.slice(8));
  });

  test("copies every byte and every escape wherever it stands", () => {
    const escapes: Readonly<Record<string, string>> = {
      "\b": "b",
      "\f": "f",
      "\n": "n",
      "\r": "r",
      "\t": "t",
      "\v": "v",
      "\\": "\\",
    };
    const texts = Array.from({ length: 255 }, (_, code) => String.fromCharCode(code + 1)).flatMap(
      (char) => [0, 1, 2, 3, 4, 5].map((n) => `${"ab[]z".slice(0, n)}${char}${char}\\n`),
    );
    const copied = texts.map((text) =>
      text.replaceAll(/[\b\f\n\r\t\v\\]/g, (c) => `\\${escapes[c]!}`),
    );
    const { binary, rest } = encode(
      encoderOf("text", "text"),
      copied.map((t) => `${t}\t${t}\n`).join(""),
    );
    expect(rest).toBe("");
    const hex = (text: string): string => Buffer.from(text).toString("hex");
    expect(binary).toEqual(Buffer.concat(texts.map((text) => row(hex(text), hex(text)))));
  });

  test("gives many rows in slices, with rows that are larger than one", () => {
    const texts = Array.from({ length: 300 }, (_, i) =>
      "é".repeat(i % 50 === 7 ? 700_000 : i * 10),
    );
    const { binary, rest, slices } = encode(
      encoderOf("text"),
      texts.map((text) => `${text}\n`).join(""),
    );
    expect(rest).toBe("");
    expect(slices).toBeGreaterThan(10);
    const expected = texts.map((text) => row(Buffer.from(text).toString("hex")));
    expect(binary.equals(Buffer.concat(expected))).toBe(true);
  });

  test("leaves a row of more than 4 MiB as text", () => {
    const text = `a\n${"b".repeat(4 * 1024 * 1024)}\nc\n`;
    const { binary, rest } = encode(encoderOf("text"), text);
    expect(binary).toEqual(row("61"));
    expect(rest).toBe(text.slice(2));
  });
});

describe("fieldEncoder", () => {
  test("knows no type whose name only looks like a known one", () => {
    expect(fieldEncoder({ name: null, isEnum: false })).toBeUndefined();
    expect(fieldEncoder({ name: "constructor", isEnum: false })).toBeUndefined();
    expect(fieldEncoder({ name: "name", isEnum: false })).toBeUndefined();
    expect(fieldEncoder({ name: null, isEnum: true })).toBeDefined();
  });
});
