/**
 * An object read by ranges. The first request gets its end, where an archive's manifest is; a range that breaks off goes on
 * where it ended; and an object that is replaced meanwhile is an error, never a mixture.
 */
import { setMaxListeners } from "node:events";
import { ArchiveError, StoreError } from "../../errors.ts";
import type { ByteSource } from "../folder.ts";
import { headerOf, type S3Client, type S3Request, type S3Stream } from "./client.ts";

/** Enough for the manifest of most archives. */
const TAIL_BYTES = 1024 * 1024;

/** @throws ArchiveError only when there is no such object; StoreError. */
export async function openRangeReader(
  client: S3Client,
  key: string,
  address: string,
): Promise<ByteSource> {
  const controller = new AbortController();
  // One for each range that is being read.
  setMaxListeners(0, controller.signal);
  const object = { client, key, address, signal: controller.signal };
  const { tail, size, etag } = await readTail(object);
  return {
    size,
    stored: { store: client.store, bucket: client.bucket, key, etag },
    async read(offset, length) {
      if (offset < 0 || offset + length > size)
        throw new ArchiveError("the archive is shorter than it says", { object: address });
      const begin = size - tail.length;
      if (offset >= begin)
        return Buffer.from(tail.subarray(offset - begin, offset - begin + length));
      const buffer = Buffer.allocUnsafeSlow(length);
      const fromStore = Math.min(length, begin - offset);
      await readRange({ ...object, etag }, offset, buffer.subarray(0, fromStore));
      tail.copy(buffer, fromStore, 0, length - fromStore);
      return buffer;
    },
    async close() {
      controller.abort();
    },
  };
}

interface ReadObject {
  readonly client: S3Client;
  readonly key: string;
  readonly address: string;
  readonly signal: AbortSignal;
}

interface Tail {
  readonly tail: Buffer;
  readonly size: number;
  readonly etag: string | null;
}

async function readTail({ client, key, address, signal }: ReadObject): Promise<Tail> {
  const headers = { range: `bytes=-${TAIL_BYTES}` };
  const request: S3Request = { method: "GET", key, headers, action: "read", signal };
  const answer = await client.send({ ...request, accept: [404, 416], acceptCodes: ["NoSuchKey"] });
  if (answer.status === 404) throw await missing(client, address);
  const etag = headerOf(answer, "etag");
  // An empty object has no range.
  if (answer.status === 416) return { tail: Buffer.alloc(0), size: 0, etag };
  if (answer.status === 200) return { tail: answer.body, size: answer.body.length, etag };
  const [, last, size] =
    /^bytes \d+-(\d+)\/(\d+)$/.exec(headerOf(answer, "content-range") ?? "") ?? [];
  const total = Number(size);
  if (Number(last) !== total - 1 || answer.body.length !== Math.min(TAIL_BYTES, total))
    throw noRanges(address);
  return { tail: answer.body, size: total, etag };
}

/** A missing bucket is another mistake than a missing object. */
async function missing(client: S3Client, address: string): Promise<Error> {
  const query = { "list-type": "2", "max-keys": "1" };
  // Who may not list learns no more.
  await client.send({ method: "GET", query, action: "read", accept: [403] });
  return new ArchiveError(`cannot read ${address}: there is no such object`, { object: address });
}

interface KnownObject extends ReadObject {
  readonly etag: string | null;
}

async function readRange(object: KnownObject, offset: number, target: Buffer): Promise<void> {
  const { client, key, etag, signal } = object;
  const end = offset + target.length - 1;
  let at = 0;
  for (let retries = 0; at < target.length;) {
    const headers = {
      range: `bytes=${offset + at}-${end}`,
      ...(etag === null ? {} : { "if-match": etag }),
    };
    const request: S3Request = { method: "GET", key, headers, action: "read", signal };
    const before = at;
    try {
      const answer = await client.open(request);
      if (answer.status === 206) {
        for await (const chunk of chunksOf(answer, client)) at += copyChunk(chunk, target, at);
      } else {
        await refuseOther(answer, object);
        await client.judge(answer, retries++, request);
        continue;
      }
      if (at < target.length) throw Object.assign(new Error("short"), { code: "ECONNRESET" });
    } catch (error) {
      // Progress is a reason to try as often again.
      retries = at > before ? 0 : retries + 1;
      await client.retryAfter(error, retries, request);
    }
  }
}

function copyChunk(chunk: Buffer, target: Buffer, at: number): number {
  if (at + chunk.length > target.length)
    throw new StoreError("the object store sent more than was asked for");
  return chunk.copy(target, at);
}

async function* chunksOf({ body }: S3Stream, { limit }: S3Client): AsyncGenerator<Buffer> {
  for await (const chunk of body as AsyncIterable<Buffer>) {
    await limit?.wait(chunk.length);
    yield chunk;
  }
}

/** @throws ArchiveError or StoreError for an answer that no other try would change. */
async function refuseOther({ status, body }: S3Stream, { address }: KnownObject): Promise<void> {
  if (![200, 404, 412, 416].includes(status)) return;
  body.on("error", () => undefined).destroy();
  if (status === 200) throw noRanges(address);
  throw new ArchiveError(`${address} was removed or replaced while it was read`, {
    object: address,
  });
}

function noRanges(address: string): StoreError {
  return new StoreError(`cannot read ${address}: the store sends no ranges of objects`, {
    object: address,
    hint: "check the endpoint, and a cache or proxy before it",
  });
}
