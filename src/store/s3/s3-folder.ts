/** A prefix of a bucket as a folder of archives. */
import { StoreError } from "../../errors.ts";
import { formatStoreAddress, prefixOf, readingAddress, type StoreAddress } from "../address.ts";
import type { ArchiveDraft, ArchiveFolder, FolderFile, HeldBy, Lock } from "../folder.ts";
import { LOCK_NAME } from "../lock-record.ts";
import type { ObjectFacts } from "./answers.ts";
import { CLAIM_PREFIX, Claims } from "./claims.ts";
import { openLocation, type S3Location } from "./connection.ts";
import { copyObject } from "./copy-object.ts";
import { removeDeadUploads, removeAbandonedUploads } from "./leftovers.ts";
import { S3Object } from "./s3-object.ts";
import type { S3ConnectionOptions } from "./settings.ts";
import { isMark, mark, markedNames, unmark } from "./unverified.ts";

/** @throws UsageError only when the address or a setting is not valid. */
export async function openS3Folder(
  address: string,
  options?: S3ConnectionOptions,
): Promise<ArchiveFolder> {
  return new S3Folder(await openLocation(address, options));
}

class S3Folder implements ArchiveFolder {
  readonly address: string;
  readonly #location: S3Location;
  readonly #prefix: string;
  readonly #claims: Claims;

  constructor(location: S3Location) {
    const { address, bucket, addressOf } = location;
    this.#location = location;
    this.address = formatStoreAddress(readingAddress(address));
    this.#prefix = prefixOf(address.key);
    this.#claims = new Claims(bucket, this.#prefix, addressOf);
  }

  addressOf(name: string): string {
    return this.#location.addressOf(this.#prefix + name);
  }

  async create(): Promise<() => Promise<void>> {
    // A prefix need not be created, and the bucket is the operator's.
    return async () => {};
  }

  async exists(): Promise<boolean> {
    await this.#location.bucket.list(this.#prefix, 1);
    return true;
  }

  async list(): Promise<FolderFile[]> {
    const objects = await this.#location.bucket.list(this.#prefix);
    return objects
      .map(({ key, ...facts }) => ({ name: key.slice(this.#prefix.length), ...facts }))
      .filter(({ name }) => name !== "" && !name.startsWith(CLAIM_PREFIX) && !isMark(name));
  }

  async readText(name: string): Promise<string | null> {
    const body = await this.#location.bucket.get(this.#prefix + name);
    return body?.toString("utf8") ?? null;
  }

  async writeText(name: string, text: string): Promise<void> {
    await this.#location.bucket.put(this.#prefix + name, Buffer.from(text));
  }

  /** In a bucket with versions, removing hides a locked object without removing it: that is refused here. */
  async remove(name: string): Promise<void> {
    const { bucket } = this.#location;
    const until = this.#lockEnd(await bucket.head(this.#prefix + name));
    if (until !== null) {
      throw new StoreError(`it is locked until ${until.toISOString()}`, {
        object: this.addressOf(name),
        hint: "the next run after that removes it",
      });
    }
    await bucket.remove(this.#prefix + name);
  }

  async draft(name: string): Promise<ArchiveDraft> {
    await mark(this.#location.bucket, this.#prefix, name);
    return new S3Draft(this.#location, this.#prefix, name);
  }

  freeBytes(): Promise<number | null> {
    return Promise.resolve(null);
  }

  takeLock(): Promise<Lock> {
    return this.#claims.take(LOCK_NAME);
  }

  readLock(): Promise<HeldBy | null> {
    return this.#claims.holder(LOCK_NAME);
  }

  async removeLock(): Promise<void> {
    await this.#claims.removeAll(LOCK_NAME);
  }

  async removeLeftovers(isOurs: (name: string) => boolean): Promise<number> {
    const { bucket } = this.#location;
    const prefix = this.#prefix;
    const dead = await removeDeadUploads(bucket, this.#claims, prefix);
    return dead + (await removeAbandonedUploads(bucket, this.#claims, { prefix, isOurs }));
  }

  async removeUnverified(isListed: (name: string) => boolean): Promise<number> {
    const { bucket } = this.#location;
    let removed = 0;
    for (const name of await markedNames(bucket, this.#prefix)) {
      const key = this.#prefix + name;
      const facts = isListed(name) ? null : await bucket.head(key);
      if (facts !== null) {
        // It stays, and so does its mark.
        if (this.#lockEnd(facts) !== null) continue;
        await bucket.remove(key);
        removed++;
      }
      await unmark(bucket, this.#prefix, name);
    }
    return removed;
  }

  /** Until when an object is locked; null when it is not any more, or never was. */
  #lockEnd(facts: ObjectFacts | null): Date | null {
    const until = facts?.lockedUntil ?? null;
    return until !== null && until > this.#location.bucket.client.now() ? until : null;
  }
}

/** An object that appears under its name before it is verified; the folder's list of backups names it only afterwards. */
class S3Draft implements ArchiveDraft {
  readonly target: S3Object;
  readonly #location: S3Location;
  readonly #prefix: string;
  /** By which it is marked. */
  readonly #name: string;
  #key: string;

  constructor(location: S3Location, prefix: string, name: string) {
    this.#location = location;
    this.#prefix = prefix;
    this.#name = name;
    this.#key = prefix + name;
    this.target = new S3Object({ ...location, address: this.#addressOf(this.#key) });
  }

  #addressOf(key: string): StoreAddress {
    return { ...this.#location.address, key };
  }

  async size(): Promise<number> {
    const facts = await this.#location.bucket.head(this.#key);
    return facts?.bytes ?? Number.NaN;
  }

  async publish(name: string): Promise<void> {
    const { bucket } = this.#location;
    const key = this.#prefix + name;
    if (key !== this.#key) {
      await copyObject({ ...this.#location, address: this.#addressOf(key) }, this.#key);
      await bucket.remove(this.#key);
      this.#key = key;
    }
    await unmark(bucket, this.#prefix, this.#name);
  }

  async discard(): Promise<void> {
    const { bucket } = this.#location;
    try {
      if (this.target.mayExist) await bucket.remove(this.#key);
      await unmark(bucket, this.#prefix, this.#name);
    } catch {
      // The store does not answer: the mark tells the next run.
    }
  }
}
