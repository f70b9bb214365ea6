/** One object as the store of an archive: written once and never replaced, read by ranges. */
import { NexushubDumpError, UsageError } from "../../errors.ts";
import { splitKey } from "../address.ts";
import { existsError } from "../exists-error.ts";
import type {
  ByteSink,
  ByteSource,
  ByteStore,
  Lock,
  StoredObject,
  StoredRange,
} from "../folder.ts";
import { Claims } from "./claims.ts";
import { openLocation, type S3Location } from "./connection.ts";
import { removeDeadUploads, removeUploadsOf } from "./leftovers.ts";
import { lockHeaders } from "./lock-headers.ts";
import { openRangeReader } from "./range-reader.ts";
import type { S3ConnectionOptions } from "./settings.ts";
import { S3Upload } from "./upload.ts";

/** @throws UsageError only when the address names no object, or a setting is not valid. */
export async function openS3Object(
  address: string,
  options?: S3ConnectionOptions,
): Promise<S3Object> {
  const location = await openLocation(address, options);
  if (location.address.key === "") {
    throw new UsageError(`${address} names a bucket, and no object in it`, { object: address });
  }
  return new S3Object(location);
}

export class S3Object implements ByteStore {
  readonly #location: S3Location;
  #mayExist = false;

  constructor(location: S3Location) {
    this.#location = location;
  }

  /** Whether the object was written here, as far as is known. */
  get mayExist(): boolean {
    return this.#mayExist;
  }

  /**
   * @throws OutputError only when there is an object of this key already; NexushubDumpError (BUSY) when another run writes it.
   */
  async create(): Promise<ByteSink> {
    const { address, bucket, addressOf, isEqual } = this.#location;
    const { key } = address;
    const { prefix, name } = splitKey(key);
    const shown = addressOf(key);
    if ((await bucket.head(key)) !== null) throw existsError(shown, "object");
    const claims = new Claims(bucket, prefix, addressOf);
    const claim = await claims.take(name);
    try {
      await removeDeadUploads(bucket, claims, prefix);
      await removeUploadsOf(bucket, key);
    } catch (error) {
      await claim.release();
      throw error;
    }
    const headers = lockHeaders(this.#location);
    const upload = new S3Upload(bucket, { key, address: shown, headers, isEqual });
    const confirm = async (): Promise<void> => {
      if (!(await claim.isHeld())) throw claimLost(shown);
      if ((await bucket.head(key)) !== null) throw existsError(shown, "object");
      this.#mayExist = true;
    };
    const sweep = (): Promise<void> => removeUploadsOf(bucket, key);
    return new S3Sink(upload, { store: bucket.client.store, claim, confirm, sweep });
  }

  /** @throws ArchiveError only when there is no such object; StoreError. */
  async open(): Promise<ByteSource> {
    const { address, bucket, addressOf } = this.#location;
    const { key } = address;
    const reader = await openRangeReader(bucket.client, key, addressOf(key));
    return { ...reader, fileName: splitKey(key).name };
  }
}

function claimLost(address: string): NexushubDumpError {
  return new NexushubDumpError(
    "BUSY",
    `another run took over ${address} because this one did not respond for some minutes`,
    { object: address, hint: "see whether the machine was suspended or the store did not respond" },
  );
}

interface SinkFacts {
  readonly store: string;
  readonly claim: Lock;
  readonly confirm: () => Promise<void>;
  readonly sweep: () => Promise<void>;
}

class S3Sink implements ByteSink {
  readonly #upload: S3Upload;
  readonly #facts: SinkFacts;
  #isDone = false;

  constructor(upload: S3Upload, facts: SinkFacts) {
    this.#upload = upload;
    this.#facts = facts;
  }

  write(bytes: Uint8Array, from?: StoredRange): Promise<void> {
    const isNear = from !== undefined && this.canCopy(from.object);
    return this.#upload.write(bytes, isNear ? from : undefined);
  }

  canCopy({ store }: StoredObject): boolean {
    return store === this.#facts.store;
  }

  async commit(): Promise<void> {
    await this.#upload.complete(this.#facts.confirm);
    this.#isDone = true;
    // An upload that was begun twice, because an answer was lost, would lie there unseen and cost money.
    if (this.#upload.isMultipart) await this.#facts.sweep().catch(() => undefined);
    await this.#facts.claim.release();
  }

  async abort(): Promise<void> {
    if (this.#isDone) return;
    this.#isDone = true;
    await this.#upload.abort();
    if (this.#upload.isMultipart) await this.#facts.sweep().catch(() => undefined);
    await this.#facts.claim.release();
  }
}
