/**
 * Manifests of format 1: their schema, and how they become manifests of today. What format 1 did not record is what a
 * reader of that time assumed: a backup, of which nothing is known but what is there.
 */
import { z } from "zod";
import type { Manifest } from "./manifest.ts";
import { manifestSchema } from "./manifest-schema.ts";

const { shape } = manifestSchema;
const part = shape.relations.element.shape.parts.element.omit({ inBase: true });

export const manifestV1Schema = manifestSchema
  .omit({ purpose: true, partial: true, server: true, base: true, signature: true })
  .extend({
    format: z.literal(1),
    objects: z.array(shape.objects.element.omit({ features: true })).max(20_000_000),
    relations: z
      .array(
        shape.relations.element
          .omit({ primaryKey: true, loadThrough: true, units: true })
          .extend({ parts: z.array(part) }),
      )
      .max(20_000_000),
    warnings: z.array(z.string().max(64 * 1024 * 1024)),
  });

type ManifestV1 = z.infer<typeof manifestV1Schema>;

/** The same manifest in today's shape. */
export function upgradeManifest(manifest: ManifestV1): Manifest {
  const { options, relations, objects, warnings } = manifest;
  return {
    ...manifest,
    purpose: "backup",
    partial:
      options.schemaOnly ||
      options.dataOnly ||
      options.selection.length > 0 ||
      relations.some(({ where, masked }) => where !== null || masked.length > 0),
    server: null,
    base: null,
    objects: objects.map((object) => ({ ...object, features: [] })),
    relations: relations.map((relation) => ({
      ...relation,
      parts: relation.parts.map((each) => ({ ...each, inBase: false })),
      primaryKey: [],
      loadThrough: null,
      units: null,
    })),
    warnings: warnings.map((message) => ({ code: "format-1", object: null, message })),
    signature: null,
  };
}
