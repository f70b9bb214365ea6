/** The members of `pg`'s objects that its types leave out. No other file reaches into the driver. */
import type { Duplex } from "node:stream";
import type pg from "pg";

/** A socket, or TLS over one. */
export interface DriverStream extends Duplex {
  /** Only of TLS. */
  readonly encrypted?: boolean;
  readonly bytesRead: number;
  /** Undefined for Unix sockets. */
  readonly localPort?: number;
  readonly remotePort?: number;
  setTimeout(ms: number, onTimeout: () => void): void;
}

export interface DriverConnection {
  readonly stream: DriverStream;
  /** Gives the stream's bytes to the protocol's parser; called when the stream is ready, after TLS. */
  attachListeners(stream: DriverStream): void;
  connect(portOrPath: number | string, host?: string): void;
  requestSsl(): void;
  cancel(processId: number, secretKey: number): void;
  on(event: string, listener: (message: never) => void): void;
  off(event: string, listener: (message: never) => void): void;
}

/** As ReadyForQuery says: I idle, T in a transaction, E in a failed one. */
export type TransactionStatus = "I" | "T" | "E";

export interface DriverClient {
  readonly host: string;
  readonly port: number;
  readonly processID: number | null;
  readonly secretKey: number | null;
  readonly connection: DriverConnection;
  readonly _connected?: boolean;
  readonly _ending?: boolean;
  /** False while a statement runs. */
  readonly readyForQuery?: boolean | null;
  /** Null before the first answer. Not in all versions of the driver. */
  getTransactionStatus?(): TransactionStatus | null;
  /** Whether a statement is sent while earlier ones still run. To be changed only while none runs. */
  pipeline: boolean;
}

export function driverClient(client: pg.ClientBase): DriverClient {
  return client as unknown as DriverClient;
}
