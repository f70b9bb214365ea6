/**
 * How we know the databases that a swap leaves beside others: by their names, and by a marker in their comments, which only
 * their owner can have written. Pure.
 */
import { createHash } from "node:crypto";
import { clipName, NAME_BYTES } from "../../sql/name-bytes.ts";

/** What the comment of such a database says. */
export type Marker =
  /** A database that is being filled. */
  | { readonly kind: "new"; readonly database: string; readonly databaseOid: number }
  /** What a database held before a swap. */
  | {
      readonly kind: "kept";
      /** The name that it had, and that its successor has. */
      readonly database: string;
      /** The oid of the database that took its place. */
      readonly successor: number;
      /** ISO 8601, UTC. */
      readonly swappedAt: string;
      readonly keepUntil: string;
      /** The comment that it had. */
      readonly comment: string | null;
    };

const PREFIX = "nexushub-dump: ";

/** A comment that people can read, too. */
export function formatMarker(marker: Marker): string {
  return PREFIX + JSON.stringify(marker);
}

/** @returns undefined for a comment that is none of ours. */
export function parseMarker(comment: string | null): Marker | undefined {
  if (comment === null || !comment.startsWith(PREFIX)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(comment.slice(PREFIX.length));
  } catch {
    return undefined;
  }
  return isMarker(value) ? value : undefined;
}

function isMarker(value: unknown): value is Marker {
  if (typeof value !== "object" || value === null) return false;
  const fields = value as Record<string, unknown>;
  const isTime = (field: unknown): boolean =>
    typeof field === "string" && !Number.isNaN(Date.parse(field));
  if (typeof fields["database"] !== "string") return false;
  if (fields["kind"] === "new") return typeof fields["databaseOid"] === "number";
  return (
    fields["kind"] === "kept" &&
    typeof fields["successor"] === "number" &&
    isTime(fields["swappedAt"]) &&
    isTime(fields["keepUntil"]) &&
    (fields["comment"] === null || typeof fields["comment"] === "string")
  );
}

/** `shop_new_3f2a91c07b5e`: six random digits, and a checksum by which the name alone tells that it is ours. */
export function newName(database: string, random: string): string {
  return beside(database, `_new_${random}${checksum(database, random)}`);
}

/** Whether a name is one that `newName` gives for this database. */
export function isNewName(name: string, database: string): boolean {
  const random = /_new_([0-9a-f]{6})[0-9a-f]{6}$/.exec(name)?.[1];
  return random !== undefined && name === newName(database, random);
}

/** `shop_old_20261128t101500z_3f2a91`. */
export function keptName(database: string, at: Date, random: string): string {
  const time = at
    .toISOString()
    .replaceAll(/[-:]|\.\d+/g, "")
    .toLowerCase();
  return beside(database, `_old_${time}_${random}`);
}

function checksum(database: string, random: string): string {
  return createHash("sha256").update(`${database}\0${random}`).digest("hex").slice(0, 6);
}

/** The name and the suffix, cut in the name, between characters, to what a name may hold. */
function beside(database: string, suffix: string): string {
  return clipName(database, NAME_BYTES - Buffer.byteLength(suffix)) + suffix;
}
