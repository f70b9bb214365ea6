/** The operations on a bucket that archives need, each one request (or one for a thousand keys). */
import {
  decodeKey,
  expectXml,
  factsOf,
  type ListedObject,
  listedObject,
  type ObjectFacts,
  strange,
  type UnfinishedUpload,
  unfinishedUpload,
} from "./answers.ts";
import { encodeKey, headerOf, type S3Client } from "./client.ts";
import { md5Header } from "./md5.ts";
import { elementsOf, escapeXml, parseXml, textOf } from "./xml.ts";

export interface UploadedPart {
  readonly number: number;
  readonly etag: string;
}

/** A range of an object, to copy it inside the store. */
export interface CopiedRange {
  readonly bucket: string;
  readonly key: string;
  readonly etag: string | null;
  /** As in the header `Range`. */
  readonly range: string;
}

/** How an object can come into being: headers of the first request. */
export type ObjectHeaders = Readonly<Record<string, string>>;

/** Completing assembles the object; some stores take minutes for it. */
const COMPLETE_TIMEOUT_MS = 10 * 60 * 1000;
const NEVER_REPLACE = { "if-none-match": "*" };
/** Of a store that does not know conditions. */
const NO_CONDITIONS = "NotImplemented";

export class S3Bucket {
  readonly client: S3Client;

  constructor(client: S3Client) {
    this.client = client;
  }

  /** What is known of an object; null when there is none. */
  async head(key: string): Promise<ObjectFacts | null> {
    const request = { method: "HEAD", key, action: "read" } as const;
    let answer = await this.client.send({ ...request, accept: [301, 400, 403, 404] });
    // The answer to HEAD has no body, which would say why; a listing does.
    if (answer.status >= 300 && answer.status !== 404) {
      await this.list("", 1);
      answer = await this.client.send({ ...request, accept: [404] });
    }
    return answer.status === 404 ? null : factsOf(answer);
  }

  /** A small object; null when there is none. */
  async get(key: string): Promise<Buffer | null> {
    const answer = await this.client.send({ method: "GET", key, action: "read", accept: [404] });
    if (answer.status !== 404) return answer.body;
    const code = textOf(parseXml(answer.body.toString("utf8")), "Code");
    // Fails with what is wrong.
    if (code === "NoSuchBucket") await this.list("", 1);
    return null;
  }

  /** Writes an object, in place of what was there. */
  async put(key: string, body: Buffer, headers: ObjectHeaders = {}): Promise<void> {
    const all = { ...md5Header(body), ...headers };
    await this.client.send({ method: "PUT", key, body, headers: all, action: "write" });
  }

  /** Writes an object where none is. @returns false when there is one already, as far as the store honours the condition. */
  async putIfAbsent(
    key: string,
    body: Buffer,
    headers: ObjectHeaders = {},
    signal?: AbortSignal,
  ): Promise<boolean> {
    const request = { method: "PUT", key, body, action: "write", signal } as const;
    const all = { ...md5Header(body), ...headers };
    const answer = await this.client.send({
      ...request,
      headers: { ...all, ...NEVER_REPLACE },
      accept: [412, 409],
      acceptCodes: [NO_CONDITIONS],
    });
    // A retry meets the object that the first try wrote.
    if (answer.status === 412) return answer.retries > 0 && (await this.#isSame(key, body));
    if (answer.status === 409) return false;
    if (answer.status >= 300) await this.client.send({ ...request, headers: all });
    return true;
  }

  async #isSame(key: string, body: Buffer): Promise<boolean> {
    return (await this.get(key))?.equals(body) === true;
  }

  /** Copies an object of the bucket, in one request. @param headers of the new object. */
  async copy(from: string, key: string, headers: ObjectHeaders): Promise<void> {
    const all = { ...headers, ...copySource(this.client.bucket, from) };
    await this.client.send({ method: "PUT", key, headers: all, action: "copy" });
  }

  async remove(key: string): Promise<void> {
    await this.client.send({ method: "DELETE", key, action: "remove", accept: [404] });
  }

  /**
   * Objects whose keys begin with a prefix, without those in deeper folders.
   * @param limit at most so many.
   */
  async list(prefix: string, limit = Infinity): Promise<ListedObject[]> {
    const objects: ListedObject[] = [];
    const query: Record<string, string> = {
      "list-type": "2",
      "encoding-type": "url",
      delimiter: "/",
      prefix,
      "max-keys": String(Math.min(limit, 1000)),
    };
    for (;;) {
      const { body } = await this.client.send({ method: "GET", query, action: "list" });
      const answer = expectXml(body, "ListBucketResult");
      for (const item of elementsOf(answer, "Contents")) objects.push(listedObject(item));
      const next = textOf(answer, "NextContinuationToken");
      if (textOf(answer, "IsTruncated") !== "true" || next === null || objects.length >= limit)
        return objects;
      query["continuation-token"] = next;
    }
  }

  /** Unfinished uploads whose keys begin with a prefix. */
  async listUploads(prefix: string): Promise<UnfinishedUpload[]> {
    const uploads: UnfinishedUpload[] = [];
    const query: Record<string, string> = { uploads: "", "encoding-type": "url", prefix };
    for (;;) {
      const request = { method: "GET", query, action: "list the uploads of" } as const;
      const { body } = await this.client.send(request);
      const answer = expectXml(body, "ListMultipartUploadsResult");
      for (const item of elementsOf(answer, "Upload")) uploads.push(unfinishedUpload(item));
      if (textOf(answer, "IsTruncated") !== "true") return uploads;
      query["key-marker"] = decodeKey(textOf(answer, "NextKeyMarker") ?? "");
      query["upload-id-marker"] = textOf(answer, "NextUploadIdMarker") ?? "";
    }
  }

  async createUpload(key: string, headers: ObjectHeaders, signal?: AbortSignal): Promise<string> {
    const request = { method: "POST", key, query: { uploads: "" }, headers } as const;
    const { body } = await this.client.send({ ...request, action: "write", signal });
    const uploadId = textOf(expectXml(body, "InitiateMultipartUploadResult"), "UploadId");
    if (uploadId === null || uploadId === "") throw strange();
    return uploadId;
  }

  async uploadPart(
    { key, uploadId }: Pick<UnfinishedUpload, "key" | "uploadId">,
    number: number,
    { body, md5 }: { readonly body: Buffer; readonly md5: string | null },
    signal: AbortSignal,
  ): Promise<UploadedPart> {
    const answer = await this.client.send({
      method: "PUT",
      key,
      query: { partNumber: String(number), uploadId },
      headers: md5 === null ? {} : { "content-md5": md5 },
      body,
      action: "write",
      signal,
    });
    return { number, etag: headerOf(answer, "etag") ?? "" };
  }

  /** Copies a range of another object into a part, inside the store. */
  async copyPart(
    { key, uploadId }: Pick<UnfinishedUpload, "key" | "uploadId">,
    number: number,
    source: CopiedRange,
    signal?: AbortSignal,
  ): Promise<UploadedPart> {
    const { body } = await this.client.send({
      method: "PUT",
      key,
      query: { partNumber: String(number), uploadId },
      headers: {
        ...copySource(source.bucket, source.key),
        "x-amz-copy-source-range": source.range,
        ...(source.etag === null ? {} : { "x-amz-copy-source-if-match": source.etag }),
      },
      action: "copy",
      signal,
      timeoutMs: COMPLETE_TIMEOUT_MS,
    });
    return { number, etag: textOf(expectXml(body, "CopyPartResult"), "ETag") ?? "" };
  }

  /**
   * Makes an object of the parts.
   * @returns false when there is an object of this key already, as far as the store honours the condition; null when it does
   *   not know the upload any more: an earlier try may have completed it.
   */
  async completeUpload(
    { key, uploadId }: Pick<UnfinishedUpload, "key" | "uploadId">,
    parts: readonly UploadedPart[],
    signal?: AbortSignal,
  ): Promise<boolean | null> {
    const items = parts.map(
      ({ number, etag }) =>
        `<Part><PartNumber>${number}</PartNumber><ETag>${escapeXml(etag)}</ETag></Part>`,
    );
    const request = {
      method: "POST",
      key,
      query: { uploadId },
      body: Buffer.from(`<CompleteMultipartUpload>${items.join("")}</CompleteMultipartUpload>`),
      action: "write",
      signal,
      timeoutMs: COMPLETE_TIMEOUT_MS,
      acceptCodes: ["NoSuchUpload"],
    } as const;
    let answer = await this.client.send({
      ...request,
      headers: NEVER_REPLACE,
      accept: [412, 409],
      acceptCodes: ["NoSuchUpload", NO_CONDITIONS],
    });
    if (answer.status === 501) answer = await this.client.send(request);
    if (answer.status === 412 || answer.status === 409) return answer.retries > 0 ? null : false;
    return answer.status < 300 ? true : null;
  }

  async abortUpload({ key, uploadId }: Pick<UnfinishedUpload, "key" | "uploadId">): Promise<void> {
    const request = { method: "DELETE", key, query: { uploadId }, action: "abort" } as const;
    await this.client.send({ ...request, accept: [404] });
  }
}

function copySource(bucket: string, key: string): ObjectHeaders {
  return { "x-amz-copy-source": `/${bucket}/${encodeKey(key)}` };
}
