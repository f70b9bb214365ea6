/** Folders of layout 1, which `pack` wrote from archives of format 1: their schema, and the conversion to layout 2. */
import { z } from "zod";
import { manifestV1Schema } from "../archive/format/manifest-v1-schema.ts";
import {
  isPartialV1,
  upgradeDatabase,
  upgradeObject,
  upgradeOptions,
  upgradeRowSelection,
  upgradeWarning,
} from "../archive/format/upgrade-manifest.ts";
import { type FolderManifest, folderSchema, partRows } from "./folder-schema.ts";

const { shape } = manifestV1Schema;

export const folderV1Schema = folderSchema
  .omit({
    purpose: true,
    partial: true,
    signature: true,
    roleDefinitions: true,
    types: true,
    statistics: true,
  })
  .extend({
    folder: z.literal(1),
    database: shape.database,
    options: shape.options,
    warnings: shape.warnings,
    objects: z.array(shape.objects.element.omit({ statements: true })),
    relations: z.array(
      shape.relations.element
        .omit({ rows: true, bytes: true, parts: true })
        .extend({ parts: partRows }),
    ),
  });

/** Converts a folder's manifest of layout 1 to layout 2. */
export function upgradeFolder(folder: z.infer<typeof folderV1Schema>): FolderManifest {
  return {
    ...folder,
    folder: 2,
    purpose: "backup",
    partial: isPartialV1(folder),
    database: upgradeDatabase(folder.database),
    options: upgradeOptions(folder.options),
    warnings: folder.warnings.map(upgradeWarning),
    signature: null,
    objects: folder.objects.map(upgradeObject),
    relations: folder.relations.map((relation) => ({
      ...relation,
      ...upgradeRowSelection(relation.where),
      generated: [],
      primaryKey: [],
      loadThrough: null,
    })),
  };
}
