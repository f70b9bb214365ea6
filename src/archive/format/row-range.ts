/** Which rows of a relation a part holds, for people. Pure. */
import { objectLabel } from "../../util/label.ts";
import type { ManifestPart, ManifestRelation } from "./manifest.ts";

/** A part of a relation's rows, which an entry holds. */
export interface RelationPart {
  readonly part: ManifestPart;
  readonly relation: ManifestRelation;
}

/** Consecutive rows of a relation, in the order of the archive; the first row is number 1. */
export interface RowRange {
  readonly firstRow: number;
  readonly lastRow: number;
}

/** Which rows of its relation a part holds. */
export function rowRange({ part, relation }: RelationPart): RowRange {
  let before = 0;
  for (const each of relation.parts) {
    if (each === part) break;
    before += each.rows;
  }
  return { firstRow: before + 1, lastRow: before + part.rows };
}

/** `rows 1001 to 2000 of table public.t`. */
export function rowsLabel(rows: RelationPart): string {
  const { firstRow, lastRow } = rowRange(rows);
  return `rows ${firstRow} to ${lastRow} of ${relationLabel(rows.relation)}`;
}

/** `table public.t`, or `large objects`. */
export function relationLabel(relation: ManifestRelation): string {
  return relation.kind === "table" ? objectLabel(relation) : "large objects";
}
