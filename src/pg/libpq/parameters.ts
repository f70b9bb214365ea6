/**
 * The parameters of a connection, from everywhere that libpq looks: the string's keywords, then the service file, then
 * the PG* environment variables (PostgreSQL docs, 34.1.2, 34.15, 34.17).
 */
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { UsageError } from "../../errors.ts";
import type { ConnParams } from "../../sql/conninfo/parse.ts";
import { isApplicationParameter, isServerSetting, KEYWORDS } from "./keywords.ts";
import { findService } from "./service-file.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Parameters {
  /** libpq's keywords, defaults not filled in. */
  readonly params: ConnParams;
  /** Settings of the server, as its `options`: `-c work_mem=64MB`. */
  readonly serverSettings: readonly string[];
}

/**
 * @throws UsageError only when a keyword is unknown or asks for what cannot be done, or the service is not defined.
 */
export function parametersOf(fromString: ConnParams, env: Environment): Parameters {
  return checkKeywords(merge(fromString, env));
}

/** Keywords from the string first, then the service, then the environment. */
function merge(fromString: ConnParams, env: Environment): ConnParams {
  const params: ConnParams = { ...fromString };
  const service = params.service ?? env.PGSERVICE;
  if (service !== undefined && service !== "") {
    for (const [keyword, value] of Object.entries(readService(service, params.servicefile, env))) {
      params[keyword] ??= value;
    }
  }
  translate(params);
  // libpq still knows it, for programs of the time before sslmode.
  if (env.PGREQUIRESSL?.startsWith("1") === true && !env.PGSSLMODE) params.sslmode ??= "require";
  for (const [keyword, { variable }] of Object.entries(KEYWORDS)) {
    const value = variable === undefined ? undefined : env[variable];
    if (value !== undefined && value !== "") params[keyword] ??= value;
  }
  return params;
}

/** Words of other drivers for libpq's. */
function translate(params: ConnParams): void {
  const { ssl, sslaccept, requiressl } = params;
  if (ssl !== undefined && /^(true|1|require)$/.test(ssl)) params.sslmode ??= "require";
  else if (ssl !== undefined && /^(false|0|disable)$/.test(ssl)) params.sslmode ??= "disable";
  else if (ssl !== undefined) throw unknownParameter("ssl");
  delete params.ssl;
  // libpq's before sslmode.
  if (requiressl !== undefined)
    params.sslmode ??= requiressl.startsWith("1") ? "require" : "prefer";
  delete params.requiressl;
  // Prisma's, which stands beside an sslmode of any strength.
  if (sslaccept === "strict") {
    if (params.sslmode === undefined || /^(allow|prefer|require)$/.test(params.sslmode))
      params.sslmode = "verify-full";
    params.sslrootcert ??= "system";
  }
}

/**
 * Separates libpq's keywords from what an application's connection string holds beside them.
 * @throws UsageError only when a keyword is unknown, or asks for what cannot be done.
 */
function checkKeywords(params: ConnParams): Parameters {
  const checked: ConnParams = {};
  const serverSettings: string[] = [];
  for (const [keyword, value = ""] of Object.entries(params)) {
    const known = Object.hasOwn(KEYWORDS, keyword) ? KEYWORDS[keyword] : undefined;
    if (known !== undefined) {
      const { refusedUnless, hint } = known;
      const isHarmless = refusedUnless?.some((word) => word.toLowerCase() === value.toLowerCase());
      if (isHarmless === false && value !== "") {
        throw new UsageError(`the connection parameter ${keyword} is not supported`, {
          hint: hint ?? "leave it out",
        });
      }
      checked[keyword] = value;
    } else if (isServerSetting(keyword)) {
      serverSettings.push(`-c ${keyword}=${value.replaceAll(/[\\\s]/g, String.raw`\$&`)}`);
    } else if (!isApplicationParameter(keyword)) {
      throw unknownParameter(keyword);
    }
  }
  return { params: checked, serverSettings };
}

function unknownParameter(keyword: string): UsageError {
  return new UsageError(`unknown connection parameter ${JSON.stringify(keyword)}`, {
    hint: "parameters are libpq's: PostgreSQL documentation, chapter 34.1.2",
  });
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
    const parameters = findService(readFileSync(path, "utf8"), service);
    if (parameters !== undefined) return parameters;
  }
  throw new UsageError(`the connection service ${JSON.stringify(service)} is not defined`, {
    hint: `looked in ${files.join(", ")}`,
  });
}

export function home(env: Environment): string {
  return env.HOME ?? homedir();
}
