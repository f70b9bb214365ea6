/** The schema of a packed folder's manifest, layout 2: the archive's manifest without what is counted from the files. */
import { z } from "zod";
import { manifestSchema } from "../archive/format/manifest-schema.ts";

const { shape } = manifestSchema;

/** Rows of each part, if there are several. A data file that was changed is cut into parts anew. */
export const partRows = z.array(z.number().int().nonnegative()).optional();

export const folderSchema = z.strictObject({
  /** The version of this layout. */
  folder: z.literal(2),
  tool: shape.tool,
  createdAt: shape.createdAt,
  purpose: shape.purpose,
  partial: shape.partial,
  database: shape.database,
  options: shape.options,
  roles: shape.roles,
  roleDefinitions: shape.roleDefinitions,
  warnings: shape.warnings,
  key: shape.key,
  signature: shape.signature,
  /** The line that begins an object in the schema files. */
  marker: z.string().regex(/^-{3,}$/),
  objects: z.array(shape.objects.element.omit({ statements: true })),
  relations: z.array(
    shape.relations.element
      .omit({ rows: true, bytes: true, parts: true, units: true })
      .extend({ parts: partRows }),
  ),
  types: shape.types,
  sequences: shape.sequences,
  statistics: shape.statistics,
});

export type FolderManifest = z.infer<typeof folderSchema>;
export type FolderRelation = FolderManifest["relations"][number];
