/**
 * A connection's parameters completed by libpq's defaults and its passfile (PostgreSQL docs, 34.1.2, 34.16). Reads files,
 * opens no connection.
 */
import { readFileSync, statSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import type { ConnParams } from "../../sql/conninfo/parse.ts";
import { type Endpoint, endpointsOf, SOCKET_FOLDERS } from "./endpoints.ts";
import { type Environment, home, type Parameters, parametersOf } from "./parameters.ts";
import { findPassword } from "./passfile.ts";

export interface ConnSettings extends Parameters {
  readonly endpoints: readonly Endpoint[];
  readonly user: string;
  readonly database: string;
  /** The password for one of the endpoints, from the string, the environment or the passfile. */
  readonly password: (endpoint: Endpoint) => string | undefined;
}

/** Reads the passfile when it is there and private; libpq ignores one that others can read. */
function readPassfile(path: string): string {
  try {
    const stat = statSync(path);
    if (!stat.isFile() || (process.platform !== "win32" && (stat.mode & 0o077) !== 0)) return "";
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/**
 * Completes the keywords of a connection string from service file, environment, passfile and defaults.
 * @throws UsageError only when a keyword is unknown or asks for what we cannot do, or the service is not defined.
 */
export function resolveConnection(fromString: ConnParams, env: Environment): ConnSettings {
  const { params, serverSettings } = parametersOf(fromString, env);
  const user = params.user || userInfo().username;
  const database = params.dbname || user;
  const passfile =
    params.passfile ??
    (process.platform === "win32"
      ? join(env.APPDATA ?? home(env), "postgresql", "pgpass.conf")
      : join(home(env), ".pgpass"));
  return {
    endpoints: endpointsOf(params),
    user,
    database,
    params,
    serverSettings,
    password: ({ host, port }) => {
      if (params.password !== undefined) return params.password;
      const key = SOCKET_FOLDERS.includes(host) ? "localhost" : host;
      return findPassword(readPassfile(passfile), { host: key, port, database, user });
    },
  };
}
