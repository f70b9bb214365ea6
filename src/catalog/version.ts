/** The version of a server, and what it means for the catalogs. */

/** Oldest major that is supported; older ones lack catalog columns that we read and are out of support themselves. */
export const OLDEST_MAJOR = 13;
/** Newest major that was tested; a newer one is refused for a dump, because its catalogs may hold kinds that we do not know. */
export const NEWEST_MAJOR = 18;

export interface ServerVersion {
  /** `server_version_num`, as in 160014. */
  readonly num: number;
  /** 16 for 160014. */
  readonly major: number;
}

export function serverVersion(num: number): ServerVersion {
  return { num, major: Math.trunc(num / 10000) };
}
