/**
 * Stops a statement on the server: a second, short connection that holds nothing but the first one's process id and
 * secret key (PostgreSQL docs, 55.2.9). Uses TLS where the first connection does.
 */
import type pg from "pg";
import { type DriverConnection, driverClient } from "./driver.ts";

/** How long a cancelled statement may take to stop before its connection is cut. */
export const CANCEL_GRACE_MS = 5000;

/**
 * Asks the server to cancel what the client is running. Never throws: the server gives no answer, and a request that
 * does not arrive changes nothing.
 * @returns when the server has passed the request on, it failed, or the time for it is over.
 */
export function requestCancel(
  client: pg.ClientBase,
  ssl: unknown,
  driver: typeof pg,
): Promise<void> {
  const { host, port, processID, secretKey, connection } = driverClient(client);
  if (processID === null || secretKey === null) return Promise.resolve();
  const tls = connection.stream.encrypted === true ? ssl : false;
  const request = new driver.Connection({
    ssl: tls,
  } as pg.ConnectionConfig) as unknown as DriverConnection;
  // There is no answer to parse.
  request.attachListeners = (stream) => void stream.resume();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(limit);
      request.stream.destroy();
      resolve();
    };
    const limit = setTimeout(done, CANCEL_GRACE_MS);
    const send = (): void => request.cancel(processID, secretKey);
    request.on("connect", () => (tls === false ? send() : request.requestSsl()));
    request.on("sslconnect", send);
    request.on("error", done);
    // The server closes the connection when it has passed the request on.
    request.on("end", done);
    if (host.startsWith("/")) request.connect(`${host}/.s.PGSQL.${port}`);
    else request.connect(port, host);
  });
}
