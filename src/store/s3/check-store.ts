/** Finds out whether a prefix of a bucket can hold backups: by writing and removing a small object, and from the bucket's rules. */
import { randomUUID } from "node:crypto";
import { StoreError } from "../../errors.ts";
import { formatStoreAddress, prefixOf, readingAddress } from "../address.ts";
import type { S3Bucket } from "./bucket.ts";
import { headerOf } from "./client.ts";
import { openLocation } from "./connection.ts";
import {
  abortDays,
  applies,
  isExpiring,
  LOCK_RIGHT,
  lockOf,
  type StoreFacts,
} from "./store-facts.ts";
import { elementsOf, parseXml, textOf, type XmlElement } from "./xml.ts";

/** @throws StoreError only when the folder cannot be listed, written, read, or removed from. */
export async function checkStore(text: string): Promise<StoreFacts> {
  const { address, bucket } = await openLocation(text);
  const { lockDays, lockMode = "governance" } = address.options;
  const prefix = prefixOf(address.key);
  await bucket.list(prefix, 1);
  await bucket.listUploads(prefix);
  const probe = `${prefix}.nexushub-dump.probe.${randomUUID()}`;
  const honoursConditions = await tryWriting(bucket, probe);
  const settings = new Map<string, XmlElement | null>();
  const hidden: string[] = [];
  for (const [name, right] of SETTINGS) {
    const answer = await configuration(bucket, name);
    settings.set(name, answer.xml);
    if (answer.isHidden) hidden.push(right);
  }
  const rules = elementsOf(settings.get("lifecycle") ?? null, "Rule");
  const applying = rules.filter((rule) => applies(rule, prefix));
  return {
    address: formatStoreAddress(readingAddress(address)),
    skewMs: await skewOf(bucket),
    expiresObjects: applying.some((rule) => isExpiring(rule)),
    abortsAfterDays: abortDays(applying),
    isVersioned: textOf(settings.get("versioning") ?? null, "Status") === "Enabled",
    lock: lockOf(settings.get("object-lock") ?? null),
    wantsLock: lockDays === undefined ? null : { days: lockDays, mode: lockMode },
    honoursConditions,
    hidden,
  };
}

/** Settings of a bucket, and the right to read each. */
const SETTINGS = [
  ["lifecycle", "s3:GetLifecycleConfiguration"],
  ["versioning", "s3:GetBucketVersioning"],
  ["object-lock", LOCK_RIGHT],
] as const;

/** @returns whether conditions are honoured. */
async function tryWriting(bucket: S3Bucket, key: string): Promise<boolean> {
  const text = Buffer.from("nexushub-dump doctor\n");
  await bucket.put(key, text);
  try {
    if ((await bucket.get(key))?.equals(text) !== true)
      throw new StoreError("the object store does not return what was just written", {
        hint: "check the endpoint, and a cache before it",
      });
    await bucket.abortUpload({ key, uploadId: await bucket.createUpload(key, {}) });
    return !(await bucket.putIfAbsent(key, Buffer.from("another text\n")));
  } finally {
    await bucket.remove(key);
  }
}

interface Configuration {
  /** Null when there is none. */
  readonly xml: XmlElement | null;
  /** Whether the keys may not see it. */
  readonly isHidden: boolean;
}

/** A part of the bucket's configuration. */
async function configuration(bucket: S3Bucket, name: string): Promise<Configuration> {
  const { status, body } = await bucket.client.send({
    method: "GET",
    query: { [name]: "" },
    action: "read the settings of",
    accept: [400, 403, 404, 405, 501],
  });
  return {
    xml: status === 200 ? parseXml(body.toString("utf8")) : null,
    isHidden: status === 403,
  };
}

async function skewOf({ client }: S3Bucket): Promise<number> {
  const query = { "list-type": "2", "max-keys": "1" };
  const answer = await client.send({ method: "GET", query, action: "list" });
  const time = Date.parse(headerOf(answer, "date") ?? "");
  return Number.isNaN(time) ? 0 : time - Date.now();
}
