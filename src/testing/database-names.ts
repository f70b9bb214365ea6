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

/** `nhdt_<key>_template`, which all processes share. */
export function templateName(key: string): string {
  return `${PREFIX}_${key}_template`;
}

/** The template while it is being filled. */
export function unfinishedTemplateName(key: string, owner: Owner): string {
  return `${PREFIX}_${key}_b_${ownerText(owner)}`;
}

export function copyName(key: string, owner: Owner, number: number): string {
  return `${PREFIX}_${key}_c_${ownerText(owner)}_${number}`;
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

/** The key in a template's name; undefined for other names. */
export function keyOfTemplate(name: string): string | undefined {
  return /^nhdt_([0-9a-f]{16})_template$/.exec(name)?.[1];
}

/** Whether the owner of a database of this name no longer exists. */
export function isOrphan(name: string, living: readonly Owner[]): boolean {
  const owner = ownerOf(name);
  return owner !== undefined && !living.some((each) => ownerText(each) === owner);
}

/** The key of an advisory lock; each process that uses the template holds it shared. */
export function templateLockKey(key: string): string {
  return BigInt.asIntN(64, BigInt(`0x${key}`)).toString();
}

/** The comment of a template. @param until seconds since 1970. */
export function templateComment(until: number): string {
  return `template of nexushub-dump, dropped when nobody uses it after ${until}`;
}

/** The time in a template's comment, in seconds since 1970; 0 for any other comment. */
export function keptUntil(comment: string | null): number {
  return Number(/^template of nexushub-dump, .* after (\d{1,15})$/.exec(comment ?? "")?.[1] ?? 0);
}
