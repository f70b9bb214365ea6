import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CopyBlock, Deframer } from "../../../src/pg/deframe.ts";

function message(code: string, payload: Uint8Array): Buffer {
  const frame = Buffer.alloc(5 + payload.length);
  frame.write(code, "latin1");
  frame.writeUInt32BE(4 + payload.length, 1);
  frame.set(payload, 5);
  return frame;
}

/** Feeds the bytes cut at the given places; gives what came out. */
function run(bytes: Buffer, cuts: readonly number[], blockBytes: number) {
  const blocks: CopyBlock[] = [];
  const messages: string[] = [];
  let rest: Buffer | undefined;
  const deframer = new Deframer({
    blockBytes,
    allocate: (size) => Buffer.alloc(size),
    onBlock: (block) => blocks.push(block),
    onMessage: (code, frame) => {
      messages.push(frame.toString("latin1"));
      if (code === 0x63) deframer.flush();
      return code !== 0x63;
    },
  });
  const places = [
    0,
    ...[...cuts].map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b),
    bytes.length,
  ];
  const after: Buffer[] = [];
  for (let i = 1; i < places.length; i++) {
    const chunk = bytes.subarray(places[i - 1], places[i]);
    if (rest !== undefined) after.push(chunk);
    else if ((rest = deframer.push(chunk)) !== undefined) after.push(rest);
  }
  return { blocks, messages, after: Buffer.concat(after) };
}

const row = fc.uint8Array({ maxLength: 40 });
const stream = fc.array(
  fc.oneof(
    row.map((data) => ({ row: data })),
    row.map((data) => ({ notice: data })),
  ),
);

describe("Deframer", () => {
  test("gives the same rows, messages and cuts however the bytes arrive", () => {
    fc.assert(
      fc.property(
        stream,
        fc.array(fc.nat()),
        fc.integer({ min: 1, max: 100 }),
        row,
        (items, cuts, blockBytes, tail) => {
          const frames = items.map((item) =>
            "row" in item ? message("d", item.row) : message("N", item.notice),
          );
          const bytes = Buffer.concat([...frames, message("c", new Uint8Array()), tail]);
          const got = run(bytes, cuts, blockBytes);
          const rows = items.flatMap((item) => ("row" in item ? [item.row] : []));
          expect(Buffer.concat(got.blocks.map(({ data }) => data))).toEqual(Buffer.concat(rows));
          expect(got.messages).toEqual([
            ...frames.filter((frame) => frame[0] !== 0x64).map((frame) => frame.toString("latin1")),
            "c\0\0\0\x04",
          ]);
          expect(got.after).toEqual(Buffer.from(tail));
          // The rule of the cuts, written a second time: as many rows as fit, at least one.
          const expected: { rows: number; bytes: number }[] = [];
          for (const { length } of rows) {
            const last = expected.at(-1);
            if (last !== undefined && last.bytes + length <= blockBytes) {
              last.rows++;
              last.bytes += length;
            } else expected.push({ rows: 1, bytes: length });
          }
          expect(got.blocks.map(({ data, rows: n }) => ({ rows: n, bytes: data.length }))).toEqual(
            expected,
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  test("can be cut at every byte", () => {
    const bytes = Buffer.concat([
      message("H", Buffer.from([0, 0, 0])),
      message("d", Buffer.from("1\tone\n")),
      message("d", Buffer.from("2\ttwo\n")),
      message("c", Buffer.alloc(0)),
    ]);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const { blocks } = run(bytes, [cut], 1024);
      expect(blocks.map(({ data, rows }) => [data.toString(), rows])).toEqual([
        ["1\tone\n2\ttwo\n", 2],
      ]);
    }
  });

  test("cuts at borders of stretches of rows, whatever the sizes", () => {
    fc.assert(
      fc.property(
        fc.array(row),
        fc.array(fc.nat(4)),
        fc.integer({ min: 1, max: 100 }),
        (rows, rowCuts, blockBytes) => {
          const blocks: CopyBlock[] = [];
          const deframer = new Deframer({
            blockBytes,
            allocate: (size) => Buffer.alloc(size),
            onBlock: (block) => blocks.push(block),
            onMessage: () => false,
            rowCuts,
          });
          deframer.push(Buffer.concat(rows.map((data) => message("d", data))));
          deframer.flush();
          expect(Buffer.concat(blocks.map(({ data }) => data))).toEqual(Buffer.concat(rows));
          const ends = new Set<number>();
          let end = 0;
          for (const { rows: count } of blocks) ends.add((end += count));
          expect(end).toBe(rows.length);
          let border = 0;
          for (const count of rowCuts) {
            border += count;
            if (border > 0 && border <= rows.length) expect(ends).toContain(border);
          }
        },
      ),
    );
  });
});
