/** A client that the caller opened and keeps, as a connection. */
import type pg from "pg";
import { UsageError } from "../errors.ts";
import { labelOf } from "./attempts.ts";
import { type Connection, wrapClient } from "./connection.ts";
import { driverClient } from "./driver.ts";
import { guardOpenConnection } from "./guard.ts";

/** A connected client of `pg`, or one from its pool. */
export type OpenClient = pg.ClientBase;

/** Whether a value is an open client of `pg`, whatever copy of the package it came from. */
export function isClient(value: unknown): value is OpenClient {
  return typeof value === "object" && value !== null && "query" in value && "connection" in value;
}

/**
 * Nothing closes the client or ends its transaction; `close` only gives it back, without listeners of ours.
 * @throws UsageError only when the client is not connected, or runs a statement.
 */
export async function borrow(client: OpenClient, signal?: AbortSignal): Promise<Connection> {
  const { default: driver } = await import("pg");
  requireIdle(client);
  const { host = "", port = 5432, database, user } = client as Partial<pg.Client>;
  const release = guardOpenConnection(driverClient(client).connection);
  const connection = wrapClient(client, driver, {
    label: labelOf({ host, port, database, user }),
    ssl: (client as Partial<{ ssl: unknown }>).ssl ?? false,
    signal,
    borrowed: true,
  });
  return {
    ...connection,
    async close() {
      await connection.close();
      release();
    },
  };
}

/** The driver would queue our statements: for ever, or behind one that a cancel request of ours would then stop. */
function requireIdle(client: OpenClient): void {
  const { _connected, _ending, readyForQuery } = driverClient(client);
  if (_connected === false || _ending === true) {
    throw new UsageError("the client is not connected", {
      hint: "await client.connect() and begin a transaction first",
    });
  }
  if (readyForQuery === false) {
    throw new UsageError("the client is still running another statement", {
      hint: "await that one first, and run nothing else on the client meanwhile",
    });
  }
}
