/**
 * What the driver and poolers say in words alone, as typed facts. The only file that reads such messages.
 */

export type DriverFault =
  /** The connection has ended, or was never there. */
  | { readonly kind: "lost" }
  | { readonly kind: "timeout" }
  /** The server offers no TLS. */
  | { readonly kind: "no-tls" }
  /** The server answered the request for TLS with neither yes nor no. */
  | { readonly kind: "tls-refused" }
  /** TLS began, and the certificate or the handshake failed. */
  | { readonly kind: "tls" }
  /** The server wants to be authenticated to in a way that the driver does not know. */
  | { readonly kind: "authentication"; readonly method: string }
  /** Messages that make no sense in their order or contents. */
  | { readonly kind: "protocol" };

const MESSAGES: readonly (readonly [RegExp, DriverFault["kind"]])[] = [
  [/^Connection terminated( unexpectedly)?$/, "lost"],
  [/^Client (has encountered a connection error|was closed) and is not queryable$/, "lost"],
  [/^(timeout expired|Query read timeout)$/, "timeout"],
  [/^The server does not support SSL connections$/, "no-tls"],
  [/^There was an error establishing an SSL connection$/, "tls-refused"],
  [/^Received unexpected \w+ message from backend\.$/, "protocol"],
  [/^received invalid response: /, "protocol"],
  [/^SASL: /, "protocol"],
];

/** Codes of AuthenticationRequest (src/include/libpq/protocol.h) that the driver does not know. */
const METHODS: Readonly<Record<string, string>> = {
  "1": "Kerberos 4",
  "2": "Kerberos 5",
  "4": "crypt",
  "6": "SCM credentials",
  "7": "GSSAPI",
  "8": "GSSAPI",
  "9": "SSPI",
};

/** Undefined for what is not the driver's, such as errors of the server and of the system. */
export function driverFault(error: unknown): DriverFault | undefined {
  const { message = "", code = "" } = (error ?? {}) as { message?: string; code?: string };
  const unknown = /^Unknown authenticationOk message type (-?\d+)$/.exec(message);
  if (unknown !== null)
    return { kind: "authentication", method: METHODS[unknown[1]!] ?? `method ${unknown[1]}` };
  // "SASL: Only mechanism(s) SCRAM-SHA-256 are supported"
  if (message.startsWith("SASL: Only mechanism")) return { kind: "authentication", method: "SASL" };
  const known = MESSAGES.find(([pattern]) => pattern.test(message));
  if (known !== undefined) return { kind: known[1] } as DriverFault;
  return /^(ERR_(SSL|TLS)_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|EPROTO$)/.test(
    code,
  )
    ? { kind: "tls" }
    : undefined;
}

/** What pgbouncer refuses with SQLSTATE 08P01 and no other sign. */
export type PoolerFault = "statement-mode" | "startup-parameter";

export function poolerFault(sqlState: string, message: string): PoolerFault | undefined {
  if (sqlState !== "08P01") return undefined;
  if (/statement pooling mode/.test(message)) return "statement-mode";
  return /unsupported startup parameter/.test(message) ? "startup-parameter" : undefined;
}
