/** Whether the login of a source, or its role, is a superuser: a proof restores as a role that may do no more. */
import { quoteLiteral } from "../sql/literal.ts";
import { type ConnectionSource, withConnection } from "../pg/connect.ts";

/** @throws ConnectionError when the server cannot be reached. */
export async function isSuperuserLogin(
  source: ConnectionSource,
  role: string | undefined,
  signal?: AbortSignal,
): Promise<boolean> {
  return withConnection(source, { signal }, async (connection) => {
    if (role !== undefined) await connection.query(`SET ROLE ${quoteLiteral(role)}`);
    const [row] = await connection.query<{ isSuperuser: boolean }>(
      `SELECT pg_catalog.current_setting('is_superuser') = 'on' AS "isSuperuser"`,
    );
    return row!.isSuperuser;
  });
}
