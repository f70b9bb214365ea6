/** Databases as arguments of public functions: what is taken, and what belongs elsewhere. */
import { UsageError } from "../errors.ts";
import { namesDatabase } from "../pg/attempts.ts";
import { isClient, type OpenClient } from "../pg/borrow.ts";
import type { ConnectionSource } from "../pg/connect.ts";
import { isPglite, type PgliteClient } from "../pg/pglite.ts";
import { parseConnectionString } from "../sql/conninfo/parse.ts";
import { checkOptions } from "./check-options.ts";
import {
  CLIENT_OPTIONS,
  type ClientConfig,
  configOfClient,
  configOfPool,
  connectionOptions,
  POOL_OPTIONS,
} from "./client-config.ts";
import { describeValue, isPlain } from "./describe-value.ts";

const HINT =
  "give a connection string, a URL, a pool of pg, or an object with connectionString, or with host, port, database, user and password";

/**
 * A database to connect to. A pool and an idle client stand for the database that they are connected to: connections of
 * our own are opened to it.
 * @param argument its name, for messages: `source`.
 * @throws UsageError only for what names no database; it repeats no part of a text.
 */
export function databaseArgument(
  caller: string,
  argument: string,
  value: unknown,
): ConnectionSource {
  const where = `${caller}: the ${argument}`;
  if (typeof value === "string") return checkText(where, value);
  if (value instanceof URL) return checkUrl(where, value);
  const { text, hint } = describeValue(value);
  if (text === "a pool of pg") return poolArgument(caller, argument, value as PoolLike);
  if (isClient(value)) return configOfClient(requireCommitted(where, value));
  if (isPlain(value) && hint === undefined && !text.startsWith("a "))
    return checkConfig(caller, argument, value);
  throw new UsageError(`${where} is ${text}, where a database belongs`, { hint: hint ?? HINT });
}

/** The target of a restore: a database, or an open client or PGlite that is used as it is. */
export function restoreTargetArgument(
  caller: string,
  value: unknown,
): ConnectionSource | OpenClient | PgliteClient {
  if (isPglite(value) && describeValue(value).text === "a PGlite") return value;
  if (isClient(value) && describeValue(value).text === "a client of pg") return value;
  return databaseArgument(caller, "target", value);
}

/** Texts that JavaScript makes of values that are not there. */
const ACCIDENTS: ReadonlySet<string> = new Set(["undefined", "null", "NaN", "[object Object]"]);

function checkText(where: string, text: string): string {
  if (text !== "" && text.trim() === "") throw new UsageError(`${where} is blank`, { hint: HINT });
  if (readsAsPath(text)) {
    throw new UsageError(`${where} reads as the path or address of an archive`, {
      hint: `${HINT}; a database of such a name as dbname='…'`,
    });
  }
  const accident = Object.entries(parseConnectionString(text)).find(
    ([, value]) => value !== undefined && ACCIDENTS.has(value),
  );
  if (accident === undefined) return text;
  throw new UsageError(`${where} says that ${accident[0]} is ${accident[1]}`, {
    hint: "a value was missing when the text was put together",
  });
}

function checkUrl(where: string, { protocol, href }: URL): string {
  // As text it would be the name of a database.
  if (/^postgres(?:ql)?:$/.test(protocol)) return checkText(where, href);
  throw new UsageError(`${where} is a URL of the scheme ${protocol}`, {
    hint: "the address of a database begins with postgresql://",
  });
}

interface PoolLike {
  readonly options: Readonly<Record<string, unknown>>;
}

/** A pool without any address means the default database; one whose address is undefined does not. */
function poolArgument(caller: string, argument: string, pool: PoolLike): ClientConfig {
  const { connectionString = "" } = pool.options;
  if ("connectionString" in pool.options && pool.options["connectionString"] === undefined)
    throw undefinedMember(caller, argument, "connectionString");
  if (typeof connectionString === "string" && connectionString !== "")
    checkText(`${caller}: connectionString of the ${argument}`, connectionString);
  try {
    return configOfPool(pool);
  } catch {
    // What its driver says of it can repeat the password.
    throw new UsageError(`${caller}: the ${argument} is a pool whose address its driver refuses`, {
      hint: "give the connection string",
    });
  }
}

/** A URI of PostgreSQL is none, even if it ends in a slash. */
function readsAsPath(text: string): boolean {
  if (/^postgres(?:ql)?:/i.test(text)) return false;
  return /^(?:https?|file|s3):/i.test(text) || /(?:\.(?:tar|gz|zst|age|sql|copy)|\/)$/i.test(text);
}

/** Without a value for these the driver takes its default, which is another database or server. */
const TELLING = ["connectionString", "host", "port", "database", "user"] as const;

function checkConfig(
  caller: string,
  argument: string,
  config: Readonly<Record<string, unknown>>,
): ClientConfig {
  const unset = TELLING.find((name) => name in config && config[name] === undefined);
  if (unset !== undefined) throw undefinedMember(caller, argument, unset);
  if (!namesDatabase(config)) {
    throw new UsageError(`${caller}: the ${argument} names no database`, { hint: HINT });
  }
  checkOptions(`${caller}, ${argument}`, config, { ...CLIENT_OPTIONS, ...POOL_OPTIONS });
  const { connectionString } = config;
  if (typeof connectionString !== "string") return connectionOptions(config);
  checkText(`${caller}: connectionString of the ${argument}`, connectionString);
  const second = TELLING.find((name) => name !== "connectionString" && name in config);
  if (second === undefined) return connectionOptions(config);
  // The driver ignores it there; taken seriously, it would be another database than the driver's.
  throw new UsageError(
    `${caller}: the ${argument} has a connectionString, and ${second} beside it`,
    {
      hint: `write ${second} into the connectionString, or leave one of the two out`,
    },
  );
}

function undefinedMember(caller: string, argument: string, name: string): UsageError {
  return new UsageError(`${caller}: ${name} of the ${argument} is undefined`, {
    hint: "set it, or leave the name out for the default",
  });
}

/** What a transaction has not committed, our own connections would not see. */
function requireCommitted(where: string, client: OpenClient): OpenClient {
  const { _connected, getTransactionStatus } = client as Partial<{
    _connected: boolean;
    getTransactionStatus(): string | null;
  }>;
  if (_connected === false) {
    throw new UsageError(`${where} is a client that is not connected`, {
      hint: "give the connection string or configuration that it was created with",
    });
  }
  const status = getTransactionStatus?.call(client) ?? "I";
  if (status === "I") return client;
  throw new UsageError(`${where} is an open client inside a transaction`, {
    hint: "this opens connections of its own, which see only what is committed: commit first",
  });
}
