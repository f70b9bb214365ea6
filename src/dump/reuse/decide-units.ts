/** Decides which units of a table hold the same rows as in an earlier archive. Pure. */
import type { ManifestPart, ManifestRelation } from "../../archive/format/manifest.ts";
import type { ScannedUnit, UnitRange } from "./scan-units.ts";

/** A table of an earlier archive, of which nothing but its units must be compared. */
export interface EarlierTable {
  readonly relation: ManifestRelation;
  /** For each unit its parts. */
  readonly units: readonly EarlierUnit[];
}

export interface EarlierUnit {
  readonly rows: number;
  readonly identity: string;
  readonly parts: readonly ManifestPart[];
}

/** The parts of each unit. */
export function earlierTable(relation: ManifestRelation): EarlierTable {
  let next = 0;
  const units = (relation.units?.units ?? []).map(({ rows, identity, parts }) => ({
    rows,
    identity,
    parts: relation.parts.slice(next, (next += parts)),
  }));
  return { relation, units };
}

/**
 * Whether a unit has the rows that it had: none was written by a transaction that had not ended at the earlier snapshot, so
 * all rows that are here now were there then; and as many were there then.
 */
export function isUnchanged(unit: ScannedUnit, earlier: EarlierUnit | undefined): boolean {
  return (
    earlier !== undefined &&
    unit.recent === 0 &&
    unit.rows === earlier.rows &&
    unit.identity === earlier.identity
  );
}

/** Consecutive units that are all reused, or all read. */
export interface UnitRun extends UnitRange {
  readonly isReused: boolean;
}

/** The runs in the order of the units. */
export function unitRuns(
  units: readonly ScannedUnit[],
  first: number,
  earlier: EarlierTable | null,
): UnitRun[] {
  const runs: UnitRun[] = [];
  units.forEach((unit, index) => {
    const number = first + index;
    const isReused = isUnchanged(unit, earlier?.units[number]);
    const last = runs.at(-1);
    if (last?.isReused === isReused) runs[runs.length - 1] = { ...last, end: number + 1 };
    else runs.push({ first: number, end: number + 1, isReused });
  });
  return runs;
}
