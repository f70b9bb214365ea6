/**
 * Keeps event triggers from acting on the statements of an undelete: it creates temporary tables and disables triggers. Only
 * for superusers, who alone may switch event triggers off.
 */
import type { ServerVersion } from "../catalog/version.ts";
import type { Connection } from "../pg/connection.ts";
import { setLocal } from "../pg/session.ts";
import { eventTriggerSettings } from "../restore/decide/session-settings.ts";

/** Statements around those that insert rows. */
export interface WhileInserting {
  readonly before: string;
  readonly after: string;
}

/**
 * Switches event triggers off until the transaction ends.
 * @returns null where that has no other effect. Before PostgreSQL 17 it also silences what checks foreign keys.
 */
export async function silenceEventTriggers(
  connection: Connection,
  version: ServerVersion,
): Promise<WhileInserting | null> {
  const [session] = await connection.query<{ role: string }>(
    "SELECT pg_catalog.current_setting('session_replication_role') AS role",
  );
  const silent = setLocal(eventTriggerSettings(version));
  await connection.query(silent);
  if (version.major >= 17) return null;
  return { before: setLocal([["session_replication_role", session!.role]]), after: silent };
}
