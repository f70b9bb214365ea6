/** A client that the caller opened and keeps, as a connection. */
import type pg from "pg";
import { labelOf } from "./attempts.ts";
import { type Connection, wrapClient } from "./connection.ts";

/** A connected client of `pg`, or one from its pool. */
export type OpenClient = pg.ClientBase;

/** Whether a value is an open client of `pg`, whatever copy of the package it came from. */
export function isClient(value: unknown): value is OpenClient {
  return typeof value === "object" && value !== null && "query" in value && "connection" in value;
}

/** Nothing closes the client or ends its transaction; `close` only gives it back. */
export async function borrow(client: OpenClient, signal?: AbortSignal): Promise<Connection> {
  const { default: driver } = await import("pg");
  const { host = "", port = 5432, database, user } = client as Partial<pg.Client>;
  return wrapClient(client, driver, {
    label: labelOf({ host, port, database, user }),
    ssl: (client as Partial<{ ssl: unknown }>).ssl ?? false,
    signal,
    borrowed: true,
  });
}
