/**
 * Names of test databases. They say who owns a database: a session of the server, by process id and start. When that
 * session is gone, however it ended, the database is nobody's, and whoever comes next drops it. Pure.
 */

/** A session, as `pg_stat_activity` knows it. */
export interface Owner {
  readonly pid: number;
  /** When the session began, in microseconds since 1970. */
  readonly started: string;
}

const PREFIX = "nhdt";
export const KEPT_PREFIX = "nhdt_kept_";

/** `nhdt_<archive>_template`, which all processes share. */
export function templateName(archive: string): string {
  return `${PREFIX}_${archive}_template`;
}

/** The template while it is being filled. */
export function buildingName(archive: string, owner: Owner): string {
  return `${PREFIX}_${archive}_b_${ownerText(owner)}`;
}

export function copyName(archive: string, owner: Owner, number: number): string {
  return `${PREFIX}_${archive}_c_${ownerText(owner)}_${number}`;
}

function ownerText({ pid, started }: Owner): string {
  return `${pid}_${BigInt(started).toString(36)}`;
}

/** Whether a name is one of ours. */
export const OURS = `^${PREFIX}_[0-9a-f]{16}_`;

/** The owner in a name; undefined for templates and all other databases. */
export function ownerOf(name: string): string | undefined {
  return /^nhdt_[0-9a-f]{16}_[bc]_(\d+_[0-9a-z]+)(?:_\d+)?$/.exec(name)?.[1];
}

/** The archive that a template is of; undefined for other names. */
export function templateOf(name: string): string | undefined {
  return /^nhdt_([0-9a-f]{16})_template$/.exec(name)?.[1];
}

/** Whether a database of this name has no living owner. */
export function isOrphan(name: string, living: readonly Owner[]): boolean {
  const owner = ownerOf(name);
  return owner !== undefined && !living.some((one) => ownerText(one) === owner);
}

/** The key of an advisory lock: who holds it shared uses the template. */
export function lockKey(archive: string): string {
  return BigInt.asIntN(64, BigInt(`0x${archive}`)).toString();
}
