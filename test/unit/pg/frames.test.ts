import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_RESULT_BYTES } from "../../../src/limits.ts";
import { FrameChecker } from "../../../src/pg/frames.ts";

function frame(code: string, body: Buffer | string = ""): Buffer {
  const bytes = Buffer.from(body);
  const header = Buffer.alloc(5);
  header.write(code, "latin1");
  header.writeUInt32BE(bytes.length + 4, 1);
  return Buffer.concat([header, bytes]);
}

const zeroed = (...texts: string[]): string => texts.map((text) => `${text}\0`).join("");
const int32 = (n: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(n);
  return bytes;
};
const int16 = (n: number): Buffer => Buffer.from([(n >> 8) & 0xff, n & 0xff]);
const FINE = [
  frame("R", Buffer.alloc(4)),
  frame("R", Buffer.concat([Buffer.from([0, 0, 0, 10]), Buffer.from("SCRAM-SHA-256\0\0")])),
  frame("S", zeroed("server_version", "16.1")),
  frame("K", Buffer.alloc(8)),
  frame("Z", "I"),
  frame("T", Buffer.concat([int16(1), Buffer.from("name\0"), Buffer.alloc(18)])),
  frame("D", Buffer.concat([int16(1), Buffer.from([0, 0, 0, 3]), Buffer.from("abc")])),
  frame("d", "a row\n"),
  frame("C", zeroed("SELECT 1")),
  frame("E", `${zeroed("SERROR", "C42P01", "Mno")}\0`),
  frame("N", `${zeroed("SNOTICE", "Mhi")}\0`),
  frame("A", Buffer.concat([Buffer.alloc(4), Buffer.from(zeroed("channel", ""))])),
  frame("c"),
  frame("I"),
];
const ALL = Buffer.concat(FINE);

/** Pushes chunks and gives back what came through, and the error. */
function through(chunks: readonly Buffer[]): { bytes: Buffer; error: string | undefined } {
  const out: Buffer[] = [];
  const checker = new FrameChecker((bytes) => out.push(bytes));
  let error: string | undefined;
  try {
    for (const chunk of chunks) checker.push(chunk);
  } catch (thrown) {
    error = (thrown as Error).message;
  }
  return { bytes: Buffer.concat(out), error };
}

function cut(bytes: Buffer, at: readonly number[]): Buffer[] {
  const ends = [...at].sort((a, b) => a - b).concat(bytes.length);
  return ends.map((end, i) => bytes.subarray(i === 0 ? 0 : ends[i - 1], end));
}

describe("a frame checker", () => {
  test("gives on every byte of what a server sends, cut anywhere", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(ALL.length), { maxLength: 8 }), (at) => {
        expect(through(cut(ALL, at))).toEqual({ bytes: ALL, error: undefined });
      }),
      { numRuns: 500 },
    );
    expect(through([...ALL].map((byte) => Buffer.from([byte])))).toEqual({
      bytes: ALL,
      error: undefined,
    });
  });

  test("gives other kinds than rows on when they are complete", () => {
    const error = frame("E", `${zeroed("SERROR", "Mno")}\0`);
    const out: Buffer[] = [];
    const checker = new FrameChecker((bytes) => out.push(bytes));
    checker.push(Buffer.concat([frame("Z", "I"), error.subarray(0, 9)]));
    expect(out).toEqual([frame("Z", "I")]);
    checker.push(error.subarray(9));
    expect(out).toEqual([frame("Z", "I"), error]);
  });

  const header = (code: string, length: number): Buffer => {
    const bytes = frame(code);
    bytes.writeUInt32BE(length, 1);
    return bytes;
  };
  test.each([
    ["a type that does not exist", frame("q", "x")],
    ["a length of 0", header("Z", 0)],
    ["a length of 3", header("D", 3)],
    ["more than PostgreSQL can send", header("D", 2 ** 31)],
    ["a short message that is long", header("Z", 30_001)],
    ["an error whose fields do not end", frame("E", "SERROR")],
    ["an error without its last byte", frame("E", zeroed("SERROR"))],
    ["a notice that is empty", frame("N")],
    ["a command tag without an end", frame("C", "SELECT 1")],
    ["a setting without a value", frame("S", zeroed("name"))],
    [
      "a row description that is cut",
      frame("T", Buffer.concat([int16(2), Buffer.from("a\0"), Buffer.alloc(18)])),
    ],
    ["a row description without a count", frame("T", "x")],
    ["a list of mechanisms without an end", frame("R", Buffer.from([0, 0, 0, 10, 65]))],
    ["an authentication request without a kind", frame("R", "x")],
    ["a notification that is cut", frame("A", "xxxx")],
    ["ready in a state that does not exist", frame("Z", "Q")],
    ["ready without a state", frame("Z")],
    ["a key that is too short", frame("K", Buffer.alloc(4))],
    ["more columns than there can be", frame("T", int16(1665))],
    ["a negative number of columns", frame("T", int16(-1))],
    ["a row without a description", frame("D", Buffer.concat([int16(1), int32(-1)]))],
    ["a row that says nothing", frame("D")],
  ])("refuses %s, after what came before", (_name, bad) => {
    const bytes = Buffer.concat([frame("Z", "I"), bad]);
    for (const chunks of [[bytes], [...bytes].map((byte) => Buffer.from([byte]))]) {
      const result = through(chunks);
      expect(result.error).toMatch(/^the server broke the protocol: /);
      expect(result.bytes.subarray(0, 6)).toEqual(frame("Z", "I"));
    }
  });

  const column = Buffer.concat([Buffer.from("a\0"), Buffer.alloc(18)]);
  const described = frame("T", Buffer.concat([int16(2), column, column]));
  const row = (...values: (Buffer | string)[]): Buffer =>
    frame("D", Buffer.concat(values.map((value) => Buffer.from(value))));
  test.each([
    ["too few columns", row(int16(1), int32(1), "x")],
    ["too many columns", row(int16(3), int32(-1), int32(-1), int32(-1))],
    ["a value that is longer than the row", row(int16(2), int32(-1), int32(9), "x")],
    ["a value of a negative length", row(int16(2), int32(-1), int32(-2))],
    ["bytes after the last value", row(int16(2), int32(-1), int32(-1), "x")],
    ["a value that is missing", row(int16(2), int32(-1))],
  ])("refuses a row with %s", (_name, bad) => {
    const good = row(int16(2), int32(-1), int32(3), "abc");
    const bytes = Buffer.concat([described, good, bad]);
    for (const chunks of [[bytes], [...bytes].map((byte) => Buffer.from([byte]))]) {
      const result = through(chunks);
      expect(result.error).toMatch(/sent a row that does not fit its description/);
      expect(result.bytes).toEqual(Buffer.concat([described, good]));
    }
  });

  test("never throws anything but its own error, nor gives on what it did not get", () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 40 })),
        fc.array(fc.constantFrom(...FINE)),
        (garbage, fine) => {
          const chunks = [...fine, ...garbage.map((bytes) => Buffer.from(bytes))];
          const { bytes, error } = through(chunks);
          expect(Buffer.concat(chunks).subarray(0, bytes.length).equals(bytes)).toBe(true);
          if (error !== undefined) expect(error).toMatch(/^the server broke the protocol: /);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test("bounds what one statement may bring, and begins anew after it", () => {
    const checker = new FrameChecker(() => undefined);
    const half = Math.ceil(MAX_RESULT_BYTES / 2);
    const zeros = Buffer.alloc(2 ** 24);
    const rows = (): void => {
      checker.push(header("D", half));
      for (let left = half - 4; left > 0; left -= zeros.length)
        checker.push(zeros.subarray(0, left));
    };
    rows();
    checker.push(frame("Z", "I"));
    rows();
    expect(rows).toThrow(/answered one statement with more than/);
  });
});
