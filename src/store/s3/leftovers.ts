/** Uploads that killed runs left: nobody sees them, and they cost money until somebody aborts them. */
import { splitKey } from "../address.ts";
import type { UnfinishedUpload } from "./answers.ts";
import type { S3Bucket } from "./bucket.ts";
import { type Claim, type Claims, claimStem } from "./claims.ts";

/** Aborts the uploads of a key. Call it only while holding the claim on it. */
export async function removeUploadsOf(bucket: S3Bucket, key: string): Promise<void> {
  for (const upload of await bucket.listUploads(key))
    if (upload.key === key) await bucket.abortUpload(upload);
}

/**
 * Aborts the uploads that dead runs began in a folder, and removes their claims.
 * @returns how many uploads and claims there were.
 */
export async function removeDeadUploads(
  bucket: S3Bucket,
  claims: Claims,
  prefix: string,
): Promise<number> {
  const all = await claims.read();
  const alive = aliveIn(all);
  const dead = all.filter(({ state, stem }) => state === "dead" && !alive.has(stem));
  if (dead.length === 0) return 0;
  const stems = new Set(dead.map(({ stem }) => stem));
  const uploads = (await uploadsIn(bucket, prefix)).filter((upload) => stems.has(stemOf(upload)));
  await abortAll(bucket, uploads);
  for (const { key } of dead) await bucket.remove(key);
  return uploads.length + dead.length;
}

/**
 * Aborts the uploads in a folder that nobody alive writes.
 * @param isOurs of the names whose uploads are looked at.
 */
export async function removeAbandonedUploads(
  bucket: S3Bucket,
  claims: Claims,
  { prefix, isOurs }: { readonly prefix: string; readonly isOurs: (name: string) => boolean },
): Promise<number> {
  const uploads = (await uploadsIn(bucket, prefix)).filter(({ key }) => isOurs(splitKey(key).name));
  if (uploads.length === 0) return 0;
  // Read after the uploads: whoever began one of them had claimed it before.
  const alive = aliveIn(await claims.read());
  const abandoned = uploads.filter((upload) => !alive.has(stemOf(upload)));
  await abortAll(bucket, abandoned);
  return abandoned.length;
}

/** The stems that somebody alive claims. */
function aliveIn(claims: readonly Claim[]): ReadonlySet<string> {
  return new Set(claims.filter(({ state }) => state !== "dead").map(({ stem }) => stem));
}

/** The stem of the claim under which an upload is written. */
function stemOf({ key }: UnfinishedUpload): string {
  return claimStem(splitKey(key).name);
}

async function abortAll(bucket: S3Bucket, uploads: readonly UnfinishedUpload[]): Promise<void> {
  for (const upload of uploads) await bucket.abortUpload(upload);
}

async function uploadsIn(bucket: S3Bucket, prefix: string) {
  const uploads = await bucket.listUploads(prefix);
  return uploads.filter(({ key }) => splitKey(key).prefix === prefix);
}
