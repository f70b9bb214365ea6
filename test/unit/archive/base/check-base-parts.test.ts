/** A differential manifest must describe parts that its base has. */
import { expect, test } from "vitest";
import { checkBaseParts } from "../../../../src/archive/base/check-base-parts.ts";
import type { Manifest, ManifestPart } from "../../../../src/archive/format/manifest.ts";

const part = (more: Partial<ManifestPart> = {}): ManifestPart => ({
  entry: 1,
  inBase: false,
  rows: 2,
  bytes: 8,
  sha256: "ab".repeat(32),
  ...more,
});

interface Shape {
  readonly number?: number;
  readonly names: readonly string[];
  readonly parts: readonly ManifestPart[];
  readonly base?: object;
}

const manifest = ({ number = 3, names, parts, base }: Shape): Manifest =>
  ({
    base: base ?? null,
    entries: names.map((name) => ({ name })),
    relations: [{ number, parts }],
  }) as unknown as Manifest;

const BASE: Shape = { names: ["nexushub-dump.json", "data/3/1.copy"], parts: [part()] };
const DIFFERENTIAL: Shape = {
  names: ["nexushub-dump.json", "data/3/2.copy"],
  parts: [part({ inBase: true }), part()],
};

test("parts that the base has are accepted", () => {
  expect(() => checkBaseParts(manifest(DIFFERENTIAL), manifest(BASE))).not.toThrow();
});

test.each<[string, Partial<Shape>, Partial<Shape>]>([
  ["a base that is differential", {}, { base: { fileName: "full.tar.gz" } }],
  ["an entry that the base does not have", { parts: [part({ inBase: true, entry: 7 })] }, {}],
  ["an entry without rows", { parts: [part({ inBase: true, entry: 0 })] }, {}],
  ["another number of rows", { parts: [part({ inBase: true, rows: 3 })] }, {}],
  ["another size", { parts: [part({ inBase: true, bytes: 9 })] }, {}],
  ["other contents", { parts: [part({ inBase: true, sha256: "cd".repeat(32) })] }, {}],
  ["a part of another relation", { number: 4 }, {}],
  ["a name that both have", { names: ["nexushub-dump.json", "data/3/1.copy"] }, {}],
])("%s is refused", (_what, differential, base) => {
  expect(() =>
    checkBaseParts(manifest({ ...DIFFERENTIAL, ...differential }), manifest({ ...BASE, ...base })),
  ).toThrow(expect.objectContaining({ code: "ARCHIVE_DAMAGED" }));
});
