/** The doctor's checks of the database: privileges of the login, the sealing key, room for the next backup. */
import { isNexushubDumpError } from "../../errors.ts";
import type { Connection } from "../../pg/connection.ts";
import type { DetectedKey } from "../deployment/deployment.ts";
import { failure, type Finding, notRun, ok, warning } from "./finding.ts";
import { checkKeyFits, type KeyCheck } from "../keys/key-check.ts";
import { readLedger } from "../backup-folder/ledger.ts";
import { openFolder } from "../../store/open-folder.ts";
import { estimateBytes, lastSize } from "../backup/space.ts";
import { formatBytes, listed } from "../../util/format.ts";
import { IN_USER_SCHEMA } from "../../catalog/user-schema.ts";

/** Checks that the login may read all that a dump reads: every table with all its rows, and every sequence. */
export async function privilegesFinding(connection: Connection): Promise<Finding> {
  const denied = await connection.query<{ name: string }>(
    `SELECT c.oid::pg_catalog.regclass::pg_catalog.text AS name
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'm', 'S') AND ${IN_USER_SCHEMA}
       AND (NOT (pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT'))
            OR pg_catalog.row_security_active(c.oid))
     ORDER BY 1`,
    { action: "read the privileges" },
  );
  if (denied.length === 0) return ok("may read every table and sequence");
  const names = denied.map(({ name }) => name);
  return failure(
    `may not read all of ${listed(names, { limit: 5 })}`,
    "connect as the owner of the tables, or GRANT SELECT on these; row security lets only an owner or a role with BYPASSRLS read all rows",
  );
}

export async function keyFinding(
  connection: Connection,
  key: DetectedKey | null,
): Promise<Finding> {
  let check: KeyCheck;
  try {
    check = await checkKeyFits(connection, key);
  } catch (error) {
    // The check of privileges already says what to do.
    if (isNexushubDumpError(error) && error.code === "PERMISSION")
      return notRun(`not tested: ${error.message}`);
    throw error;
  }
  const { state, warning: problem } = check;
  if (state === "fits") return ok(`${key!.from} opens the sampled sealed values`);
  if (state === "untested")
    return ok(`${key!.from}; the database holds no sealed value yet, so it was not tested`);
  const hint =
    "set PEER_KEY_ENCRYPTION_KEY to the key that NexusHub runs with, and keep a copy away from the backups";
  const text = problem?.message ?? "";
  return state === "absent" ? warning(text, hint) : failure(text, hint);
}

/** Checks that the next backup fits into the folder. */
export async function spaceFinding(
  connection: Connection,
  database: string,
  folder: string,
): Promise<Finding> {
  const { ledger } = await readLedger(folder);
  const lastBytes = lastSize(ledger, database, false);
  const needed = await estimateBytes(connection, lastBytes);
  const free = await (await openFolder(folder)).freeBytes();
  if (free === null)
    return notRun(
      "the free space is not known: the folder does not exist yet, or its file system does not report it",
    );
  const text = `${formatBytes(free)} free, the next backup takes about ${formatBytes(needed)}`;
  if (free < needed) return failure(text, "free some space, or back up into another folder");
  return free < 3 * needed
    ? warning(text, "there is room for one or two more backups: free some space soon")
    : ok(text);
}
