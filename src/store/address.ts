/**
 * Addresses of objects and of prefixes: `s3://bucket/prefix/name?endpoint=…`. What follows the question mark says how the
 * store is reached; it never holds a secret. Everything else is a path of this machine. Pure.
 */
import { join, resolve } from "node:path";
import { UsageError } from "../errors.ts";
import { withoutUndefined } from "../util/without-undefined.ts";

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
  /** Bytes per second that transfers are held to. */
  readonly limitRate?: number | undefined;
  /** Days for which what is written cannot be removed. */
  readonly lockDays?: number | undefined;
  /** Whether a right (governance) or nobody (compliance) can lift the lock. Default: governance. */
  readonly lockMode?: "governance" | "compliance" | undefined;
}

const SCHEME = /^s3:\/\//i;
/** The names of the options in an address. */
const OPTION_NAMES = {
  endpoint: "endpoint",
  region: "region",
  profile: "profile",
  style: "style",
  limitRate: "limit-rate",
  lockDays: "lock-days",
  lockMode: "lock-mode",
} as const satisfies Record<keyof StoreAddressOptions, string>;
const BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]{1,62}$/;

/** Whether a text is the address of an object store, and no path. */
export function isStoreAddress(text: unknown): text is `s3://${string}` {
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
  const values = new Map<string, string>();
  const names: readonly string[] = Object.values(OPTION_NAMES);
  for (const [name, value] of new URLSearchParams(query ?? "")) {
    // The value is not repeated: somebody may have put a secret there.
    if (!names.includes(name)) {
      throw invalid(`there is no option ${name}`, null, `options are ${names.join(", ")}`);
    }
    values.set(name, value);
  }
  const endpoint = values.get("endpoint");
  if (endpoint !== undefined) checkEndpoint(endpoint);
  return withoutUndefined<StoreAddressOptions>({
    endpoint,
    region: values.get("region"),
    profile: values.get("profile"),
    style: wordOf(values, "style", ["path", "host"]),
    limitRate: positiveOf(values, "limit-rate"),
    lockDays: positiveOf(values, "lock-days"),
    lockMode: wordOf(values, "lock-mode", ["governance", "compliance"]),
  });
}

function wordOf<T extends string>(
  values: ReadonlyMap<string, string>,
  name: string,
  words: readonly T[],
): T | undefined {
  const value = values.get(name);
  if (value === undefined) return undefined;
  const word = words.find((each) => each === value);
  if (word === undefined) throw invalid(`${name} is neither ${words.join(" nor ")}`, null);
  return word;
}

function positiveOf(values: ReadonlyMap<string, string>, name: string): number | undefined {
  const value = values.get(name);
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number <= 0)
    throw invalid(`${name} is not a positive integer`, null);
  return number;
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
  const pairs = (Object.keys(OPTION_NAMES) as (keyof typeof OPTION_NAMES)[]).flatMap((name) => {
    const value = options[name];
    return value === undefined ? [] : [`${OPTION_NAMES[name]}=${encodeOption(String(value))}`];
  });
  const path = key === "" ? bucket : `${bucket}/${key}`;
  return `s3://${path}${pairs.length === 0 ? "" : `?${pairs.join("&")}`}`;
}

/** Colons and slashes stay as they are: an endpoint can be read. */
function encodeOption(value: string): string {
  return encodeURIComponent(value).replaceAll("%3A", ":").replaceAll("%2F", "/");
}

/** The same address, without what says how to write there. */
export function readingAddress({ bucket, key, options }: StoreAddress): StoreAddress {
  const { limitRate: _limitRate, lockDays: _days, lockMode: _mode, ...rest } = options;
  return { bucket, key, options: rest };
}

/** The folder that an object is in, and its name there. */
export function splitKey(key: string): { readonly prefix: string; readonly name: string } {
  const slash = key.lastIndexOf("/");
  return { prefix: key.slice(0, slash + 1), name: key.slice(slash + 1) };
}

/** What the keys of the objects in a folder begin with. */
export function prefixOf(folderKey: string): string {
  return folderKey === "" ? "" : `${folderKey}/`;
}

/** A text's address with other options for writing; a path of this machine stays as it is. */
export function withStoreOptions(
  address: string,
  options: Pick<StoreAddressOptions, "limitRate" | "lockDays" | "lockMode">,
): string {
  const set = withoutUndefined(options);
  if (Object.keys(set).length === 0 || !isStoreAddress(address)) return address;
  const parsed = parseStoreAddress(address);
  return formatStoreAddress({ ...parsed, options: { ...parsed.options, ...set } });
}

/** The text up to the options of an address: what a name ends with is said there. */
export function withoutOptions(address: string): string {
  return isStoreAddress(address) ? address.split("?", 1)[0]! : address;
}

/** The address of a file in a folder: of this machine, or of a store. */
export function addressIn(folder: string, name: string): string {
  if (!isStoreAddress(folder)) return join(folder, name);
  const { key, ...rest } = readingAddress(parseStoreAddress(folder));
  return formatStoreAddress({ ...rest, key: prefixOf(key) + name });
}

/** An absolute path; the address of a store stays as it is. */
export function absoluteAddress(cwd: string, address: string): string {
  return isStoreAddress(address) ? address : resolve(cwd, address);
}

/** The folder that an object is in. */
export function folderOf(address: string): string {
  const parsed = parseStoreAddress(address);
  return formatStoreAddress({ ...parsed, key: splitKey(parsed.key).prefix.replace(/\/$/, "") });
}
