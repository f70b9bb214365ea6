/** `target_session_attrs`: which of several servers is wanted (PostgreSQL docs, 34.1.2). */
import { ConnectionError, UsageError } from "../errors.ts";
import type { Connection } from "./connection.ts";

const ATTRIBUTES = [
  "any",
  "read-write",
  "read-only",
  "primary",
  "standby",
  "prefer-standby",
] as const;

export type SessionAttributes = (typeof ATTRIBUTES)[number];

/** @throws UsageError only when libpq knows no such word. */
export function requireSessionAttributes(text = ""): SessionAttributes {
  const known = ATTRIBUTES.find((word) => word === (text || "any"));
  if (known !== undefined) return known;
  throw new UsageError(`unknown target_session_attrs ${JSON.stringify(text)}`, {
    hint: `one of ${ATTRIBUTES.join(", ")}`,
  });
}

/** @throws ConnectionError only when the session is not of that kind. */
export async function checkSessionAttributes(
  connection: Connection,
  attributes: SessionAttributes,
): Promise<void> {
  if (attributes === "any" || attributes === "prefer-standby") return;
  const [state] = await connection.query<{ standby: boolean; readonly: boolean }>(
    `SELECT pg_catalog.pg_is_in_recovery() AS standby,
            pg_catalog.current_setting('transaction_read_only') = 'on' AS readonly`,
  );
  const { standby, readonly } = state!;
  const fits = {
    primary: !standby,
    standby,
    "read-only": standby || readonly,
    "read-write": !standby && !readonly,
  }[attributes];
  if (!fits)
    throw new ConnectionError(`the session is not ${attributes}`, { object: connection.label });
}
