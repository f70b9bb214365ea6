/** Versions of servers, and the supported ones. */

/** The oldest supported major. Older ones lack columns that the queries read, and have reached their end of life. */
export const OLDEST_MAJOR = 13;
/** The newest tested major. Of newer ones, what their catalogs hold and this tool does not know is an error. */
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
