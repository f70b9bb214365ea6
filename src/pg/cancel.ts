/**
 * Stopping a statement on the server: a second, short connection that carries nothing but the first one's process id
 * and secret key (PostgreSQL docs, 55.2.9). Goes over TLS where the first connection does.
 */
import type pg from "pg";

/** How long a canceled statement may take to stop before its connection is cut. */
export const CANCEL_GRACE_MS = 5000;

/** The driver's members that its types leave out. */
interface DriverClient {
  readonly host: string;
  readonly port: number;
  readonly processID: number | null;
  readonly secretKey: number | null;
  readonly connection: { readonly stream: { destroy(): void; readonly encrypted?: boolean } };
}
interface DriverConnection {
  readonly stream: { destroy(): void; setTimeout(ms: number, onTimeout: () => void): void };
  connect(portOrPath: number | string, host?: string): void;
  requestSsl(): void;
  cancel(processId: number, secretKey: number): void;
  on(event: "connect" | "sslconnect" | "error" | "end", listener: () => void): void;
}

/**
 * Asks the server to cancel what the client is running. Never throws: the server gives no answer, and a request that
 * does not arrive changes nothing.
 * @returns when the request was handed over or failed.
 */
export function requestCancel(
  client: pg.ClientBase,
  ssl: unknown,
  driver: typeof pg,
): Promise<void> {
  const { host, port, processID, secretKey, connection } = client as unknown as DriverClient;
  if (processID === null || secretKey === null) return Promise.resolve();
  const tls = connection.stream.encrypted === true ? ssl : false;
  const request = new driver.Connection({
    ssl: tls,
  } as pg.ConnectionConfig) as unknown as DriverConnection;
  return new Promise((resolve) => {
    const done = (): void => {
      request.stream.destroy();
      resolve();
    };
    const send = (): void => request.cancel(processID, secretKey);
    request.on("connect", () => (tls === false ? send() : request.requestSsl()));
    request.on("sslconnect", send);
    request.on("error", done);
    // The server closes the connection when it has passed the request on.
    request.on("end", done);
    request.stream.setTimeout(CANCEL_GRACE_MS, done);
    if (host.startsWith("/")) request.connect(`${host}/.s.PGSQL.${port}`);
    else request.connect(port, host);
  });
}
