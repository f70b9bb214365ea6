/** Tells a pooler in transaction mode from one in session mode, which is as good as the server. */
import type { Connection } from "./connection.ts";

/** Whether sessions of the server are ours alone from start to end, or given to others after each transaction. */
export type Sessions = "own" | "shared";

/**
 * The sessions behind a pooler: shared when a second one gets the server process of the first, or the first one's changes
 * between two statements.
 * @param connect opens the second.
 */
export async function sessionsBehind(
  connection: Connection,
  connect: () => Promise<Connection>,
): Promise<Sessions> {
  const first = await serverProcess(connection);
  let second: Connection;
  try {
    second = await connect();
  } catch {
    return "own"; // The server allows one connection only, which nobody can share.
  }
  try {
    await second.query("BEGIN");
    const isShared =
      (await serverProcess(second)) === first || (await serverProcess(connection)) !== first;
    return isShared ? "shared" : "own";
  } finally {
    await second.close();
  }
}

async function serverProcess({ query }: Connection): Promise<number> {
  const [row] = await query<{ pid: number }>("SELECT pg_catalog.pg_backend_pid() AS pid");
  return row!.pid;
}
