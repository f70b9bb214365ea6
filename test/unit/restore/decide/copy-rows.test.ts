import { describe, expect, test } from "vitest";
import { copyRows, gainsByBinary } from "../../../../src/restore/decide/copy-rows.ts";

const LARGE = { kind: "table" as const, columns: ["a", "B"], bytes: 2 ** 20 };
const INTO = { namespace: "public", name: "t" };

describe("copyRows", () => {
  test("of large tables can be binary, where rows have the client's encoding", () => {
    expect(copyRows(LARGE, INTO, { encoding: "UTF8", freeze: true })).toEqual({
      sql: `COPY public.t (a, "B") FROM STDIN (FREEZE, ENCODING 'UTF8')`,
      binarySql: `COPY public.t (a, "B") FROM STDIN (FREEZE, FORMAT binary)`,
    });
    const binary = (relation: object, encoding = "UTF8"): string | undefined =>
      copyRows({ ...LARGE, ...relation }, INTO, { encoding, freeze: false }).binarySql;
    expect(binary({})).toBe(`COPY public.t (a, "B") FROM STDIN (FORMAT binary)`);
    expect(binary({ bytes: 2 ** 20 - 1 })).toBeUndefined();
    expect(binary({ columns: [] })).toBeUndefined();
    expect(binary({ kind: "large-objects" })).toBeUndefined();
    expect(binary({}, "LATIN1")).toBeUndefined();
  });
});

test("the binary format wants a processor for this process", () => {
  expect(gainsByBinary(1, 2)).toBe(true);
  expect(gainsByBinary(2, 2)).toBe(true);
  expect(gainsByBinary(3, 2)).toBe(false);
  expect(gainsByBinary(3, 8)).toBe(true);
  expect(gainsByBinary(4, 8)).toBe(false);
  expect(gainsByBinary(1, 1)).toBe(true);
  expect(gainsByBinary(3, null)).toBe(true);
});
