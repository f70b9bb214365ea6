/**
 * Every connection parameter of libpq 18, as `PQconndefaults` lists them, in a connection string, in a service file and
 * as an environment variable: it changes how we connect, or it is refused by its name. None is ignored.
 */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { UsageError } from "../../../../src/errors.ts";
import { attemptsOf } from "../../../../src/pg/attempts.ts";
import { KEYWORDS } from "../../../../src/pg/libpq/keywords.ts";
import { formatKeywords } from "../../../../src/sql/conninfo/format.ts";
import type { ConnParams } from "../../../../src/sql/conninfo/parse.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

interface Parameter {
  readonly keyword: string;
  readonly variable?: string;
  /** One that is not the default. */
  readonly value: string;
  /** What it needs beside it. */
  readonly beside?: ConnParams;
  readonly refused?: boolean;
}

const FILE = "FILE";
const FOLDER = "FOLDER";
const CERTIFICATES = { sslmode: "verify-full", sslrootcert: FILE };

const PARAMETERS: readonly Parameter[] = [
  { keyword: "service", variable: "PGSERVICE", value: "other" },
  { keyword: "servicefile", variable: "PGSERVICEFILE", value: FILE, beside: { service: "third" } },
  { keyword: "user", variable: "PGUSER", value: "alice" },
  { keyword: "password", variable: "PGPASSWORD", value: "secret" },
  { keyword: "passfile", variable: "PGPASSFILE", value: FILE },
  { keyword: "channel_binding", variable: "PGCHANNELBINDING", value: "require" },
  { keyword: "connect_timeout", variable: "PGCONNECT_TIMEOUT", value: "7" },
  { keyword: "dbname", variable: "PGDATABASE", value: "shop" },
  { keyword: "host", variable: "PGHOST", value: "db.example" },
  { keyword: "hostaddr", variable: "PGHOSTADDR", value: "192.0.2.1" },
  { keyword: "port", variable: "PGPORT", value: "5433" },
  // Its variable is one of the session settings, which a dump sets itself.
  { keyword: "client_encoding", value: "LATIN1", refused: true },
  { keyword: "options", variable: "PGOPTIONS", value: "-c work_mem=8MB" },
  { keyword: "application_name", variable: "PGAPPNAME", value: "nightly" },
  { keyword: "fallback_application_name", value: "nightly" },
  { keyword: "keepalives", value: "0" },
  { keyword: "keepalives_idle", value: "5" },
  { keyword: "keepalives_interval", value: "30" },
  { keyword: "keepalives_count", value: "30" },
  { keyword: "tcp_user_timeout", value: "5000", refused: process.platform !== "linux" },
  { keyword: "sslmode", variable: "PGSSLMODE", value: "require" },
  {
    keyword: "sslnegotiation",
    variable: "PGSSLNEGOTIATION",
    value: "direct",
    beside: { sslmode: "require" },
  },
  { keyword: "sslcompression", variable: "PGSSLCOMPRESSION", value: "1", refused: true },
  { keyword: "sslcert", variable: "PGSSLCERT", value: FILE, beside: { sslkey: FILE } },
  { keyword: "sslkey", variable: "PGSSLKEY", value: FILE, beside: { sslcert: FILE } },
  {
    keyword: "sslcertmode",
    variable: "PGSSLCERTMODE",
    value: "disable",
    beside: { sslcert: FILE, sslkey: FILE },
  },
  { keyword: "sslcertmode", variable: "PGSSLCERTMODE", value: "require", refused: true },
  { keyword: "sslpassword", value: "secret", beside: { sslcert: FILE, sslkey: FILE } },
  {
    keyword: "sslrootcert",
    variable: "PGSSLROOTCERT",
    value: FILE,
    beside: { sslmode: "require" },
  },
  { keyword: "sslcrl", variable: "PGSSLCRL", value: FILE, beside: CERTIFICATES },
  { keyword: "sslcrldir", variable: "PGSSLCRLDIR", value: FOLDER, refused: true },
  { keyword: "sslsni", variable: "PGSSLSNI", value: "0", refused: true },
  { keyword: "requirepeer", variable: "PGREQUIREPEER", value: "postgres", refused: true },
  { keyword: "require_auth", variable: "PGREQUIREAUTH", value: "scram-sha-256" },
  {
    keyword: "min_protocol_version",
    variable: "PGMINPROTOCOLVERSION",
    value: "3.2",
    refused: true,
  },
  { keyword: "max_protocol_version", variable: "PGMAXPROTOCOLVERSION", value: "2", refused: true },
  { keyword: "ssl_min_protocol_version", variable: "PGSSLMINPROTOCOLVERSION", value: "TLSv1.3" },
  { keyword: "ssl_max_protocol_version", variable: "PGSSLMAXPROTOCOLVERSION", value: "TLSv1.2" },
  { keyword: "gssencmode", variable: "PGGSSENCMODE", value: "require", refused: true },
  { keyword: "krbsrvname", variable: "PGKRBSRVNAME", value: "pg", refused: true },
  { keyword: "gsslib", variable: "PGGSSLIB", value: "sspi", refused: true },
  { keyword: "gssdelegation", variable: "PGGSSDELEGATION", value: "1", refused: true },
  { keyword: "replication", value: "database", refused: true },
  { keyword: "target_session_attrs", variable: "PGTARGETSESSIONATTRS", value: "standby" },
  {
    keyword: "load_balance_hosts",
    variable: "PGLOADBALANCEHOSTS",
    value: "random",
    beside: { host: Array.from({ length: 50 }, (_, i) => `h${i}`).join(",") },
  },
  { keyword: "scram_client_key", value: "a2V5", refused: true },
  { keyword: "scram_server_key", value: "a2V5", refused: true },
  { keyword: "oauth_issuer", value: "https://issuer.example", refused: true },
  { keyword: "oauth_client_id", value: "me", refused: true },
  { keyword: "oauth_client_secret", value: "secret", refused: true },
  { keyword: "oauth_scope", value: "openid", refused: true },
  { keyword: "sslkeylogfile", value: FILE, refused: true },
  // Older than sslmode, and not in the list, but libpq still takes it.
  { keyword: "requiressl", variable: "PGREQUIRESSL", value: "1" },
];

const folder = temporaryFolder();
const file = join(folder.path, "file");
const services = join(folder.path, "services");

beforeAll(() => {
  // A service file and a passfile at once.
  writeFileSync(
    file,
    "[other]\ndbname=others\n[third]\ndbname=thirds\n[end]\n*:*:*:*:from the passfile\n",
  );
  chmodSync(file, 0o600);
});
afterAll(() => folder.remove());

function fill(value: string): string {
  return value === FILE ? file : value === FOLDER ? folder.path : value;
}

function filled(params: ConnParams): ConnParams {
  return Object.fromEntries(
    Object.entries(params).map(([keyword, value = ""]) => [keyword, fill(value)]),
  );
}

/** All that decides how a connection is opened, as text. */
function outcome(params: ConnParams, env: Record<string, string>): string {
  const attempts = attemptsOf(formatKeywords(filled(params)), { HOME: folder.path, ...env });
  return JSON.stringify(attempts, (_key, value: unknown) => {
    if (value instanceof Set) return [...value];
    if (typeof value !== "function") return value;
    if (value.name !== "password") return "function";
    try {
      return (value as () => string)();
    } catch {
      return "no password";
    }
  });
}

/** A certificate without its key, or a key without a certificate, is refused. */
function outcomeOrRefusal(params: ConnParams, env: Record<string, string>): string {
  try {
    return outcome(params, env);
  } catch (error) {
    return String(error);
  }
}

/** The string without a parameter, with it, and what the message of a refusal must name. */
function check({ keyword, value, beside = {}, refused }: Parameter, place: Place): void {
  const elsewhere = keyword === "service" || keyword === "servicefile" ? file : services;
  const base = keyword === "servicefile" ? {} : { PGSERVICEFILE: elsewhere };
  const usual = keyword === "servicefile" ? { ...beside, service: "" } : beside;
  const before = outcomeOrRefusal(usual, base);
  const withIt = (): string => place(beside, keyword, fill(value), base);
  if (refused === true) {
    expect(withIt).toThrow(UsageError);
    expect(withIt).toThrow(keyword);
  } else expect(withIt()).not.toBe(before);
}

type Place = (
  beside: ConnParams,
  keyword: string,
  value: string,
  env: Record<string, string>,
) => string;

const inString: Place = (beside, keyword, value, env) =>
  outcome({ ...beside, [keyword]: value }, env);

const inServiceFile: Place = (beside, keyword, value, env) => {
  writeFileSync(services, `[it]\n${keyword}=${value}\n`);
  return outcome({ ...beside, service: "it" }, { ...env, PGSERVICEFILE: services });
};

describe("every parameter of libpq is honoured, or refused by its name", () => {
  test.each(PARAMETERS)("$keyword=$value in a connection string", (parameter) => {
    check(parameter, inString);
  });

  test.each(PARAMETERS.filter(({ variable }) => variable !== undefined))(
    "$variable=$value",
    (parameter) => {
      check(parameter, (beside, _keyword, value, env) =>
        outcome(beside, { ...env, [parameter.variable!]: value }),
      );
    },
  );

  test.each(PARAMETERS.filter(({ keyword }) => !keyword.startsWith("service")))(
    "$keyword=$value in a service file",
    (parameter) => {
      check(parameter, inServiceFile);
    },
  );

  test.each(["service", "servicefile"])("%s is refused in a service file", (keyword) => {
    expect(() => inServiceFile({}, keyword, file, {})).toThrow(/cannot name another service/);
  });

  test("the list is the one that the code has, but for node-postgres' own and libpq's oldest", () => {
    const listed = new Set(PARAMETERS.map(({ keyword }) => keyword));
    const known = new Set([...Object.keys(KEYWORDS), "requiressl"]);
    known.delete("uselibpqcompat");
    known.delete("sslidentity");
    expect([...known].sort()).toEqual([...listed].sort());
    for (const { keyword, variable } of PARAMETERS)
      if (keyword in KEYWORDS) expect(KEYWORDS[keyword]!.variable, keyword).toBe(variable);
  });
});

describe("what asks for more security than it would get is refused", () => {
  test.each([
    [{ sslmode: "require", sslrootcert: "system" }, /too weak for sslrootcert/],
    [{ sslmode: "prefer", sslrootcert: "system" }, /too weak for sslrootcert/],
    [{ sslmode: "allow", sslnegotiation: "direct" }, /too weak for sslnegotiation/],
    [{ sslnegotiation: "direct" }, /too weak for sslnegotiation/],
    [{ sslmode: "require", sslcert: FILE }, /private key of the client's certificate is missing/],
    [{ sslmode: "require", sslkey: FILE }, /sslkey is of no use/],
    [
      { ssl_min_protocol_version: "TLSv1.3", ssl_max_protocol_version: "TLSv1.2" },
      /below ssl_min_protocol_version/,
    ],
  ])("%j", (params, message) => {
    expect(() => outcome(params, {})).toThrow(UsageError);
    expect(() => outcome(params, {})).toThrow(message);
  });

  test("Prisma's sslaccept=strict makes any sslmode verify", () => {
    const [attempt] = attemptsOf("postgresql://h/d?sslmode=require&sslaccept=strict", {});
    expect(attempt!.config.ssl).not.toMatchObject({ rejectUnauthorized: false });
    expect(attempt!.config.ssl).not.toHaveProperty("checkServerIdentity");
  });

  test("a revocation list in libpq's default place is read", () => {
    const home = temporaryFolder();
    try {
      const place = join(home.path, ".postgresql");
      expect(outcome(CERTIFICATES, { HOME: home.path })).not.toContain("crl");
      mkdirSync(place);
      writeFileSync(join(place, "root.crl"), "list");
      expect(outcome(CERTIFICATES, { HOME: home.path })).toContain("crl");
    } finally {
      home.remove();
    }
  });
});
