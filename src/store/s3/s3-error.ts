/** What an object store's refusals mean, and which of them pass. */
import { StoreError } from "../../errors.ts";
import { parseXml, textOf } from "./xml.ts";

/** An answer that is no success. */
export interface Refusal {
  readonly status: number;
  /** The store's code; null when the answer has none. */
  readonly code: string | null;
  /** The region that the store names instead of the one that was asked. */
  readonly region: string | null;
}

/** Reads the answer of a failed request. */
export function readRefusal(
  status: number,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: Buffer,
): Refusal {
  const xml = body.length === 0 ? null : parseXml(body.toString("utf8"));
  const code = xml?.name === "Error" ? textOf(xml, "Code") : null;
  const header = headers["x-amz-bucket-region"];
  const region = (typeof header === "string" ? header : null) ?? textOf(xml, "Region");
  return {
    status,
    code: code !== null && /^[A-Za-z0-9.]{1,64}$/.test(code) ? code : null,
    region: region !== null && /^[\w-]{1,64}$/.test(region) ? region : null,
  };
}

const PASSING_STATUS: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);
/** BadDigest and its like: the bytes were damaged on their way. */
const PASSING_CODE: ReadonlySet<string | null> = new Set([
  "RequestTimeout",
  "SlowDown",
  "Throttling",
  "InternalError",
  "ServiceUnavailable",
  "OperationAborted",
  "BadDigest",
  "XAmzContentSHA256Mismatch",
  "IncompleteBody",
]);

/** Whether the same request may succeed a moment later. */
export function isPassing({ status, code }: Refusal): boolean {
  return PASSING_STATUS.has(status) || PASSING_CODE.has(code);
}

/** Whether the store says that this machine's clock is wrong. */
export function isClockRefusal({ code }: Refusal): boolean {
  return code === "RequestTimeTooSkewed";
}

type Explanation = readonly [what: string, hint: string];

const KEYS: Explanation = [
  "it does not accept the keys",
  "check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or the profile",
];
const BY_CODE: Readonly<Record<string, Explanation>> = {
  InvalidAccessKeyId: KEYS,
  SignatureDoesNotMatch: KEYS,
  InvalidToken: KEYS,
  ExpiredToken: ["the temporary keys are no longer valid", "get new ones"],
  NoSuchBucket: [
    "there is no such bucket",
    "create it, or check its name and the endpoint; nexushub-dump creates none",
  ],
  AccessDenied: [
    "the keys may not do this",
    "docs/object-stores.md has the rights that are needed; a bucket policy or a lock may forbid it too",
  ],
  RequestTimeTooSkewed: [
    "this machine's clock differs too much from the store's",
    "set the clock, with NTP for instance",
  ],
  QuotaExceeded: ["the quota is used up", "remove something, or raise the quota"],
  InsufficientCapacity: ["it is full", "make room in the store"],
  NotImplemented: [
    "it does not know this operation",
    "docs/object-stores.md has what stores must know",
  ],
  InvalidObjectState: [
    "the object is archived",
    "bring it back to a class that can be read at once",
  ],
  InvalidRequest: [
    "it does not take the request",
    "if an object lock was asked for, the bucket must have it enabled",
  ],
};
const BY_STATUS: Readonly<Record<number, string>> = {
  301: "PermanentRedirect",
  403: "AccessDenied",
  507: "InsufficientCapacity",
};

/**
 * @param object the address that the request was about.
 * @param action what was tried, as `read` or `list`.
 */
export function refusalError(refusal: Refusal, action: string, object: string): StoreError {
  const { status, code, region } = refusal;
  const facts = { object, status, storeCode: code ?? undefined };
  if (region !== null && (status === 301 || status === 400 || status === 307)) {
    return new StoreError(`cannot ${action} ${object}: the bucket is in the region ${region}`, {
      ...facts,
      hint: `set AWS_REGION=${region}, or add ?region=${region} to the address`,
    });
  }
  const [what, hint] = BY_CODE[code ?? BY_STATUS[status] ?? ""] ?? [
    `the store answered ${status}${code === null ? "" : ` ${code}`}`,
    isPassing(refusal) ? "it did so several times; try again later" : undefined,
  ];
  return new StoreError(`cannot ${action} ${object}: ${what}`, { ...facts, hint });
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nobody listens there",
  ENOTFOUND: "there is no host of this name",
  EAI_AGAIN: "the host's name cannot be looked up",
  ECONNRESET: "the connection broke off",
  UND_ERR_SOCKET: "the connection broke off",
  UND_ERR_CONNECT_TIMEOUT: "the host does not answer",
  UND_ERR_HEADERS_TIMEOUT: "the store does not answer",
  UND_ERR_BODY_TIMEOUT: "the store stopped answering",
  CERT_HAS_EXPIRED: "its certificate has expired",
  DEPTH_ZERO_SELF_SIGNED_CERT:
    "its certificate is self-signed: name the authority with AWS_CA_BUNDLE",
  SELF_SIGNED_CERT_IN_CHAIN: "its authority is not known: name it with AWS_CA_BUNDLE",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its authority is not known: name it with AWS_CA_BUNDLE",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another host",
};

/** The code of a broken connection, which the network library wraps. */
function networkCode(error: unknown): string {
  const { code, cause } = error as { readonly code?: unknown; readonly cause?: unknown };
  if (typeof code === "string") return code;
  return cause === undefined ? "" : networkCode(cause);
}

/** Whether a broken connection will not get better by another try. */
export function isFinalNetworkError(error: unknown): boolean {
  const code = networkCode(error);
  return code.includes("CERT") || code.includes("TLS") || code.includes("VERIFY");
}

/** @param host of the endpoint or the proxy. */
export function networkError(
  error: unknown,
  {
    action,
    object,
    host,
  }: { readonly action: string; readonly object: string; readonly host: string },
): StoreError {
  const code = networkCode(error);
  const reason = REASONS[code] ?? (code === "" ? (error as Error).name : code);
  return new StoreError(`cannot ${action} ${object}: ${reason} (${host})`, {
    object,
    hint: "check the endpoint, the network and the proxy",
    cause: error,
  });
}
