/** Which full backups the differential ones in a folder need. Pure. */
import type { RetentionCandidate } from "./candidate.ts";

/** What a differential backup needs. */
export interface NeededBases {
  /** Its base; or, where that is not known, each one that may be it. */
  readonly bases: readonly RetentionCandidate[];
  /** Whether `bases` are those that may be it. */
  readonly isGuess: boolean;
}

/** For each differential backup what it needs; without an entry in `bases`, its base is missing. */
export function neededBases(
  candidates: readonly RetentionCandidate[],
): ReadonlyMap<RetentionCandidate, NeededBases> {
  const full = candidates.filter(({ isDifferential = false }) => !isDifferential);
  const byDigest = new Map(full.map((each) => [each.sha256 ?? null, each]));
  const needed = new Map<RetentionCandidate, NeededBases>();
  for (const candidate of candidates) {
    if (candidate.isDifferential !== true) continue;
    const { base = null } = candidate;
    const known = base === null ? undefined : byDigest.get(base);
    needed.set(
      candidate,
      known === undefined
        ? { bases: full.filter((each) => mayBeBase(each, candidate)), isGuess: true }
        : { bases: [known], isGuess: false },
    );
  }
  return needed;
}

/** A backup of another digest is not the base; where one of the two is not known, everything else must fit. */
function mayBeBase(
  full: RetentionCandidate,
  { base = null, at, database }: RetentionCandidate,
): boolean {
  const { sha256 = null } = full;
  if (base !== null && sha256 !== null) return false;
  const isSameDatabase = full.database === null || database === null || full.database === database;
  return isSameDatabase && full.at <= at;
}

/** Names of the differential backups whose base is missing. */
export function withoutBase(candidates: readonly RetentionCandidate[]): string[] {
  return [...neededBases(candidates)]
    .filter(([, { bases }]) => bases.length === 0)
    .map(([{ name }]) => name);
}
