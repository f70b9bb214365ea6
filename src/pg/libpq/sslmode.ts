/**
 * libpq's `sslmode` as Node's TLS options (PostgreSQL docs, 34.19). Reads the certificate files that are named or lie
 * in libpq's default places; opens no connection.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { ConnectionOptions, SecureVersion } from "node:tls";
import { UsageError } from "../../errors.ts";
import type { ConnParams } from "../../sql/conninfo/parse.ts";
import type { Environment } from "./resolve.ts";

/** How to connect, in the order to try: without TLS (`false`) or with it. */
export type TlsAttempt = false | ConnectionOptions;

const MODES = new Set([
  "disable",
  "allow",
  "prefer",
  "require",
  "verify-ca",
  "verify-full",
  "no-verify",
]);

/**
 * The attempts that a mode stands for. `require` with a root certificate at hand checks it, as libpq does.
 * @throws UsageError only when the mode is unknown, a named file cannot be read, or a private key is open to others.
 */
export function tlsAttempts(params: ConnParams, env: Environment): TlsAttempt[] {
  const mode = params.sslmode || (params.sslrootcert === "system" ? "verify-full" : "prefer");
  if (!MODES.has(mode)) {
    throw new UsageError(`unknown sslmode ${JSON.stringify(mode)}`, {
      hint: "one of disable, allow, prefer, require, verify-ca, verify-full",
    });
  }
  if (mode === "disable") return [false];
  const options = tlsOptions(mode, params, env);
  if (mode === "allow") return [false, options];
  if (mode === "prefer" && params.sslnegotiation !== "direct") return [options, false];
  return [options];
}

function tlsOptions(mode: string, params: ConnParams, env: Environment): ConnectionOptions {
  const folder = join(env.HOME ?? homedir(), ".postgresql");
  const file = (given: string | undefined, fallback: string): string | undefined => {
    if (given !== undefined && given !== "") return given;
    const path = join(folder, fallback);
    return existsSync(path) ? path : undefined;
  };
  const options: ConnectionOptions = {};
  const root = params.sslrootcert === "system" ? "system" : file(params.sslrootcert, "root.crt");
  if (root !== undefined && root !== "system") options.ca = read(root, "sslrootcert");
  const verify =
    mode === "verify-full"
      ? "name"
      : mode === "verify-ca" || (mode === "require" && root !== undefined)
        ? "ca"
        : "no";
  if (verify === "no") {
    options.rejectUnauthorized = false;
    delete options.ca;
  } else if (root === undefined) {
    throw new UsageError(`sslmode ${mode} needs the root certificate to check the server against`, {
      hint: `name it with sslrootcert, put it at ${join(folder, "root.crt")}, or write sslrootcert=system`,
    });
  }
  if (verify === "ca") options.checkServerIdentity = () => undefined;
  const cert = file(params.sslcert, "postgresql.crt");
  const key = file(params.sslkey, "postgresql.key");
  if (cert !== undefined && key !== undefined) {
    refuseOpenKey(key);
    options.cert = read(cert, "sslcert");
    options.key = read(key, "sslkey");
  }
  if (params.sslcrl) options.crl = read(params.sslcrl, "sslcrl");
  options.minVersion = (params.ssl_min_protocol_version || "TLSv1.2") as SecureVersion;
  if (params.ssl_max_protocol_version) {
    options.maxVersion = params.ssl_max_protocol_version as SecureVersion;
  }
  return options;
}

function read(path: string, keyword: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UsageError(`the file of ${keyword} cannot be read`, { object: path, cause: error });
  }
}

/** libpq refuses a key that others can read; root's own may be readable by a group. */
function refuseOpenKey(path: string): void {
  if (process.platform === "win32") return;
  const stat = statSync(path, { throwIfNoEntry: false });
  const open = stat !== undefined && (stat.mode & (stat.uid === 0 ? 0o027 : 0o077)) !== 0;
  if (open) {
    throw new UsageError("the private key of the connection can be read by others", {
      object: path,
      hint: `chmod 600 ${path}`,
    });
  }
}
