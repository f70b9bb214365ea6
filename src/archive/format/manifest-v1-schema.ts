/** The schema of a manifest of format 1. It is that of format 2 without what format 2 added. */
import { z } from "zod";
import { MAX_ENTRIES } from "../../limits.ts";
import { manifestSchema } from "./manifest-schema.ts";

const { shape } = manifestSchema;
const object = shape.objects.element.omit({
  features: true,
  accessMethod: true,
  roles: true,
  inherits: true,
});
const part = shape.relations.element.shape.parts.element.omit({ inBase: true });
const relation = shape.relations.element
  .omit({
    generated: true,
    sample: true,
    primaryKey: true,
    loadThrough: true,
    units: true,
    unlogged: true,
    types: true,
  })
  .extend({ parts: z.array(part).max(MAX_ENTRIES) });

export const manifestV1Schema = manifestSchema
  .omit({
    purpose: true,
    partial: true,
    server: true,
    base: true,
    signature: true,
    roleDefinitions: true,
    types: true,
    statistics: true,
  })
  .extend({
    format: z.literal(1),
    database: shape.database.omit({
      localeProvider: true,
      locale: true,
      icuRules: true,
      collationVersion: true,
    }),
    options: shape.options
      .omit({ sections: true })
      .extend({ selection: z.array(z.string().max(64 * 1024 * 1024)) }),
    objects: z.array(object).max(MAX_ENTRIES),
    relations: z.array(relation).max(MAX_ENTRIES),
    warnings: z.array(z.string().max(64 * 1024 * 1024)),
  });
