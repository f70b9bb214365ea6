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
/** Read at once when something in it is asked for: what tells archives from other files, and an encrypted one's header. */
const HEAD_BYTES = 256 * 1024;

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
  const ends = await readEnds(object);
  const { tail, size, etag } = ends;
  const begin = size - tail.length;
  const readFromStore = async (offset: number, length: number): Promise<Buffer> => {
    const buffer = Buffer.allocUnsafeSlow(length);
    await readRange({ ...object, etag }, offset, buffer);
    return buffer;
  };
  return {
    size,
    stored: { store: client.store, bucket: client.bucket, key, etag },
    async read(offset, length) {
      if (offset < 0 || offset + length > size)
        throw new ArchiveError("the archive is shorter than it says", { object: address });
      if (offset >= begin)
        return Buffer.from(tail.subarray(offset - begin, offset - begin + length));
      const end = offset + length;
      if (end <= Math.min(HEAD_BYTES, begin)) {
        ends.head ??= await readFromStore(0, Math.min(HEAD_BYTES, begin));
        return Buffer.from(ends.head.subarray(offset, end));
      }
      if (end <= begin) return readFromStore(offset, length);
      return Buffer.concat([
        await readFromStore(offset, begin - offset),
        tail.subarray(0, end - begin),
      ]);
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

interface Ends {
  readonly tail: Buffer;
  readonly size: number;
  readonly etag: string | null;
  /** When it was read. */
  head?: Buffer;
}

/** The object that was opened last by each client: a command looks what a file is before it reads it. */
const opened = new WeakMap<S3Client, { readonly key: string; readonly ends: Ends }>();

/** Reads the end of an object; asks only whether it is still the same when it was opened before. */
async function readEnds(object: ReadObject): Promise<Ends> {
  const last = opened.get(object.client);
  const known = last?.key === object.key ? last.ends : null;
  const now = await readTail(object, known?.etag ?? null);
  // Some stores send it although it is the same.
  const isSame = now === null || (now.etag !== null && now.etag === known?.etag);
  const ends = isSame ? known! : now;
  opened.set(object.client, { key: object.key, ends });
  return ends;
}

/**
 * @param known the object is not sent again when it is still this one.
 * @returns null when it is.
 */
async function readTail(
  { client, key, address, signal }: ReadObject,
  known: string | null,
): Promise<Ends | null> {
  const headers = {
    range: `bytes=-${TAIL_BYTES}`,
    ...(known === null ? {} : { "if-none-match": known }),
  };
  const request: S3Request = { method: "GET", key, headers, action: "read", signal };
  const accept = known === null ? [404, 416] : [304, 404, 416];
  const answer = await client.send({ ...request, accept, acceptCodes: ["NoSuchKey"] });
  if (answer.status === 304) return null;
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
