/** Versions of servers, and the supported ones. */
import { type Warning, warning } from "../warnings.ts";

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

/** The warning that nobody has tested a server of this major; undefined for the others. */
export function untestedServer(
  { major }: ServerVersion,
  purpose: "dump" | "restore into",
): Warning | undefined {
  if (major <= NEWEST_MAJOR) return undefined;
  const untested = `PostgreSQL ${major} is untested: the newest tested version is ${NEWEST_MAJOR}`;
  const message =
    purpose === "dump"
      ? `${untested}; what this tool does not know of it and would lose is an error`
      : untested;
  return warning("untested-server", null, message);
}
