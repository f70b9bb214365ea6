/** A role without superuser that owns a throwaway database: what it may not do fails in the throwaway, not in an emergency. */
import { randomBytes } from "node:crypto";
import { type ConnectionSource, withConnection } from "../pg/connect.ts";
import type { Connection } from "../pg/connection.ts";
import { quoteIdent } from "../sql/ident.ts";
import { quoteLiteral } from "../sql/literal.ts";

/** Names of these roles. */
export const PLAIN_ROLE = /^nexushub_plain_[0-9a-f]{12}$/;

export interface PlainRole {
  readonly role: string;
  /** Removes the role from a server that stays. */
  remove(): Promise<void>;
}

/**
 * Creates the role, and makes it the owner of the session's database.
 * @param source of the same database.
 * @returns null when the login is no superuser itself: then it is a plain role already.
 */
export async function createPlainRole(
  connection: Connection,
  source: ConnectionSource,
  { isOurServer }: { readonly isOurServer: boolean },
): Promise<PlainRole | null> {
  const [facts] = await connection.query<{ isSuperuser: boolean; database: string }>(
    `SELECT pg_catalog.current_setting('is_superuser') = 'on' AS "isSuperuser",
            pg_catalog.current_database() AS database`,
  );
  if (!facts!.isSuperuser) return null;
  const role = `nexushub_plain_${randomBytes(6).toString("hex")}`;
  await createRole(connection, role);
  await connection.query(
    `ALTER DATABASE ${quoteIdent(facts!.database)} OWNER TO ${role}; GRANT CREATE ON SCHEMA public TO ${role}`,
  );
  const remove = async (): Promise<void> => {
    // An embedded server is removed as a whole.
    if (isOurServer) return;
    await withConnection(source, {}, (again) =>
      again.query(
        `REASSIGN OWNED BY ${role} TO CURRENT_USER; DROP OWNED BY ${role}; DROP ROLE ${role}`,
      ),
    );
  };
  return { role, remove };
}

/** Creates a role without superuser, unless there is one of this name. */
export async function createRole(connection: Connection, role: string): Promise<void> {
  const rows = await connection.query(
    `SELECT FROM pg_catalog.pg_roles WHERE rolname = ${quoteLiteral(role)}`,
  );
  if (rows.length === 0) await connection.query(`CREATE ROLE ${quoteIdent(role)} NOSUPERUSER`);
}
