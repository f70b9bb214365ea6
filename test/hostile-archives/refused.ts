/** How tests of hostile archives change a manifest, and what they expect. */
import { expect } from "vitest";
import type { Manifest } from "../../src/archive/format/manifest.ts";
import { openArchive } from "../../src/archive/reader.ts";
import { MemoryStore } from "../support/archives.ts";
import { type Forgery, forge } from "../support/forge.ts";

export async function refusedOnOpening(
  forgery: Forgery,
  object: string,
  message = "",
): Promise<void> {
  await expect(openArchive(new MemoryStore(await forge(forgery)))).rejects.toMatchObject({
    code: "ARCHIVE_DAMAGED",
    object,
    message: expect.stringContaining(message),
  });
}

/** Changes one field deep in the manifest. */
export function set(path: string, value: unknown): Forgery {
  return {
    manifest: (honest) => {
      const keys = path.split(".");
      let target = honest as unknown as Record<string, unknown>;
      for (const key of keys.slice(0, -1)) target = target[key] as Record<string, unknown>;
      target[keys.at(-1)!] = value;
      return honest;
    },
  };
}

/** Changes the manifest in place. */
export const changed = (change: (manifest: Manifest) => void): Forgery => ({
  manifest: (honest) => {
    change(honest);
    return honest;
  },
});
