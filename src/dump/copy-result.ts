/** What the result of a dump says of its rows. Pure. */
import type { ManifestHead } from "../archive/format/manifest.ts";
import type { ArchiveReader } from "../archive/reader.ts";
import type { ArchiveResult } from "../archive/writer.ts";
import type { CopiedRelation } from "./copy-relation.ts";
import type { DumpedRelation, DumpResult, DumpReuse } from "./options.ts";
import type { FullReadReason } from "./reuse/full-read-reason.ts";
import type { ReusePlan } from "./reuse/reuse-plan.ts";

export interface CopyResultInput {
  readonly head: Pick<ManifestHead, "relations" | "base">;
  /** In the order of the relations. */
  readonly copied: readonly CopiedRelation[];
  readonly reuse: ReusePlan;
  /** The archive that the caller offered for reuse. */
  readonly offered: Pick<ArchiveReader, "manifest"> | null;
  /** The new archive. */
  readonly archive: Pick<ArchiveResult, "bytes" | "sha256">;
}

export function copyResult(
  input: CopyResultInput,
): Pick<DumpResult, "archiveBytes" | "sha256" | "relations" | "rows" | "bytes" | "reuse" | "base"> {
  const { head, copied, offered, archive } = input;
  const dumped = head.relations.map(
    ({ namespace, name, rows, bytes, parts }, index): DumpedRelation => ({
      namespace,
      name,
      rows,
      bytes,
      parts: parts.length,
      reusedRows: copied[index]!.reused.rows,
      reusedBytes: copied[index]!.reused.bytes,
      readWhole: offered === null ? null : readWhole(input.reuse, index),
    }),
  );
  return {
    archiveBytes: archive.bytes,
    sha256: archive.sha256,
    relations: dumped,
    rows: sum(dumped.map(({ rows }) => rows)),
    bytes: sum(dumped.map(({ bytes }) => bytes)),
    reuse: offered === null ? null : dumpReuse(dumped, offered, input.reuse),
    base: head.base,
  };
}

function readWhole({ refused, tables }: ReusePlan, index: number): FullReadReason | null {
  const table = tables[index];
  if (table === undefined) return "large-objects";
  return refused ?? table.readWhole;
}

function dumpReuse(
  relations: readonly DumpedRelation[],
  { manifest }: Pick<ArchiveReader, "manifest">,
  { refused }: ReusePlan,
): DumpReuse {
  return {
    createdAt: manifest.createdAt,
    refused,
    readRows: sum(relations.map(({ rows, reusedRows }) => rows - reusedRows)),
    readBytes: sum(relations.map(({ bytes, reusedBytes }) => bytes - reusedBytes)),
    reusedRows: sum(relations.map(({ reusedRows }) => reusedRows)),
    reusedBytes: sum(relations.map(({ reusedBytes }) => reusedBytes)),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
