/**
 * The sessions of a dump: settings pinned, one snapshot for all of them, locks that keep what is read as it is. Order
 * matters: LOCK TABLE needs no snapshot, so locks come first and the snapshot sees nothing half-changed
 * (PostgreSQL docs, LOCK, notes).
 */
import type { ServerVersion } from "../catalog/version.ts";
import { quoteLiteral } from "../sql/literal.ts";
import type { Connection } from "./connection.ts";

/**
 * Settings that the database, the role or the environment could otherwise change. They affect the text of values and
 * definitions, the order of rows, whether rows are hidden, and when a long statement is canceled.
 */
const SETTINGS: readonly (readonly [name: string, value: string, since?: number])[] = [
  ["search_path", ""],
  ["datestyle", "ISO, YMD"],
  ["intervalstyle", "postgres"],
  ["timezone", "UTC"],
  ["extra_float_digits", "3"],
  ["bytea_output", "hex"],
  ["xmloption", "content"],
  ["lc_monetary", "C"],
  ["client_encoding", "UTF8"],
  ["standard_conforming_strings", "on"],
  ["quote_all_identifiers", "off"],
  ["transform_null_equals", "off"],
  ["array_nulls", "on"],
  ["row_security", "off"],
  ["synchronize_seqscans", "off"],
  ["jit", "off"],
  // The planner would compute parts of CHECK constraints, with the functions of the tables' owners.
  ["constraint_exclusion", "off"],
  ["statement_timeout", "0"],
  ["lock_timeout", "0"],
  ["idle_in_transaction_session_timeout", "0"],
  ["idle_session_timeout", "0", 14],
  ["transaction_timeout", "0", 17],
];

/** `SET LOCAL` for each pair, as one text. They end with the transaction, so a borrowed session is left as it was. */
export function setLocal(settings: readonly (readonly [name: string, value: string])[]): string {
  return settings.map(([name, value]) => `SET LOCAL ${name} = ${quoteLiteral(value)}`).join("; ");
}

/** Takes on a role for the rest of the transaction; `none` goes back to the login. */
export function setLocalRole(role: string): string {
  return `SET LOCAL ROLE ${quoteLiteral(role)}`;
}

/** The settings that every session of ours has. */
export function pinnedSettings(version: ServerVersion): (readonly [name: string, value: string])[] {
  return [
    ...SETTINGS.filter(([, , since]) => version.major >= (since ?? 0)).map(
      ([name, value]) => [name, value] as const,
    ),
    ...restrictedKinds(version, true),
  ];
}

/** The first minor of older majors with `restrict_nonsystem_relation_kind`; all of 17 and later have it. */
const RESTRICTS_SINCE: Readonly<Record<number, number>> = { 13: 16, 14: 13, 15: 8, 16: 4 };

/**
 * The setting by which the server refuses to read views and foreign tables that users created (CVE-2024-7348): a dump
 * reads tables, and what took a table's place in the meantime must not run as the role that dumps. Empty where the server
 * does not have it.
 * @param restricted false for SQL that the user wrote, which may read views.
 */
export function restrictedKinds(
  { num, major }: ServerVersion,
  restricted: boolean,
): (readonly [name: string, value: string])[] {
  const since = RESTRICTS_SINCE[major];
  if (since !== undefined && num % 10000 < since) return [];
  return [["restrict_nonsystem_relation_kind", restricted ? "view, foreign-table" : ""]];
}

/** As whom the sessions of a dump read. */
export interface Reader {
  /** The role that is taken on (SET ROLE); undefined for the login. */
  readonly role?: string | undefined;
  /** Read only the rows that row security lets the role see, instead of failing. */
  readonly enableRowSecurity?: boolean | undefined;
}

/** The settings of a session that reads, and its role last: some settings need the login's rights. */
function readerSettings(version: ServerVersion, { role, enableRowSecurity }: Reader): string {
  const settings = setLocal([
    ...pinnedSettings(version),
    ...(enableRowSecurity === true ? [["row_security", "on"] as const] : []),
  ]);
  return role === undefined ? settings : `${settings}; ${setLocalRole(role)}`;
}

/** Begins a read-only transaction whose first query will fix its snapshot. It reads no views and foreign tables of users. */
export async function beginReading(
  connection: Pick<Connection, "query">,
  version: ServerVersion,
  reader: Reader,
): Promise<void> {
  await connection.query(
    `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ${readerSettings(version, reader)}`,
    { action: "begin the dump's transaction" },
  );
}

/** Gives the transaction, before its first query, a snapshot that another session exported. */
export async function importSnapshot(connection: Connection, snapshot: string): Promise<void> {
  await connection.query(`SET TRANSACTION SNAPSHOT ${quoteLiteral(snapshot)}`, {
    action: `use the snapshot ${snapshot}`,
  });
}

/** Fixes the snapshot of the transaction and makes it available to other sessions. Returns its name. */
export async function exportSnapshot(connection: Connection): Promise<string> {
  const rows = await connection.query<{ snapshot: string }>(
    "SELECT pg_catalog.pg_export_snapshot() AS snapshot",
    { action: "share the dump's snapshot" },
  );
  return rows[0]!.snapshot;
}

/** Begins a read-only transaction that sees exactly what the exporting one sees. */
export async function joinSnapshot(
  connection: Connection,
  version: ServerVersion,
  snapshot: string,
  reader: Reader,
): Promise<void> {
  await connection.query(
    `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT ${quoteLiteral(snapshot)}; ${readerSettings(version, reader)}`,
    { action: "join the dump's snapshot" },
  );
}
