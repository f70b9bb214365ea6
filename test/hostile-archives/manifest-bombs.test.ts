/** Small archives with manifests that would take gigabytes or minutes. Each is refused before it is built. */
import { describe, expect, test } from "vitest";
import { hasZstd } from "../../src/archive/format/compression.ts";
import { countValues } from "../../src/archive/format/manifest-limits.ts";
import { openArchive } from "../../src/archive/reader.ts";
import { createArchiveWriter } from "../../src/archive/writer.ts";
import { MemoryStore, TOOL_VERSION, emptyHead } from "../support/archives.ts";
import { forge } from "../support/forge.ts";

/** Opens an archive whose manifest has this text in place of its list of roles. */
async function refusal(
  roles: string,
): Promise<{ readonly message: string; readonly heap: number }> {
  const bytes = await forge({
    compression: "gzip:6",
    manifest: (honest) => JSON.stringify(honest).replace('"roles":[]', () => `"roles":${roles}`),
  });
  expect(bytes.length).toBeLessThan(600_000);
  const before = process.memoryUsage();
  const error: unknown = await openArchive(new MemoryStore(bytes)).catch(
    (caught: unknown) => caught,
  );
  const after = process.memoryUsage();
  expect(error).toMatchObject({ code: "ARCHIVE_DAMAGED" });
  const heap = after.heapUsed + after.external - before.heapUsed - before.external;
  return { message: (error as Error).message, heap };
}

describe("a manifest that inflates to", () => {
  test.each<[what: string, roles: () => string, message: string]>([
    ["20 million objects", () => `[${"{},".repeat(20_000_000)}{}]`, "cannot have the size"],
    ["5 million objects", () => `[${"{},".repeat(5_000_000)}{}]`, "roles.0: it has another type"],
    ["nested lists", () => "[".repeat(20_000_000), "roles.0: it has another type"],
    ["nested objects", () => '{"a":'.repeat(3_000_000), "roles: it has another type"],
    ["many texts", () => `[${'"a",'.repeat(4_000_000)}"a"]`, "too many values"],
    ["one long text", () => `["${"a".repeat(10_000_000)}"]`, "roles.0: it is too long"],
  ])("%s", async (_what, roles, message) => {
    const refused = await refusal(roles());
    expect(refused.message).toContain(message);
    expect(refused.heap).toBeLessThan(128 * 1024 * 1024);
  });
});

test("what the writer writes is accepted, however well it compresses", async () => {
  for (const compression of hasZstd() ? ["gzip:9", "zstd:19"] : ["gzip:9"]) {
    const store = new MemoryStore();
    const writer = createArchiveWriter(await store.create(), {
      toolVersion: TOOL_VERSION,
      compression,
    });
    const head = { ...emptyHead(compression), roles: Array.from({ length: 2_050_000 }, () => "a") };
    const { manifest } = await writer.finish(head);
    expect(countValues(manifest)).toBeGreaterThan(2_050_000);
    const reader = await openArchive(store);
    expect(reader.manifest.roles).toHaveLength(2_050_000);
  }
});
