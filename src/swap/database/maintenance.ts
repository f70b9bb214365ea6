/**
 * Connections to a third database, from which two others can be renamed, and the lock by which one run at a time works on a
 * database. The lock ends with its session: whoever has it knows that whatever others left behind is nobody's any more.
 */
import { NexushubDumpError, RefusedError } from "../../errors.ts";
import type { Connector } from "../../pg/connect.ts";
import type { Connection } from "../../pg/connection.ts";
import { openSwapSession } from "./session.ts";

/** Databases that clusters usually have. */
const CANDIDATES = ["postgres", "template1"] as const;

export interface Maintenance {
  readonly connection: Connection;
  readonly helper: Connection;
  close(): Promise<void>;
}

/**
 * Without a signal: what an interrupted run has left is removed over them.
 * @param target the name of the database that is worked on.
 * @throws RefusedError only when the login can connect to no other database.
 */
export async function openMaintenance(connector: Connector, target: string): Promise<Maintenance> {
  const { connection, through } = await openFirst(connector, target);
  try {
    const helper = await openSwapSession(through);
    const close = async (): Promise<void> => {
      await Promise.all([connection.close(), helper.close()]);
    };
    return { connection, helper, close };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

async function openFirst(
  connector: Connector,
  target: string,
): Promise<{ connection: Connection; through: Connector }> {
  const failures: NexushubDumpError[] = [];
  for (const name of CANDIDATES) {
    if (name === target) continue;
    const through = connector.toDatabase(name);
    try {
      return { connection: await openSwapSession(through), through };
    } catch (error) {
      if (!(error instanceof NexushubDumpError)) throw error;
      failures.push(error);
    }
  }
  const reasons = failures.map(({ message }) => message).join("; ");
  throw new RefusedError(
    "SWAP_REFUSED",
    `the database can be renamed only from another one, and the login can connect to none: ${reasons}`,
    { object: connector.label, hint: "let the login connect to the database postgres" },
  );
}

/** The first key of the advisory locks, which no application is likely to use. */
const LOCK_CLASS = 0x6e78_6462;

/** @throws NexushubDumpError (BUSY) only when another run works on the database. */
export async function lockDatabase(
  connection: Connection,
  { name, oid }: { readonly name: string; readonly oid: number },
): Promise<void> {
  const [row] = await connection.query<{ locked: boolean }>(`
    SELECT pg_catalog.pg_try_advisory_lock(${LOCK_CLASS}, ${oid | 0}) AND NOT EXISTS (
      -- Advisory locks are those of one database; another run can be connected to another one.
      SELECT FROM pg_catalog.pg_locks
      WHERE locktype = 'advisory' AND classid = ${LOCK_CLASS} AND objid = ${oid} AND objsubid = 2 AND granted
        AND pid <> pg_catalog.pg_backend_pid()) AS locked`);
  if (row!.locked) return;
  throw new NexushubDumpError("BUSY", `another restore works on the database ${name}`, {
    object: `database ${name}`,
    hint: "wait for it to end",
  });
}
