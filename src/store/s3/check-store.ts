/** Finds out whether a prefix of a bucket can hold backups: by writing and removing a small object, and from the bucket's rules. */
import { randomUUID } from "node:crypto";
import { StoreError } from "../../errors.ts";
import { formatStoreAddress, prefixOf, readingAddress } from "../address.ts";
import type { S3Bucket } from "./bucket.ts";
import { headerOf } from "./client.ts";
import { openLocation } from "./connection.ts";
import { elementsOf, parseXml, textOf, type XmlElement } from "./xml.ts";

/** What is known of a bucket. */
export interface StoreFacts {
  readonly address: string;
  /** By how much this machine's clock is behind the store's, in milliseconds. */
  readonly skewMs: number;
  /** Whether an enabled lifecycle rule removes current objects of the folder. */
  readonly expiresObjects: boolean;
  /** After how many days unfinished uploads are aborted; null when never, or the rules cannot be read. */
  readonly abortsAfterDays: number | null;
  readonly isVersioned: boolean;
  readonly hasLock: boolean;
  /** Whether the address asks for a lock of what is written. */
  readonly wantsLock: boolean;
  /** Whether the store refuses to write over an object where a condition says so. */
  readonly honoursConditions: boolean;
}

/** @throws StoreError only when the folder cannot be listed, written, read, or removed from. */
export async function checkStore(text: string): Promise<StoreFacts> {
  const { address, bucket } = await openLocation(text);
  const prefix = prefixOf(address.key);
  await bucket.list(prefix, 1);
  await bucket.listUploads(prefix);
  const probe = `${prefix}.nexushub-dump.probe.${randomUUID()}`;
  const honoursConditions = await tryWriting(bucket, probe);
  const rules = await configuration(bucket, "lifecycle");
  const applying = elementsOf(rules, "Rule").filter((rule) => applies(rule, prefix));
  const versioning = await configuration(bucket, "versioning");
  const lock = await configuration(bucket, "object-lock");
  return {
    address: formatStoreAddress(readingAddress(address)),
    skewMs: await skewOf(bucket),
    expiresObjects: applying.some((rule) => isExpiring(rule)),
    abortsAfterDays: abortDays(applying),
    isVersioned: textOf(versioning, "Status") === "Enabled",
    hasLock: textOf(lock, "ObjectLockEnabled") === "Enabled",
    wantsLock: address.options.lockDays !== undefined,
    honoursConditions,
  };
}

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

/** A part of the bucket's configuration; null when there is none, or the keys may not see it. */
async function configuration(bucket: S3Bucket, name: string): Promise<XmlElement | null> {
  const query = { [name]: "" };
  const answer = await bucket.client.send({
    method: "GET",
    query,
    action: "read the settings of",
    accept: [400, 403, 404, 405, 501],
  });
  return answer.status === 200 ? parseXml(answer.body.toString("utf8")) : null;
}

async function skewOf({ client }: S3Bucket): Promise<number> {
  const query = { "list-type": "2", "max-keys": "1" };
  const answer = await client.send({ method: "GET", query, action: "list" });
  const time = Date.parse(headerOf(answer, "date") ?? "");
  return Number.isNaN(time) ? 0 : time - Date.now();
}

/** Whether an enabled rule is for objects of a folder. Pure. */
function applies(rule: XmlElement, prefix: string): boolean {
  if (textOf(rule, "Status") !== "Enabled") return false;
  const filter = elementsOf(rule, "Filter")[0] ?? null;
  const both = elementsOf(filter, "And")[0] ?? null;
  const ofRule = textOf(rule, "Prefix") ?? textOf(filter, "Prefix") ?? textOf(both, "Prefix") ?? "";
  return prefix.startsWith(ofRule) || ofRule.startsWith(prefix);
}

function isExpiring(rule: XmlElement): boolean {
  const expiration = elementsOf(rule, "Expiration")[0] ?? null;
  return textOf(expiration, "Days") !== null || textOf(expiration, "Date") !== null;
}

function abortDays(rules: readonly XmlElement[]): number | null {
  const days = rules.flatMap((rule) => {
    const abort = elementsOf(rule, "AbortIncompleteMultipartUpload")[0] ?? null;
    const text = textOf(abort, "DaysAfterInitiation");
    return text === null ? [] : [Number(text)];
  });
  return days.length === 0 ? null : Math.min(...days);
}
