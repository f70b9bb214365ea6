/**
 * Names of test databases. They identify the owner of a database: a session of the server, by process id and start. When
 * that session has ended, for whatever reason, the next process drops the database. Pure.
 */

/** A session, as `pg_stat_activity` shows it. */
export interface Owner {
  readonly pid: number;
  /** When the session began, in microseconds since 1970. */
  readonly started: string;
}

const PREFIX = "nhdt";

/** Matches the names of all databases that may be dropped here, as a regular expression of PostgreSQL. */
export const OUR_NAMES = `^${PREFIX}_[0-9a-f]{16}_`;

/** `nhdt_<archive>_template`, which all processes share. */
export function templateName(archive: string): string {
  return `${PREFIX}_${archive}_template`;
}

/** The template while it is being filled. */
export function unfinishedTemplateName(archive: string, owner: Owner): string {
  return `${PREFIX}_${archive}_b_${ownerText(owner)}`;
}

export function copyName(archive: string, owner: Owner, number: number): string {
  return `${PREFIX}_${archive}_c_${ownerText(owner)}_${number}`;
}

/** A database that nothing here drops. */
export function keptName(id: string): string {
  return `${PREFIX}_kept_${id}`;
}

function ownerText({ pid, started }: Owner): string {
  return `${pid}_${BigInt(started).toString(36)}`;
}

/** The owner in a name; undefined for templates and all other databases. */
function ownerOf(name: string): string | undefined {
  return /^nhdt_[0-9a-f]{16}_[bc]_(\d+_[0-9a-z]+)(?:_\d+)?$/.exec(name)?.[1];
}

/** The archive in a template's name; undefined for other names. */
export function archiveOfTemplate(name: string): string | undefined {
  return /^nhdt_([0-9a-f]{16})_template$/.exec(name)?.[1];
}

/** Whether the owner of a database of this name no longer exists. */
export function isOrphan(name: string, living: readonly Owner[]): boolean {
  const owner = ownerOf(name);
  return owner !== undefined && !living.some((each) => ownerText(each) === owner);
}

/** The key of an advisory lock; each process that uses the template holds it shared. */
export function templateLockKey(archive: string): string {
  return BigInt.asIntN(64, BigInt(`0x${archive}`)).toString();
}
