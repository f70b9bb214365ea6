/** What an archive holds, as a plain object for people and scripts. Pure: nothing but the manifest is looked at. */
import type { Manifest, ManifestWarning } from "./format/manifest.ts";

export interface RelationContents {
  readonly kind: "table" | "large-objects";
  readonly namespace: string;
  readonly name: string;
  readonly rows: number;
  /** COPY text. */
  readonly bytes: number;
  /** The same in the archive, compressed. */
  readonly storedBytes: number;
  readonly parts: number;
  /** Only chosen rows are here. */
  readonly partial: boolean;
  /** Columns whose values were replaced. */
  readonly masked: readonly string[];
}

export interface ArchiveContents {
  readonly format: number;
  readonly tool: string;
  readonly createdAt: string | null;
  readonly database: Manifest["database"];
  readonly compression: string;
  /** Of the whole file; undefined when not known. */
  readonly archiveBytes: number | undefined;
  readonly rows: number;
  readonly bytes: number;
  readonly storedBytes: number;
  /** Bytes of COPY text for each stored one; null when there is no data. */
  readonly ratio: number | null;
  /** How many of each kind, most first, ties by name. */
  readonly objects: readonly { readonly kind: string; readonly count: number }[];
  /** In manifest order. */
  readonly relations: readonly RelationContents[];
  readonly sequences: number;
  readonly warnings: readonly ManifestWarning[];
  /** Whether the archive says which sealing key its encrypted columns need. */
  readonly hasKey: boolean;
}

/** @param archiveBytes the size of the file, where the caller knows it. */
export function archiveContents(manifest: Manifest, archiveBytes?: number): ArchiveContents {
  const relations = manifest.relations.map((relation) => ({
    kind: relation.kind,
    namespace: relation.namespace,
    name: relation.name,
    rows: relation.rows,
    bytes: relation.bytes,
    storedBytes: sum(relation.parts.map(({ entry }) => manifest.entries[entry]?.length ?? 0)),
    parts: relation.parts.length,
    partial: relation.where !== null,
    masked: relation.masked,
  }));
  const bytes = sum(relations.map((relation) => relation.bytes));
  const storedBytes = sum(relations.map((relation) => relation.storedBytes));
  return {
    format: manifest.format,
    tool: `${manifest.tool.name} ${manifest.tool.version}`,
    createdAt: manifest.createdAt,
    database: manifest.database,
    compression: manifest.options.compression,
    archiveBytes,
    rows: sum(relations.map((relation) => relation.rows)),
    bytes,
    storedBytes,
    ratio: storedBytes === 0 ? null : bytes / storedBytes,
    objects: countKinds(manifest.objects.map(({ kind }) => kind)),
    relations,
    sequences: manifest.sequences.length,
    warnings: manifest.warnings,
    hasKey: manifest.key !== null,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function countKinds(kinds: readonly string[]): { kind: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts]
    .map(([kind, count]) => ({ kind, count }))
    .sort((a, b) => b.count - a.count || (a.kind < b.kind ? -1 : 1));
}
