/**
 * Checks before anything is read or written that the server is supported: PostgreSQL 13 or later, not a fork that only
 * speaks its protocol, and not behind a pooler that changes the session between statements.
 */
import { OLDEST_MAJOR, type ServerVersion, serverVersion } from "../catalog/version.ts";
import { UnsupportedServerError } from "../errors.ts";
import type { Connector } from "./connect.ts";
import type { Connection } from "./connection.ts";

/** Patterns of `version()` that other systems are recognized by, with their names. */
const FORKS: readonly (readonly [RegExp, string])[] = [
  [/cockroachdb/i, "CockroachDB"],
  [/redshift/i, "Amazon Redshift"],
  [/-YB-|yugabyte/i, "YugabyteDB"],
  [/enterprisedb/i, "EDB Postgres Advanced Server"],
  [/greenplum/i, "Greenplum"],
  [/cloudberry/i, "Cloudberry"],
  [/materialize/i, "Materialize"],
  [/risingwave/i, "RisingWave"],
  [/opengauss|gaussdb/i, "openGauss"],
  [/questdb/i, "QuestDB"],
  [/cratedb/i, "CrateDB"],
  [/polardb/i, "PolarDB"],
  [/ivorysql/i, "IvorySQL"],
];

/** The name of the fork that gave this `version()`; undefined for PostgreSQL itself. Pure. */
export function forkOf(versionText: string): string | undefined {
  const known = FORKS.find(([pattern]) => pattern.test(versionText));
  if (known !== undefined) return known[1];
  return /^PostgreSQL \d+/.test(versionText)
    ? undefined
    : versionText.split(/[\s,(]/)[0] || "an unknown server";
}

export interface ServerCheck {
  /** `dump` or `restore into`: for messages. */
  readonly purpose: "dump" | "restore into";
}

/**
 * The version of a server that says this of itself, which is one that can be used for `purpose`. Pure.
 * @param facts `version()` and `server_version_num`.
 * @throws UnsupportedServerError only when it is too old, or a fork.
 */
export function acceptedVersion(
  { version: text, num }: { readonly version: string; readonly num: string },
  object: string,
  check: ServerCheck,
): ServerVersion {
  const fork = forkOf(text);
  if (fork !== undefined) {
    throw new UnsupportedServerError(`cannot ${check.purpose} ${fork}: it is not PostgreSQL`, {
      object,
      hint: "use the tools that its makers provide: their catalogs differ from PostgreSQL's",
    });
  }
  const version = serverVersion(Number(num));
  if (version.major < OLDEST_MAJOR) {
    throw new UnsupportedServerError(
      `cannot ${check.purpose} PostgreSQL ${version.major}: the oldest supported version is ${OLDEST_MAJOR}`,
      { object, hint: "upgrade the server, or use the pg_dump of its own version" },
    );
  }
  return version;
}

/**
 * Reads what the server is.
 * @throws UnsupportedServerError only when it is too old, a fork, or a transaction-mode pooler.
 */
export async function checkServer(
  connection: Connection,
  connector: Connector | undefined,
  check: ServerCheck,
): Promise<ServerVersion> {
  const [facts] = await connection.query<{ version: string; num: string }>(
    "SELECT pg_catalog.version() AS version, pg_catalog.current_setting('server_version_num') AS num",
    { action: `ask ${connection.label} for its version` },
  );
  const version = acceptedVersion(facts!, connection.label, check);
  if (connector?.isShared === true)
    throw new UnsupportedServerError("the connection goes through a pooler in transaction mode", {
      object: connection.label,
      hint: "connect to the server itself, or to a pool in session mode: a dump or restore needs one session from start to end",
    });
  return version;
}
