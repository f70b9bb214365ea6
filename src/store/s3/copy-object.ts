/** Copies an object inside the store: its bytes do not come here. */
import { ArchiveError } from "../../errors.ts";
import { existsError } from "../exists-error.ts";
import type { ObjectFacts } from "./answers.ts";
import type { S3Bucket, UploadedPart } from "./bucket.ts";
import { confirmLock } from "./confirm-lock.ts";
import type { S3Location } from "./connection.ts";
import { lockHeaders } from "./lock-headers.ts";

/** A store copies at most 5 GiB in one request, and answers when it is done. */
const RANGE_BYTES = 512 * 1024 * 1024;

/**
 * @param target where the copy goes, with its options for writing.
 * @param from the key of the object in the same bucket.
 * @throws OutputError only when there is an object at the target already; ArchiveError when there is none at `from`.
 */
export async function copyObject(target: S3Location, from: string): Promise<void> {
  const { address, bucket, addressOf } = target;
  const facts = await bucket.head(from);
  if (facts === null) {
    const object = addressOf(from);
    throw new ArchiveError(`cannot read ${object}: there is no such object`, { object });
  }
  if ((await bucket.head(address.key)) !== null)
    throw existsError(addressOf(address.key), "object");
  const headers = lockHeaders(target);
  const lock = { key: address.key, address: addressOf(address.key), headers };
  if (facts.bytes <= RANGE_BYTES) {
    await bucket.copy(from, address.key, headers);
    return confirmLock(bucket, lock);
  }
  const uploadId = await bucket.createUpload(address.key, headers);
  const upload = { key: address.key, uploadId };
  try {
    const parts = await copyRanges(bucket, upload, { ...facts, key: from });
    if ((await bucket.completeUpload(upload, parts)) === false)
      throw existsError(addressOf(address.key), "object");
  } catch (error) {
    await bucket.abortUpload(upload).catch(() => undefined);
    throw error;
  }
  await confirmLock(bucket, lock);
}

async function copyRanges(
  bucket: S3Bucket,
  upload: { readonly key: string; readonly uploadId: string },
  { key, bytes, etag }: ObjectFacts & { readonly key: string },
): Promise<UploadedPart[]> {
  const parts: UploadedPart[] = [];
  for (let at = 0; at < bytes; at += RANGE_BYTES) {
    const range = `bytes=${at}-${Math.min(at + RANGE_BYTES, bytes) - 1}`;
    const source = { bucket: bucket.client.bucket, key, etag, range };
    parts.push(await bucket.copyPart(upload, parts.length + 1, source));
  }
  return parts;
}
