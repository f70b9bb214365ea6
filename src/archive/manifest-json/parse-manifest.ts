/** Builds a manifest from its text while that is decompressed. Loads the schemas, and with them zod, when it is called. */
import type { ManifestV1, ManifestV2 } from "../format/manifest.ts";
import { requireFormat } from "../format/trailer.ts";
import { checkValue } from "./check-value.ts";
import { JsonScanner } from "./scanner.ts";
import { type Field, JSON_TYPES, type Shape, shapeOf } from "./shape.ts";
import { manifestDamaged } from "./tokens.ts";

export interface ManifestParser {
  /** @throws ArchiveError naming "manifest", only when no valid manifest begins like this. */
  write(chunk: Buffer): void;
  /** @throws ArchiveError naming "manifest", only when the text is not complete. */
  end(): ManifestV1 | ManifestV2;
}

/**
 * @param format the format that the trailer names.
 * @param maxValues the most values that the manifest may have.
 */
export async function createManifestParser(
  format: number,
  maxValues: number,
): Promise<ManifestParser> {
  const shape = format === 1 ? await shapeOfV1() : await shapeOfV2();
  const manifest: Record<string, unknown> = {};
  const scanner = new JsonScanner(shape, {
    maxValues,
    onValues: (field, values) => {
      const first = addValues(manifest, field, values);
      if (field.name === "format") checkFormat(values[0], format);
      checkValues(field, values, first);
    },
  });
  return {
    write: (chunk) => scanner.write(chunk),
    end: () => {
      scanner.end();
      return manifest as unknown as ManifestV1 | ManifestV2;
    },
  };
}

let shapes: { readonly v1?: Shape; readonly v2?: Shape } = {};

async function shapeOfV1(): Promise<Shape> {
  const v1 =
    shapes.v1 ?? shapeOf((await import("../format/manifest-v1-schema.ts")).manifestV1Schema);
  shapes = { ...shapes, v1 };
  return v1;
}

async function shapeOfV2(): Promise<Shape> {
  const v2 = shapes.v2 ?? shapeOf((await import("../format/manifest-schema.ts")).manifestSchema);
  shapes = { ...shapes, v2 };
  return v2;
}

/** @returns the index of the first one, in the list that they are items of. */
function addValues(
  manifest: Record<string, unknown>,
  { name, shape }: Field,
  values: readonly unknown[],
): number {
  if (!isList(shape)) {
    manifest[name] = values[0];
    return 0;
  }
  const list = (manifest[name] ??= []) as unknown[];
  const first = list.length;
  for (const value of values) list.push(value);
  return first;
}

function checkFormat(value: unknown, format: number): void {
  if (typeof value === "number") requireFormat(value);
  if (value !== format) throw manifestDamaged("format", "it is of another format than the trailer");
}

function checkValues({ name, shape }: Field, values: readonly unknown[], first: number): void {
  const ofItem = isList(shape) ? shape.element! : shape;
  for (const [index, value] of values.entries()) {
    const violation = checkValue(ofItem, value);
    if (violation === undefined) continue;
    const where = isList(shape) ? [name, String(first + index)] : [name];
    const path = violation.path === "" ? where : [...where, violation.path];
    throw manifestDamaged(path.join("."), violation.problem);
  }
}

function isList({ types }: Shape): boolean {
  return (types & JSON_TYPES.list) !== 0;
}
