/**
 * A scratch database on a server that stays. A session holds a lock for as long as it is in use, so that one whose program was
 * killed is known from one at work, and the next drill removes it.
 */
import { randomBytes } from "node:crypto";
import { isNexushubDumpError } from "../errors.ts";
import type { OnProgress } from "../events.ts";
import { connect } from "../pg/connect.ts";
import type { Connection } from "../pg/connection.ts";
import { quoteIdent } from "../sql/ident.ts";
import { quoteLiteral } from "../sql/literal.ts";
import { warning } from "../warnings.ts";
import { PLAIN_ROLE } from "./plain-role.ts";

/** Names of scratch databases; the digits are the key of the lock. */
const NAME = /^nexushub_drill_[0-9a-f]{12}$/;
const KEY_BYTES = 6;

export interface ScratchDatabase {
  readonly name: string;
  /** Where it was created, for people. */
  readonly through: string;
  /** Says that it is no longer in use. */
  release(): Promise<void>;
}

/**
 * Creates one, and removes those of killed drills.
 * @throws ConnectionError when the server cannot be reached; ServerError when no database can be created there.
 */
export async function createScratchDatabase(
  into: string,
  { signal, onProgress }: { signal?: AbortSignal | undefined; onProgress?: OnProgress | undefined },
): Promise<ScratchDatabase> {
  const key = randomBytes(KEY_BYTES).toString("hex");
  const name = `nexushub_drill_${key}`;
  const { connection } = await connect(into, { signal });
  try {
    await connection.query(`SELECT pg_catalog.pg_advisory_lock(${BigInt(`0x${key}`)})`);
    await removeAbandoned(connection, onProgress);
    await connection.query(`CREATE DATABASE ${quoteIdent(name)} TEMPLATE template0`, {
      action: "create a scratch database for the drill",
    });
  } catch (error) {
    await connection.close();
    throw error;
  }
  return { name, through: connection.label, release: () => connection.close() };
}

interface Abandoned {
  readonly name: string;
  readonly owner: string;
}

/** Those that the login may drop, that no drill holds, and in which there is nobody: a killed program's session may go on for a while. */
const ABANDONED = `
SELECT datname AS name, pg_catalog.pg_get_userbyid(datdba) AS owner
FROM pg_catalog.pg_database AS d
WHERE datname ~ ${quoteLiteral(NAME.source)} AND pg_catalog.pg_has_role(datdba, 'USAGE')
  AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_locks
    WHERE locktype = 'advisory' AND objsubid = 1 AND right(datname, 12) =
          lpad(to_hex(classid::bigint), 4, '0') || lpad(to_hex(objid::bigint), 8, '0'))
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity AS a WHERE a.datid = d.oid)`;

/** What cannot be removed does not stop a drill. */
async function removeAbandoned(
  connection: Connection,
  onProgress: OnProgress | undefined,
): Promise<void> {
  for (const { name, owner } of await connection.query<Abandoned>(ABANDONED)) {
    const failure = await dropAll(connection, name, owner);
    const message =
      failure === null
        ? `removed the scratch database ${name}, which a killed drill left`
        : `the scratch database ${name}, which a killed drill left, cannot be removed: ${failure}`;
    onProgress?.({ type: "warning", ...warning("drill-leftover", `database ${name}`, message) });
  }
}

/** @returns why it was not possible; null when it was. */
async function dropAll(
  connection: Connection,
  name: string,
  owner: string,
): Promise<string | null> {
  try {
    await connection.query(`DROP DATABASE IF EXISTS ${quoteIdent(name)}`);
    if (PLAIN_ROLE.test(owner)) await connection.query(`DROP ROLE IF EXISTS ${quoteIdent(owner)}`);
    return null;
  } catch (error) {
    if (!isNexushubDumpError(error) || error.code === "ABORTED") throw error;
    return error.message;
  }
}
