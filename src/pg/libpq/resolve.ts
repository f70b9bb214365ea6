/**
 * Everything that libpq looks at to make a connection: the string's keywords, then the service file, then the PG*
 * environment variables, then its defaults (PostgreSQL docs, 34.1.2, 34.15–34.18). Reads files, opens no connection.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import { join } from "node:path";
import { UsageError } from "../../errors.ts";
import type { ConnParams } from "../../sql/conninfo/parse.ts";
import { findPassword } from "./passfile.ts";
import { findService } from "./service-file.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** The variable of each keyword; those of session settings (PGDATESTYLE, PGTZ …) are left out, we pin these. */
const VARIABLES = {
  application_name: "PGAPPNAME",
  channel_binding: "PGCHANNELBINDING",
  connect_timeout: "PGCONNECT_TIMEOUT",
  dbname: "PGDATABASE",
  gssencmode: "PGGSSENCMODE",
  host: "PGHOST",
  hostaddr: "PGHOSTADDR",
  options: "PGOPTIONS",
  passfile: "PGPASSFILE",
  password: "PGPASSWORD",
  port: "PGPORT",
  require_auth: "PGREQUIREAUTH",
  requirepeer: "PGREQUIREPEER",
  service: "PGSERVICE",
  servicefile: "PGSERVICEFILE",
  ssl_max_protocol_version: "PGSSLMAXPROTOCOLVERSION",
  ssl_min_protocol_version: "PGSSLMINPROTOCOLVERSION",
  sslcert: "PGSSLCERT",
  sslcrl: "PGSSLCRL",
  sslkey: "PGSSLKEY",
  sslmode: "PGSSLMODE",
  sslnegotiation: "PGSSLNEGOTIATION",
  sslrootcert: "PGSSLROOTCERT",
  target_session_attrs: "PGTARGETSESSIONATTRS",
  user: "PGUSER",
} as const;

/** Understood, though they change nothing here: what they tune is pinned, decided by the driver, or harmless. */
const IGNORED = new Set([
  "client_encoding",
  "gsslib",
  "keepalives",
  "keepalives_count",
  "keepalives_idle",
  "keepalives_interval",
  "krbsrvname",
  "load_balance_hosts",
  "sslcompression",
  "sslsni",
  "tcp_user_timeout",
  "uselibpqcompat",
]);

/** Keywords that make a connection safer in a way that we cannot: ignoring them would be a lie. */
const REFUSED = new Map([
  ["requirepeer", []],
  ["require_auth", []],
  ["sslcrldir", []],
  ["sslpassword", []],
  ["replication", ["false", "off", "no", "0"]],
  ["gssencmode", ["disable", "prefer"]],
] as [string, string[]][]);

const KNOWN = new Set<string>([
  ...Object.keys(VARIABLES),
  ...IGNORED,
  ...REFUSED.keys(),
  "fallback_application_name",
]);

/** One server to try. */
export interface Endpoint {
  /** A host name, an address, or the folder of a Unix socket. */
  readonly host: string;
  /** Where to connect instead of looking `host` up; `host` then only names the server for TLS and the passfile. */
  readonly address: string | undefined;
  readonly port: number;
}

export interface ConnSettings {
  readonly endpoints: readonly Endpoint[];
  readonly user: string;
  readonly database: string;
  /** libpq's other keywords, defaults not filled in. */
  readonly params: ConnParams;
  /** The password for one of the endpoints, from the string, the environment or the passfile. */
  readonly password: (endpoint: Endpoint) => string | undefined;
}

/** Keywords from the string first, then the service, then the environment. */
function merge(given: ConnParams, env: Environment): ConnParams {
  const params: ConnParams = { ...given };
  const service = params.service ?? env.PGSERVICE;
  if (service !== undefined && service !== "") {
    for (const [keyword, value] of Object.entries(readService(service, params.servicefile, env))) {
      params[keyword] ??= value;
    }
  }
  for (const [keyword, variable] of Object.entries(VARIABLES)) {
    const value = env[variable];
    if (value !== undefined && value !== "") params[keyword] ??= value;
  }
  for (const [keyword, value] of Object.entries(params)) {
    if (!KNOWN.has(keyword)) {
      throw new UsageError(`unknown connection parameter ${JSON.stringify(keyword)}`, {
        hint: "parameters are libpq's: PostgreSQL documentation, chapter 34.1.2",
      });
    }
    const allowed = REFUSED.get(keyword);
    if (allowed !== undefined && value !== "" && !allowed.includes(value!)) {
      throw new UsageError(`the connection parameter ${keyword} is not supported`, {
        hint: "leave it out, or connect through a local proxy that provides it",
      });
    }
  }
  return params;
}

/** libpq's own folder for the system-wide file is fixed when it is built: these are Debian's and Red Hat's. */
const SYSTEM_CONFIGS = ["/etc/postgresql-common", "/etc/sysconfig/pgsql", "/etc"];

function readService(service: string, file: string | undefined, env: Environment): ConnParams {
  const explicit = file ?? env.PGSERVICEFILE;
  const folders = env.PGSYSCONFDIR === undefined ? SYSTEM_CONFIGS : [env.PGSYSCONFDIR];
  const files = [
    explicit ?? join(home(env), ".pg_service.conf"),
    ...folders.map((folder) => join(folder, "pg_service.conf")),
  ];
  for (const path of files) {
    if (!existsSync(path)) continue;
    const found = findService(readFileSync(path, "utf8"), service);
    if (found !== undefined) return found;
  }
  throw new UsageError(`the connection service ${JSON.stringify(service)} is not defined`, {
    hint: `looked in ${files.join(", ")}`,
  });
}

function home(env: Environment): string {
  return env.HOME ?? homedir();
}

/** Where libpq's builds look for sockets: Debian's folder, then PostgreSQL's own. */
const SOCKET_FOLDERS = ["/var/run/postgresql", "/run/postgresql", "/tmp"];

function defaultHost(port: number): string {
  return (
    SOCKET_FOLDERS.find((folder) => existsSync(join(folder, `.s.PGSQL.${port}`))) ?? "localhost"
  );
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
export function resolveConnection(given: ConnParams, env: Environment): ConnSettings {
  const params = merge(given, env);
  const user = params.user || userInfo().username;
  const database = params.dbname || user;
  const passfile =
    params.passfile ??
    (process.platform === "win32"
      ? join(env.APPDATA ?? home(env), "postgresql", "pgpass.conf")
      : join(home(env), ".pgpass"));
  return {
    endpoints: endpoints(params),
    user,
    database,
    params,
    password: ({ host, port }) => {
      if (params.password !== undefined) return params.password;
      const key = SOCKET_FOLDERS.includes(host) ? "localhost" : host;
      return findPassword(readPassfile(passfile), { host: key, port, database, user });
    },
  };
}

function endpoints(params: ConnParams): Endpoint[] {
  const split = (value: string | undefined) => (value === undefined ? [] : value.split(","));
  const [hosts, addresses, ports] = [
    split(params.host),
    split(params.hostaddr),
    split(params.port),
  ];
  const count = Math.max(hosts.length, addresses.length, 1);
  if (
    (ports.length > 1 && ports.length !== count) ||
    (hosts.length > 0 && addresses.length > 0 && hosts.length !== addresses.length)
  ) {
    throw new UsageError(
      "the connection names a different number of hosts and of ports or addresses",
    );
  }
  return Array.from({ length: count }, (_, i) => {
    const text = (ports.length === 1 ? ports[0] : ports[i]) || "5432";
    const port = Number(text);
    if (!/^\d{1,5}$/.test(text) || port < 1 || port > 65535) {
      throw new UsageError(`${JSON.stringify(text)} is not a port number`);
    }
    const address = addresses[i] || undefined;
    return { host: hosts[i] || address || defaultHost(port), address, port };
  });
}

/** Whether the endpoint is a Unix socket's folder. */
export function isSocket(endpoint: Endpoint): boolean {
  return endpoint.address === undefined && /^[/@]/.test(endpoint.host);
}
