/** The head of the manifest, from the plan and what was copied. Pure. */
import type { Warning } from "../warnings.ts";
import { type ManifestHead, type ManifestRelation } from "../archive/format/manifest.ts";
import type { Catalog } from "../catalog/read.ts";
import { LARGE_OBJECT_COLUMNS } from "../ddl/kinds/large-object.ts";
import type { Plan } from "../plan/plan.ts";
import type { CopiedRelation } from "./copy.ts";
import type { SelectedRelation } from "./rows/select-list.ts";
import type { SequencePosition } from "./sequences.ts";

export interface ManifestInput {
  readonly toolVersion: string;
  readonly catalog: Catalog;
  readonly plan: Plan;
  readonly selected: readonly SelectedRelation[];
  readonly copied: readonly CopiedRelation[];
  /** Whether the last of `copied` is what the large objects hold. */
  readonly largeObjects: boolean;
  readonly positions: readonly SequencePosition[];
  readonly warnings: readonly Warning[];
  readonly compression: string;
  readonly reproducible: boolean;
  readonly schemaOnly: boolean;
  readonly dataOnly: boolean;
  readonly owner: boolean;
  readonly privileges: boolean;
}

/** They are one relation of the archive; the objects that make them are many. */
function largeObjects({ largeObjects, copied }: ManifestInput): ManifestRelation[] {
  if (!largeObjects) return [];
  const { rows, bytes, parts } = copied.at(-1)!;
  return [
    {
      number: copied.length - 1,
      kind: "large-objects",
      namespace: "pg_catalog",
      name: "pg_largeobject",
      columns: [...LARGE_OBJECT_COLUMNS],
      rows,
      bytes,
      parts: [...parts],
      where: null,
      masked: [],
      object: null,
      primaryKey: [],
      loadThrough: null,
      units: null,
    },
  ];
}

/** A reproducible archive says nothing of when and where it was made. */
export function manifestHead(input: ManifestInput): ManifestHead {
  const { catalog, plan, reproducible } = input;
  const { database } = catalog;
  const fact = <T>(value: T): T | null => (reproducible ? null : value);
  return {
    format: 2,
    tool: { name: "nexushub-dump", version: input.toolVersion },
    createdAt: fact(database.now),
    purpose: "backup",
    partial: false,
    database: {
      name: fact(database.name),
      encoding: database.encoding,
      collate: fact(database.collate),
      ctype: fact(database.ctype),
      serverVersion: fact(database.serverVersion),
      serverVersionNum: fact(catalog.version.num),
    },
    server: null,
    base: null,
    options: {
      compression: input.compression,
      reproducible,
      schemaOnly: input.schemaOnly,
      dataOnly: input.dataOnly,
      owner: input.owner,
      privileges: input.privileges,
      selection: [...plan.selection],
    },
    roles: [...plan.roles],
    objects: [...plan.objects],
    relations: [
      ...input.selected.map(({ relation, where, note, masks }, number) => {
        const { rows, bytes, parts } = input.copied[number]!;
        return {
          number,
          kind: "table" as const,
          namespace: relation.namespace,
          name: relation.name,
          columns: [...relation.columns],
          rows,
          bytes,
          parts: [...parts],
          where: note ?? where,
          masked: [...masks.keys()].sort(),
          object: relation.object,
          primaryKey: [...relation.keyColumns],
          loadThrough: null,
          units: null,
        };
      }),
      ...largeObjects(input),
    ],
    sequences: plan.sequences.map(({ namespace, name, object }, i) => ({
      namespace,
      name,
      ...input.positions[i]!,
      object,
    })),
    warnings: [...input.warnings],
    key: null,
    signature: null,
  };
}
