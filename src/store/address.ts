/**
 * Addresses of objects and of prefixes: `s3://bucket/prefix/name?endpoint=…`. What follows the question mark says how the
 * store is reached; it never holds a secret. Everything else is a path of this machine. Pure.
 */
import { join, resolve } from "node:path";
import { UsageError } from "../errors.ts";

/** The parts of an address of an object store. */
export interface StoreAddress {
  readonly bucket: string;
  /** Key of an object, or the prefix of a folder; without slashes at its ends. */
  readonly key: string;
  readonly options: StoreAddressOptions;
}

/** What an address may say of how its store is reached. */
export interface StoreAddressOptions {
  /** `https://host:port`, for stores other than AWS. */
  readonly endpoint?: string | undefined;
  readonly region?: string | undefined;
  /** The profile of the shared files. */
  readonly profile?: string | undefined;
  /** Whether the bucket is in the path or in the host's name. */
  readonly style?: "path" | "host" | undefined;
}

const SCHEME = /^s3:\/\//i;
const OPTION_NAMES = ["endpoint", "region", "profile", "style"] as const;
const BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]{1,62}$/;

/** Whether a text is the address of an object store, and no path. */
export function isStoreAddress(text: unknown): text is string {
  return typeof text === "string" && SCHEME.test(text);
}

/** @throws UsageError only when it is not a valid address. */
export function parseStoreAddress(text: string): StoreAddress {
  const [location, query] = splitQuery(text.replace(SCHEME, ""));
  const slash = location.indexOf("/");
  const bucket = slash < 0 ? location : location.slice(0, slash);
  const key = slash < 0 ? "" : location.slice(slash + 1).replace(/^\/+|\/+$/g, "");
  if (bucket.includes("@") || bucket.includes(":")) throw secretInAddress();
  if (!BUCKET.test(bucket)) {
    throw invalid("the name of the bucket is missing or not valid", bucket);
  }
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) throw invalid("the key is too long", bucket);
  if (key.split("/").some((part) => part === "." || part === ".." || part === "")) {
    if (key !== "") throw invalid("the key has an empty part, or the part . or ..", bucket);
  }
  // oxlint-disable-next-line no-control-regex -- they are what is refused
  if (/[\u0000-\u001f\u007f]/.test(key)) throw invalid("the key has control characters", bucket);
  return { bucket, key, options: parseOptions(query) };
}

/** Of S3; other stores allow no more. */
const MAX_KEY_BYTES = 1024;

function splitQuery(text: string): [location: string, query: string | undefined] {
  const mark = text.indexOf("?");
  return mark < 0 ? [text, undefined] : [text.slice(0, mark), text.slice(mark + 1)];
}

function parseOptions(query: string | undefined): StoreAddressOptions {
  const options: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query ?? "")) {
    // The value is not repeated: somebody may have put a secret there.
    if (!(OPTION_NAMES as readonly string[]).includes(name)) {
      throw invalid(`there is no option ${name}`, null, `options are ${OPTION_NAMES.join(", ")}`);
    }
    options[name] = value;
  }
  const { endpoint, style } = options;
  if (endpoint !== undefined) checkEndpoint(endpoint);
  if (style !== undefined && style !== "path" && style !== "host") {
    throw invalid("the style is neither path nor host", null);
  }
  return options;
}

/** @throws UsageError only when it is no URL of a host, or holds a password. */
export function checkEndpoint(endpoint: string): URL {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : null;
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    throw invalid("the endpoint is no URL with http or https", null);
  }
  if (url.username !== "" || url.password !== "") throw secretInAddress();
  return url;
}

function invalid(what: string, bucket: string | null, hint?: string): UsageError {
  return new UsageError(`the address of the object store is not valid: ${what}`, {
    object: bucket ?? undefined,
    hint: hint ?? "write s3://bucket/prefix/name",
  });
}

function secretInAddress(): UsageError {
  return new UsageError("the address of the object store holds a login", {
    hint: "put keys into the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY) or a shared file",
  });
}

/** The address as text. */
export function formatStoreAddress({ bucket, key, options }: StoreAddress): string {
  const set = Object.entries(options).filter(([, value]) => value !== undefined);
  const query = new URLSearchParams(set as [string, string][]).toString();
  const path = key === "" ? bucket : `${bucket}/${key}`;
  return `s3://${path}${query === "" ? "" : `?${query}`}`;
}

/** The address of a file in a folder: of this machine, or of a store. */
export function addressIn(folder: string, name: string): string {
  if (!isStoreAddress(folder)) return join(folder, name);
  const { key, ...rest } = parseStoreAddress(folder);
  return formatStoreAddress({ ...rest, key: key === "" ? name : `${key}/${name}` });
}

/** An absolute path; the address of a store stays as it is. */
export function absoluteAddress(cwd: string, address: string): string {
  return isStoreAddress(address) ? address : resolve(cwd, address);
}
