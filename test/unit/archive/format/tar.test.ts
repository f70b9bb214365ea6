import { describe, expect, test } from "vitest";
import { ArchiveError } from "../../../../src/errors.ts";
import {
  declaredTarEntry,
  encodeTarHeader,
  entryBytes,
  openTarEntry,
  paddingOf,
} from "../../../../src/archive/format/tar.ts";

const NAME = "data/1/1.copy";

async function entry(body: string, name = NAME): Promise<Buffer> {
  const data = Buffer.from(body);
  const header = await encodeTarHeader(name, data.length, 1_700_000_000);
  return Buffer.concat([header, data, Buffer.alloc(paddingOf(data.length))]);
}

test.each([
  [0, 0, 512],
  [1, 511, 1024],
  [511, 1, 1024],
  [512, 0, 1024],
  [513, 511, 1536],
])("%i bytes take %i of padding and %i in all", (size, padding, all) => {
  expect(paddingOf(size)).toBe(padding);
  expect(entryBytes(size)).toBe(all);
});

test("a header is ustar, of a plain file of nobody's", async () => {
  const header = await encodeTarHeader(NAME, 0o1234, 0o14524606300);
  expect(header.length).toBe(512);
  const field = (at: number, length: number): string => header.toString("latin1", at, at + length);
  expect(field(0, 14)).toBe(`${NAME}\0`);
  expect(field(100, 8)).toMatch(/^000600 \0$/);
  expect(field(108, 8)).toMatch(/^000000 \0$/);
  expect(field(116, 8)).toMatch(/^000000 \0$/);
  expect(field(124, 12)).toBe("00000001234 ");
  expect(field(136, 12)).toBe("14524606300 ");
  expect(field(156, 1)).toBe("0");
  expect(field(257, 8)).toBe("ustar\x0000");
});

test("a name that needs a second header is refused", async () => {
  await expect(encodeTarHeader("x".repeat(101), 1, 0)).rejects.toMatchObject({ code: "INTERNAL" });
  await expect(encodeTarHeader("é", 1, 0)).rejects.toMatchObject({ code: "INTERNAL" });
});

test.each(["", "1\tone\n", "x".repeat(512), "y".repeat(5000)])(
  "a body comes back",
  async (body) => {
    const bytes = await entry(body);
    expect((await openTarEntry(bytes, NAME, body.length)).toString()).toBe(body);
    expect(await declaredTarEntry(bytes.subarray(0, 512))).toEqual({
      name: NAME,
      size: body.length,
    });
  },
);

describe("refuses", () => {
  const refused = async (bytes: Buffer, name = NAME, size = 6): Promise<void> => {
    await expect(openTarEntry(bytes, name, size)).rejects.toBeInstanceOf(ArchiveError);
    await expect(openTarEntry(bytes, name, size)).rejects.toMatchObject({ object: name });
  };

  test("another name", async () => refused(await entry("1\tone\n"), "data/1/2.copy"));
  test("another size", async () => refused(await entry("1\tone\n"), NAME, 5));
  test("a longer or shorter entry", async () => {
    const bytes = await entry("1\tone\n");
    await refused(Buffer.concat([bytes, Buffer.alloc(512)]));
    await refused(bytes.subarray(0, 512));
  });
  test("bytes in the padding", async () => {
    const bytes = await entry("1\tone\n");
    bytes[1023] = 1;
    await refused(bytes);
  });
  test("a header of zeros", async () => refused(Buffer.alloc(1024)));
  test.each(["1", "2", "5", "L", "x", "g", "\0"])("an entry of type %j", async (type) => {
    const bytes = await entry("1\tone\n");
    bytes.write(type, 156, "latin1");
    // The checksum is right, so that the type is what is refused.
    bytes.fill(0x20, 148, 156);
    const sum = bytes.subarray(0, 512).reduce((total, byte) => total + byte, 0);
    bytes.write(`${sum.toString(8).padStart(6, "0")} \0`, 148, "latin1");
    await refused(bytes);
  });
  test("a changed byte anywhere in the header that means something", async () => {
    const good = await entry("1\tone\n");
    for (let at = 0; at < 512; at++) {
      // The last byte of a number field, and of the checksum, is a terminator of any kind.
      const bytes = Buffer.from(good);
      bytes[at]! ^= 0x11;
      await openTarEntry(bytes, NAME, 6).then(
        () => expect([154, 155]).toContain(at),
        (error) => expect(error).toBeInstanceOf(ArchiveError),
      );
    }
  });
});
