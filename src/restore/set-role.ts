/** Taking on a role for the rest of the transaction. */
import type { Connection } from "../pg/connection.ts";
import { setLocalRole } from "../pg/session.ts";

/** @param role a role's name; `none` goes back to the login. A role that is called so cannot be taken on (SET ROLE). */
export async function setRole(connection: Connection, role: string): Promise<void> {
  await connection.query(setLocalRole(role), { object: `role ${role}` });
}
