/**
 * Looks whether an object that was to be locked is. Some stores ignore the lock that an upload in parts asks for (Ceph 16.2):
 * then it is set afterwards.
 */
import { StoreError } from "../../errors.ts";
import type { ObjectHeaders, S3Bucket } from "./bucket.ts";
import { md5Header } from "./md5.ts";

/**
 * @param headers those with which the object was written (lock-headers.ts).
 * @param address for the message.
 * @throws StoreError only when the object is there, and is not locked; what the store refuses.
 */
export async function confirmLock(
  bucket: S3Bucket,
  { key, address, headers }: { key: string; address: string; headers: ObjectHeaders },
): Promise<void> {
  const mode = headers["x-amz-object-lock-mode"];
  const until = headers["x-amz-object-lock-retain-until-date"];
  if (mode === undefined || until === undefined) return;
  const isLocked = async (): Promise<boolean> =>
    ((await bucket.head(key))?.lockedUntil ?? null) !== null;
  if (await isLocked()) return;
  const body = Buffer.from(
    `<Retention><Mode>${mode}</Mode><RetainUntilDate>${until}</RetainUntilDate></Retention>`,
  );
  await bucket.client.send({
    method: "PUT",
    key,
    query: { retention: "" },
    headers: md5Header(body),
    body,
    action: "lock",
  });
  if (await isLocked()) return;
  throw new StoreError(`${address} is written and complete, but the store did not lock it`, {
    object: address,
    hint: "see whether the bucket was created with object lock, and the store knows it",
  });
}
