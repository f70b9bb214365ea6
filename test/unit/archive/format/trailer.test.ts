import { gunzipSync } from "node:zlib";
import { crc32 } from "node:zlib";
import { describe, expect, test } from "vitest";
import {
  decodeTrailer,
  encodeTrailer,
  trailerBytes,
} from "../../../../src/archive/format/trailer.ts";

const TRAILER = {
  format: 2,
  manifestOffset: 2 ** 40 + 5,
  manifestLength: 777,
  manifestSize: 123_456_789_012,
  sha256: "0123456789abcdef".repeat(4),
};

describe.each(["gzip", "zstd", "none"] as const)("%s", (codec) => {
  const bytes = encodeTrailer(TRAILER, codec);

  test("comes back, whatever is before it", () => {
    expect(bytes.length).toBe(trailerBytes(codec));
    expect(decodeTrailer(bytes)).toEqual({ codec, trailer: TRAILER });
    expect(decodeTrailer(Buffer.concat([Buffer.alloc(600, 7), bytes]))).toEqual({
      codec,
      trailer: TRAILER,
    });
  });

  test("is not found with any byte changed, cut, or followed by another", () => {
    for (let at = 0; at < bytes.length; at++) {
      for (const bit of [1, 128]) {
        const changed = Buffer.from(bytes);
        changed[at]! ^= bit;
        expect(decodeTrailer(changed)).toBeUndefined();
      }
      expect(decodeTrailer(bytes.subarray(0, at))).toBeUndefined();
    }
    expect(decodeTrailer(Buffer.concat([bytes, Buffer.alloc(1)]))).toBeUndefined();
  });

  test("of a newer format is refused as such", () => {
    const newer = Buffer.from(bytes);
    const at = newer.indexOf("NXHBDUMP");
    newer.writeUInt32LE(3, at + 8);
    newer.writeUInt32LE(crc32(newer.subarray(at, at + 68)), at + 68);
    expect(() => decodeTrailer(newer)).toThrow(
      expect.objectContaining({ code: "ARCHIVE_UNSUPPORTED" }),
    );
  });
});

test("the layout of a gzip trailer is as documented", () => {
  const bytes = encodeTrailer(TRAILER, "gzip");
  expect(bytes.subarray(0, 16).toString("hex")).toBe("1f8b08040000000000ff4c004e444800");
  expect(bytes.toString("latin1", 16, 24)).toBe("NXHBDUMP");
  expect(bytes.readUInt32LE(24)).toBe(2);
  expect(bytes.readBigUInt64LE(28)).toBe(BigInt(TRAILER.manifestOffset));
  expect(bytes.readBigUInt64LE(36)).toBe(777n);
  expect(bytes.readBigUInt64LE(44)).toBe(123_456_789_012n);
  expect(bytes.toString("hex", 52, 84)).toBe(TRAILER.sha256);
  expect(bytes.readUInt32LE(84)).toBe(crc32(bytes.subarray(16, 84)));
  expect(bytes.subarray(88).toString("hex")).toBe("03000000000000000000");
  expect(bytes.length).toBe(98);
  expect(gunzipSync(bytes).length).toBe(0);
});
