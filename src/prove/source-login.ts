/** Whether the login of a source is a superuser: a proof restores as a role that may do no more. */
import { connect, type ConnectionSource } from "../pg/connect.ts";

/** @throws ConnectionError when the server cannot be reached. */
export async function isSuperuserLogin(
  source: ConnectionSource,
  signal?: AbortSignal,
): Promise<boolean> {
  const { connection } = await connect(source, { signal });
  try {
    const [row] = await connection.query<{ isSuperuser: boolean }>(
      `SELECT pg_catalog.current_setting('is_superuser') = 'on' AS "isSuperuser"`,
    );
    return row!.isSuperuser;
  } finally {
    await connection.close();
  }
}
