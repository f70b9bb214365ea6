/** Recognizes a NexusHub database in use: one with users other than those of a fixture. */
import type { Connection } from "../../pg/connection.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import { CI_PASSWORD_HASH } from "../ci/preset.ts";

/** Columns that only NexusHub has together. */
const NEXUSHUB_COLUMNS = ["users.password_hash", "wg_peers.public_key", "audit_log.occurred_at"];

export async function isNexusHubInUse(connection: Connection): Promise<boolean> {
  const columns = NEXUSHUB_COLUMNS.map(quoteLiteral).join(", ");
  const [row] = await connection.query<{ columns: number }>(
    `SELECT count(*)::pg_catalog.int4 AS columns
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
     WHERE c.relnamespace = pg_catalog.to_regnamespace('public') AND c.relkind IN ('r', 'p')
       AND NOT a.attisdropped AND c.relname || '.' || a.attname IN (${columns})`,
    { action: "look for NexusHub's tables in the target" },
  );
  if (row?.columns !== NEXUSHUB_COLUMNS.length) return false;
  // In an archive of the preset `ci` every user has the same known password: replacing that database loses nothing.
  const [users] = await connection.query<{ inUse: boolean }>(
    `SELECT EXISTS (SELECT FROM public.users WHERE password_hash <> ${quoteLiteral(CI_PASSWORD_HASH)}) AS "inUse"`,
    { action: "look for users in the target", object: "table public.users" },
  );
  return users?.inUse === true;
}
