/**
 * Requests to one bucket: signed (AWS Signature Version 4, by aws4fetch), sent, and tried again when the store or the network
 * fails for a moment. It knows no archives and no folders.
 */
import { hash } from "node:crypto";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { AwsV4Signer } from "aws4fetch";
import { Agent, type Dispatcher, ProxyAgent, request as send } from "undici";
import { AbortedError, isNexushubDumpError, StoreError } from "../../errors.ts";
import type { RateLimit } from "../rate-limit.ts";
import { backoffMs, type StoreState } from "./backoff.ts";
import {
  isClockRefusal,
  isFinalNetworkError,
  isPassing,
  networkError,
  readRefusal,
  type Refusal,
  refusalError,
} from "./s3-error.ts";
import type { S3Settings } from "./settings.ts";

export interface S3Request {
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  /** Of an object; the bucket itself when absent. */
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** What is tried, for messages: `write`, `read`. */
  readonly action: string;
  /** Statuses that are an answer and no failure. */
  readonly accept?: readonly number[];
  /** Codes of a store that are an answer and no failure. */
  readonly acceptCodes?: readonly string[];
  readonly signal?: AbortSignal | undefined;
  /** How long the store may take to answer. */
  readonly timeoutMs?: number;
}

export interface S3Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  /** How often it was sent before: an earlier one may have been carried out, and its answer lost. */
  readonly retries: number;
}

/** An answer whose body is still to be read. */
export interface S3Stream extends Omit<S3Answer, "body" | "retries"> {
  readonly body: Readable;
}

const TIMEOUT_MS = 60_000;
/** Stores refuse requests whose time is off by a quarter of an hour. */
const MIN_SKEW_MS = 60_000;
/** Of a store that is given up. */
const SHORT_TIMEOUT_MS = 10_000;
/** Of an answer that is read as a whole: a listing of 1000 keys is far below. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/** The text of a header, whatever the store sent. */
export function headerOf({ headers }: Pick<S3Answer, "headers">, name: string): string | null {
  const value = headers[name];
  return typeof value === "string" ? value : null;
}

export class S3Client {
  readonly bucket: string;
  /** The endpoint: what it serves, it can copy from one bucket to another. */
  readonly store: string;
  readonly limit: RateLimit | undefined;
  /** Gives the address of a key, for messages. */
  readonly #addressOf: (key: string) => string;
  readonly #settings: S3Settings;
  readonly #dispatcher: Dispatcher;
  readonly #signingKeys = new Map<string, ArrayBuffer>();
  /** What must be added to this machine's clock. */
  #skewMs = 0;
  /** Until the store answers, a failure is likelier to be a wrong address. */
  #state: StoreState = "unknown";

  constructor(
    settings: S3Settings,
    addressOf: (key: string) => string,
    limit: RateLimit | undefined,
  ) {
    this.#settings = settings;
    this.#addressOf = addressOf;
    this.bucket = settings.bucket;
    this.store = settings.endpoint.href;
    this.limit = limit;
    const { ca, proxy } = settings;
    const tls = ca === undefined ? {} : { ca };
    const common = { keepAliveTimeout: 20_000, bodyTimeout: TIMEOUT_MS, connections: 16 };
    this.#dispatcher =
      proxy === undefined
        ? new Agent({ ...common, connect: { ...tls, timeout: 10_000 } })
        : new ProxyAgent({ ...common, uri: proxy, requestTls: tls });
  }

  /** The store's time, as far as it is known. */
  now(): Date {
    return new Date(Date.now() + this.#skewMs);
  }

  /**
   * Sends a request, again when it fails for a moment, and reads the answer.
   * @throws StoreError only when it is refused or does not get through; AbortedError.
   */
  async send(request: S3Request): Promise<S3Answer> {
    for (let retries = 0; ; retries++) {
      try {
        const { status, headers, body } = await this.open(request);
        const bytes = await readAll(body);
        const answer = { status, headers, body: bytes, retries };
        if (this.#isAccepted(request, answer)) return answer;
        const refusal = readRefusal(status, headers, bytes);
        if (refusal.code !== null && request.acceptCodes?.includes(refusal.code)) return answer;
        await this.#refused(refusal, answer, request);
      } catch (error) {
        await this.retryAfter(error, retries, request);
      }
    }
  }

  /** A success can still be a failure: some requests answer 200 before they are done. */
  #isAccepted({ method, accept = [] }: S3Request, { status, body }: S3Answer): boolean {
    if (accept.includes(status)) return true;
    if (status < 200 || status > 299) return false;
    return method === "GET" || !/<Error>/.test(body.toString("latin1", 0, 4096));
  }

  /**
   * Sends a request once, for whoever reads the body and knows how to go on.
   * @throws what the network throws; StoreError.
   */
  async open(request: S3Request): Promise<S3Stream> {
    const { method, body, signal } = request;
    const timeoutMs = this.#state === "given-up" ? SHORT_TIMEOUT_MS : request.timeoutMs;
    const { url, headers } = await this.#sign(request);
    const answer = await send(url, {
      method,
      headers,
      body: this.#bodyOf(body, signal),
      dispatcher: this.#dispatcher,
      signal,
      headersTimeout: timeoutMs ?? TIMEOUT_MS,
      bodyTimeout: timeoutMs ?? TIMEOUT_MS,
    });
    const isWell = answer.statusCode < 500;
    if (isWell || this.#state === "unknown") this.#state = "answers";
    return { status: answer.statusCode, headers: answer.headers, body: answer.body };
  }

  /**
   * Waits before another try of what failed with `error`: a request, or a body that broke off after it began.
   * @throws what the failure means, when there is no other try; AbortedError.
   */
  async retryAfter(error: unknown, retries: number, request: S3Request): Promise<void> {
    if (request.signal?.aborted === true) throw aborted(request.signal);
    if (isNexushubDumpError(error)) throw error;
    const isFinal = isFinalNetworkError(error);
    if (!isFinal && (await this.#mayRetry(retries, request))) return;
    throw networkError(error, {
      action: request.action,
      object: this.#objectOf(request),
      host: this.#settings.proxy === undefined ? this.#settings.endpoint.host : "through the proxy",
    });
  }

  /** Waits before another try; false when there were enough. */
  async #mayRetry(retries: number, { signal }: Pick<S3Request, "signal">): Promise<boolean> {
    const waitMs = backoffMs(retries, this.#state);
    if (waitMs === null) {
      this.#state = "given-up";
      return false;
    }
    await sleep(waitMs, undefined, { signal }).catch(() => {
      throw aborted(signal);
    });
    return true;
  }

  /**
   * Reads why a request was refused, and waits before another try; not when the store's time was all that was missing.
   * @throws what the refusal means, when there is no other try; what the network throws; AbortedError.
   */
  async judge(answer: S3Stream, retries: number, request: S3Request): Promise<void> {
    const { status, headers, body } = answer;
    const refusal = readRefusal(status, headers, await readAll(body));
    await this.#refused(refusal, { headers, retries }, request);
  }

  /** The same for a refusal that was read. */
  async #refused(
    refusal: Refusal,
    { headers, retries }: Pick<S3Answer, "headers" | "retries">,
    request: S3Request,
  ): Promise<void> {
    if (isClockRefusal(refusal) && this.#setClock(headers)) return;
    if (isPassing(refusal) && (await this.#mayRetry(retries, request))) return;
    throw refusalError(refusal, request.action, this.#objectOf(request));
  }

  /** Takes the store's time from an answer; false when it is known. A clock may be set in the life of a process. */
  #setClock(headers: S3Answer["headers"]): boolean {
    const time = Date.parse(headerOf({ headers }, "date") ?? "");
    const skewMs = time - Date.now();
    if (Number.isNaN(time) || Math.abs(skewMs - this.#skewMs) < MIN_SKEW_MS) return false;
    this.#skewMs = skewMs;
    return true;
  }

  #objectOf({ key }: S3Request): string {
    return this.#addressOf(key ?? "");
  }

  #bodyOf(body: Buffer | undefined, signal: AbortSignal | undefined): Buffer | Readable | null {
    if (body === undefined) return null;
    return this.limit === undefined ? body : Readable.from(this.limit.chunks(body, signal));
  }

  async #sign({ method, key, query, headers, body }: S3Request) {
    const { region, credentials } = this.#settings;
    const { accessKeyId, secretAccessKey, sessionToken } = await credentials();
    const signer = new AwsV4Signer({
      method,
      url: this.#urlOf(key, query),
      headers: { ...headers, "x-amz-content-sha256": await digestOf(body) },
      accessKeyId,
      secretAccessKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
      service: "s3",
      region,
      datetime: this.now()
        .toISOString()
        .replaceAll(/[:-]|\.\d{3}/g, ""),
      cache: this.#signingKeys,
    });
    const signed = await signer.sign();
    const length = body === undefined ? {} : { "content-length": String(body.length) };
    return { url: signed.url, headers: { ...Object.fromEntries(signed.headers), ...length } };
  }

  #urlOf(key: string | undefined, query: Readonly<Record<string, string>> = {}): string {
    const { endpoint, bucket, isPathStyle } = this.#settings;
    const base = endpoint.pathname.replace(/\/$/, "");
    const host = isPathStyle ? endpoint.host : `${bucket}.${endpoint.host}`;
    const path = [...(isPathStyle ? [bucket] : []), ...(key === undefined ? [] : [encodeKey(key)])];
    const pairs = Object.entries(query).map(([name, value]) => `${encode(name)}=${encode(value)}`);
    const search = pairs.length === 0 ? "" : `?${pairs.join("&")}`;
    return `${endpoint.protocol}//${host}${base}/${path.join("/")}${search}`;
  }
}

const EMPTY_DIGEST = hash("sha256", "", "hex");

/** Signed with the rest, so that the store checks what it got. */
async function digestOf(body: Buffer | undefined): Promise<string> {
  if (body === undefined) return EMPTY_DIGEST;
  // On another core.
  const digest = await crypto.subtle.digest("SHA-256", body);
  return Buffer.from(digest).toString("hex");
}

/** As the signature wants it (RFC 3986). */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** A key in a URL, or in the header that names the source of a copy. */
export function encodeKey(key: string): string {
  return key.split("/").map(encode).join("/");
}

async function readAll(body: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES)
      throw new StoreError("the object store sent an answer that is far too long");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function aborted(signal: AbortSignal | undefined): AbortedError {
  return new AbortedError("while waiting for the object store", { cause: signal?.reason });
}
