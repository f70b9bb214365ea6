/**
 * An object written from front to back in bounded memory: parts of some MiB, several on their way at once, each with a digest
 * that the store checks. It appears when the last request is answered, as a whole or not at all.
 */
import type { Hash } from "node:crypto";
import { setMaxListeners } from "node:events";
import { OutputError, StoreError } from "../../errors.ts";
import { existsError } from "../exists-error.ts";
import type { StoredRange } from "../folder.ts";
import type { ObjectHeaders, S3Bucket, UploadedPart } from "./bucket.ts";
import { confirmLock } from "./confirm-lock.ts";
import { newMd5 } from "./md5.ts";
import { CopiedRun } from "./copied-run.ts";
import { maxUploadBytes, partBytes } from "./part-sizes.ts";

/** Bytes of parts on their way at once, beside the part that is being filled. */
const IN_FLIGHT_BYTES = 32 * 1024 * 1024;

export interface UploadOptions {
  readonly key: string;
  /** For messages. */
  readonly address: string;
  readonly headers: ObjectHeaders;
  /** Whether all parts must have one size. */
  readonly isEqual: boolean;
}

export class S3Upload {
  readonly #bucket: S3Bucket;
  readonly #options: UploadOptions;
  readonly #abort = new AbortController();
  readonly #parts: UploadedPart[] = [];
  readonly #underWay = new Set<Promise<void>>();
  readonly #free: Buffer[] = [];
  #uploadId: Promise<string> | undefined;
  #number = 1;
  #buffer: Buffer | undefined;
  #filled = 0;
  #md5: Hash | null = null;
  /** Whether what was filled follows each other in another object. */
  readonly #run: CopiedRun;
  #failure: { readonly error: unknown } | undefined;
  #bytes = 0;

  constructor(bucket: S3Bucket, options: UploadOptions) {
    this.#bucket = bucket;
    this.#options = options;
    this.#run = new CopiedRun(options.isEqual);
    // One for each request under way.
    setMaxListeners(0, this.#abort.signal);
  }

  /** Whether parts were sent, or are being sent. */
  get isMultipart(): boolean {
    return this.#uploadId !== undefined;
  }

  /** @param from where the bytes are in an object that the store can copy from. */
  async write(bytes: Uint8Array, from?: StoredRange): Promise<void> {
    if (this.#run.endsBefore(from, this.#filled)) await this.#send();
    this.#run.extend(from, this.#filled);
    for (let at = 0; at < bytes.length;) {
      this.#throwIfFailed();
      this.#buffer ??= this.#begin();
      const chunk = bytes.subarray(at, at + this.#buffer.length - this.#filled);
      this.#buffer.set(chunk, this.#filled);
      this.#md5?.update(chunk);
      this.#filled += chunk.length;
      this.#bytes += chunk.length;
      at += chunk.length;
      if (this.#filled < this.#buffer.length) continue;
      await this.#send(this.#run.endOf(this.#filled));
      if (this.#filled === 0) this.#run.begin(from, at);
    }
  }

  #begin(): Buffer {
    const size = partBytes(this.#number, this.#options.isEqual);
    if (size === null) throw tooLarge(this.#options);
    this.#md5 = newMd5();
    const index = this.#free.findIndex((buffer) => buffer.length === size);
    return index < 0 ? Buffer.allocUnsafeSlow(size) : this.#free.splice(index, 1)[0]!;
  }

  /** Sends so much of the part that was filled; resolves when another one may be filled, which has the rest already. */
  async #send(end = this.#filled): Promise<void> {
    const [buffer, number] = [this.#buffer!, this.#number++];
    const body = buffer.subarray(0, end);
    const rest = buffer.subarray(end, this.#filled);
    const hash = rest.length === 0 ? this.#md5 : (newMd5()?.update(body) ?? null);
    const md5 = hash?.digest() ?? null;
    const from = this.#run.take(end);
    this.#buffer = undefined;
    this.#filled = rest.length;
    if (rest.length > 0) {
      this.#buffer = this.#begin();
      this.#buffer.set(rest);
      this.#md5?.update(rest);
    }
    const { key, headers } = this.#options;
    const { signal } = this.#abort;
    this.#uploadId ??= this.#bucket.createUpload(key, headers, signal);
    const uploadId = this.#uploadId;
    const sent = (async () => {
      const upload = { key, uploadId: await uploadId };
      const part = { upload, number, body, md5 };
      this.#parts.push((await this.#copied(part, from)) ?? (await this.#sent(part)));
      // Others have another size.
      if (this.#free.length === 0 || this.#free[0]!.length === buffer.length)
        this.#free.push(buffer);
      else this.#free.length = 0;
    })()
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => this.#underWay.delete(sent));
    this.#underWay.add(sent);
    while (this.#underWay.size * buffer.length >= Math.max(IN_FLIGHT_BYTES, buffer.length))
      await Promise.race(this.#underWay);
    this.#throwIfFailed();
  }

  #sent({ upload, number, body, md5 }: Part): Promise<UploadedPart> {
    const checked = { body, md5: md5?.toString("base64") ?? null };
    return this.#bucket.uploadPart(upload, number, checked, this.#abort.signal);
  }

  /**
   * Copies a part inside the store. The answer has the digest of what was copied: only where it is that of the bytes that were
   * read and checked here does the copy count.
   * @returns null when it was not copied, and must be sent.
   */
  async #copied(
    { upload, number, body, md5 }: Part,
    from: StoredRange | null,
  ): Promise<UploadedPart | null> {
    if (from === null || md5 === null) return null;
    const range = `bytes=${from.offset}-${from.offset + body.length - 1}`;
    const source = { ...from.object, range };
    const copied = await this.#bucket
      .copyPart(upload, number, source, this.#abort.signal)
      .catch((error: unknown) => {
        // The store does not copy, or the keys may not: everything can be sent.
        if (error instanceof StoreError) return null;
        throw error;
      });
    if (copied?.etag.replaceAll('"', "") === md5.toString("hex")) return copied;
    this.#run.giveUp();
    return null;
  }

  #throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /**
   * Makes the object visible.
   * @param confirm called when everything is in the store, and only the last request is missing.
   * @throws OutputError only when there is an object of this key already; StoreError.
   */
  async complete(confirm: () => Promise<void>): Promise<void> {
    const { key, headers } = this.#options;
    if (this.#uploadId === undefined) {
      const body = this.#buffer?.subarray(0, this.#filled) ?? Buffer.alloc(0);
      await confirm();
      if (!(await this.#bucket.putIfAbsent(key, body, headers, this.#abort.signal)))
        throw existsError(this.#options.address, "object");
      await confirmLock(this.#bucket, this.#options);
      return;
    }
    if (this.#filled > 0) await this.#send();
    await Promise.all(this.#underWay);
    this.#throwIfFailed();
    await confirm();
    const parts = this.#parts.toSorted((a, b) => a.number - b.number);
    const upload = { key, uploadId: await this.#uploadId };
    const done = await this.#bucket.completeUpload(upload, parts, this.#abort.signal);
    if (done === false) throw existsError(this.#options.address, "object");
    if (done === null) await this.#confirmCompleted();
    await confirmLock(this.#bucket, this.#options);
  }

  /** After an answer that was lost: whether the object is the one that was written. */
  async #confirmCompleted(): Promise<void> {
    const { key, address } = this.#options;
    const facts = await this.#bucket.head(key);
    if (facts?.bytes === this.#bytes) return;
    throw new OutputError(`cannot write ${address}: the store lost the upload`, {
      object: address,
      hint: "see whether a lifecycle rule or somebody else aborts uploads, and try again",
    });
  }

  /** Leaves no parts behind. Never throws. */
  async abort(): Promise<void> {
    this.#abort.abort();
    await Promise.all(this.#underWay);
    const uploadId = await this.#uploadId?.catch(() => undefined);
    if (uploadId === undefined) return;
    await this.#bucket.abortUpload({ key: this.#options.key, uploadId }).catch(() => undefined);
  }
}

interface Part {
  readonly upload: { readonly key: string; readonly uploadId: string };
  readonly number: number;
  readonly body: Buffer;
  /** Null where the system has no MD5. */
  readonly md5: Buffer | null;
}

function tooLarge({ address, isEqual }: UploadOptions): OutputError {
  const limit = Math.floor(maxUploadBytes(isEqual) / 1024 ** 3);
  return new OutputError(`cannot write ${address}: the archive is larger than ${limit} GiB`, {
    object: address,
    hint: "write it to a disk and copy it with another tool, or divide it by schemas",
  });
}
