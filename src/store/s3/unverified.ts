/**
 * Marks of archives that nobody has verified yet. An object cannot be renamed: it has its name from the moment when it is
 * complete. So a small object is laid beside the name before that, and removed when the archive was read back. Where it is
 * left, a run was killed between the two.
 */
import type { S3Bucket } from "./bucket.ts";

const MARK_PREFIX = ".nexushub-dump.unverified.";

/** Whether a file of a folder is a mark, and nothing of a user. */
export function isMark(name: string): boolean {
  return name.startsWith(MARK_PREFIX);
}

/** @param prefix of the folder: empty, or ending in a slash. */
export async function mark(bucket: S3Bucket, prefix: string, name: string): Promise<void> {
  await bucket.put(keyOf(prefix, name), Buffer.from("nexushub-dump has not verified it yet\n"));
}

export async function unmark(bucket: S3Bucket, prefix: string, name: string): Promise<void> {
  await bucket.remove(keyOf(prefix, name));
}

/** The names that are marked, whether there are objects of them or not. */
export async function markedNames(bucket: S3Bucket, prefix: string): Promise<string[]> {
  const begin = keyOf(prefix, "");
  return (await bucket.list(begin)).map(({ key }) => key.slice(begin.length));
}

function keyOf(prefix: string, name: string): string {
  return `${prefix}${MARK_PREFIX}${name}`;
}
