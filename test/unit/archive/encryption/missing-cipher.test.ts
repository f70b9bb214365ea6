/** A runtime whose node:crypto lacks the cipher of age, as Bun's does. */
import type * as Crypto from "node:crypto";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

beforeEach(() => {
  vi.resetModules();
  vi.doMock("node:crypto", async (original) => ({
    ...(await original<typeof Crypto>()),
    createDecipheriv: () => {
      throw new Error("Unknown cipher");
    },
  }));
});
afterEach(() => {
  vi.doUnmock("node:crypto");
  vi.resetModules();
});

test("is named as the reason, not the archive", async () => {
  const { openPayload } = await import("../../../../src/archive/encryption/payload.ts");
  const bytes = Buffer.alloc(100);
  const source = {
    size: bytes.length,
    read: (offset: number, length: number) =>
      Promise.resolve(bytes.subarray(offset, offset + length)),
    close: () => Promise.resolve(),
  };
  await expect(openPayload(source, 0, new Uint8Array(16))).rejects.toMatchObject({
    code: "USAGE",
    message: expect.stringContaining("no ChaCha20-Poly1305") as string,
  });
});
