/**
 * libpq's `sslmode` as Node's TLS options (PostgreSQL docs, 34.19). Reads the certificate files that are named or lie
 * in libpq's default places; opens no connection.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { ConnectionOptions, SecureVersion } from "node:tls";
import { UsageError } from "../../errors.ts";
import { unreadableFile } from "../../util/text-file.ts";
import type { ConnParams } from "../../sql/conninfo/parse.ts";
import type { Environment } from "./parameters.ts";

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
  const negotiation = params.sslnegotiation || "postgres";
  if (negotiation !== "postgres" && negotiation !== "direct") {
    throw new UsageError(`unknown sslnegotiation ${JSON.stringify(negotiation)}`, {
      hint: "one of postgres, direct",
    });
  }
  if (mode === "disable") return [false];
  refuseWeak(mode, params);
  const options = tlsOptions(mode, params, env);
  if (mode === "allow") return [false, options];
  if (mode === "prefer") return [options, false];
  return [options];
}

/** What asks for more than the mode gives would be ignored; libpq refuses these too. */
function refuseWeak(mode: string, { sslrootcert, sslnegotiation }: ConnParams): void {
  const refused =
    sslrootcert === "system" && mode !== "verify-full"
      ? "sslrootcert=system"
      : sslnegotiation === "direct" && ["allow", "prefer"].includes(mode)
        ? "sslnegotiation=direct"
        : undefined;
  if (refused === undefined) return;
  throw new UsageError(`sslmode ${mode} is too weak for ${refused}`, {
    hint: refused.startsWith("sslroot")
      ? "write sslmode=verify-full"
      : "write sslmode=require, verify-ca or verify-full",
  });
}

function tlsOptions(mode: string, params: ConnParams, env: Environment): ConnectionOptions {
  const files = { params, folder: join(env.HOME ?? homedir(), ".postgresql") };
  const minVersion = version(params, "ssl_min_protocol_version") ?? "TLSv1.2";
  const maxVersion = version(params, "ssl_max_protocol_version");
  if (maxVersion !== undefined && VERSIONS.indexOf(maxVersion) < VERSIONS.indexOf(minVersion))
    throw new UsageError("ssl_max_protocol_version is below ssl_min_protocol_version");
  const crl = fileOf(files, "sslcrl", "root.crl");
  return {
    ...verification(mode, files),
    ...clientCertificate(files),
    ...(crl === undefined ? {} : { crl: read(crl, "sslcrl") }),
    minVersion,
    ...(maxVersion === undefined ? {} : { maxVersion }),
  };
}

/** Where libpq looks for the files of TLS. */
interface Files {
  readonly params: ConnParams;
  readonly folder: string;
}

/** The file of a parameter, else the one in libpq's default place. */
function fileOf({ params, folder }: Files, keyword: string, name: string): string | undefined {
  if (params[keyword]) return params[keyword];
  const path = join(folder, name);
  return existsSync(path) ? path : undefined;
}

function verification(mode: string, files: Files): ConnectionOptions {
  const isSystem = files.params.sslrootcert === "system";
  const root = isSystem ? undefined : fileOf(files, "sslrootcert", "root.crt");
  const isRequired = mode === "require" && root !== undefined;
  if (!isRequired && !mode.startsWith("verify-")) return { rejectUnauthorized: false };
  if (root === undefined && !isSystem) {
    throw new UsageError(`sslmode ${mode} needs the root certificate to check the server against`, {
      hint: `name it with sslrootcert, put it at ${join(files.folder, "root.crt")}, or write sslrootcert=system`,
    });
  }
  return {
    ...(root === undefined ? {} : { ca: read(root, "sslrootcert") }),
    ...(mode === "verify-full" ? {} : { checkServerIdentity: () => undefined }),
  };
}

function clientCertificate(files: Files): ConnectionOptions {
  if (files.params.sslcertmode === "disable") return {};
  const cert = fileOf(files, "sslcert", "postgresql.crt");
  const key = fileOf(files, "sslkey", "postgresql.key");
  if (cert === undefined) {
    if (!files.params.sslkey) return {};
    throw new UsageError("sslkey is of no use without a certificate", {
      hint: `name it with sslcert, or put it at ${join(files.folder, "postgresql.crt")}`,
    });
  }
  if (key === undefined) {
    throw new UsageError("the private key of the client's certificate is missing", {
      object: cert,
      hint: `name it with sslkey, put it at ${join(files.folder, "postgresql.key")}, or write sslcertmode=disable`,
    });
  }
  refuseOpenKey(key);
  return {
    cert: read(cert, "sslcert"),
    key: read(key, "sslkey"),
    ...(files.params.sslpassword ? { passphrase: files.params.sslpassword } : {}),
  };
}

const VERSIONS: readonly string[] = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"];

function version(params: ConnParams, keyword: string): SecureVersion | undefined {
  const text = params[keyword];
  if (text === undefined || text === "") return undefined;
  if (VERSIONS.includes(text)) return text as SecureVersion;
  throw new UsageError(`unknown ${keyword} ${JSON.stringify(text)}`, {
    hint: `one of ${VERSIONS.join(", ")}`,
  });
}

function read(path: string, keyword: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw unreadableFile(path, `the file of ${keyword}`, error);
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
