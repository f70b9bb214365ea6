/**
 * Keeps whatever a server sends from ending the process. The driver parses and handles messages in its socket's
 * listener, where nobody catches what it throws; here each frame is checked before, and an error breaks the connection
 * instead, which then fails like one that the network cut.
 */
import { isNexushubDumpError } from "../errors.ts";
import type { DriverConnection, DriverStream } from "./driver.ts";
import { driverFault } from "./driver-errors.ts";
import { FrameChecker, protocolError } from "./frames.ts";

type Listener = (chunk: Buffer) => void;

/** To be called before the connection connects: the driver attaches its reader then, or after TLS began. */
export function guardConnection(connection: DriverConnection): void {
  const attach = connection.attachListeners.bind(connection);
  connection.attachListeners = (stream) => {
    const before = new Set(stream.listeners("data"));
    attach(stream);
    for (const listener of stream.listeners("data") as Listener[]) {
      if (!before.has(listener)) guardListener(stream, listener);
    }
  };
}

function guardListener(stream: DriverStream, listener: Listener): void {
  const checker = new FrameChecker(listener);
  stream.off("data", listener);
  stream.on("data", (chunk: Buffer) => breakOnError(stream, () => checker.push(chunk)));
}

/** Runs `work`, and destroys the stream with the error that it throws; nothing is read after that. */
export function breakOnError(stream: DriverStream, work: () => void): void {
  if (stream.destroyed) return;
  try {
    work();
  } catch (error) {
    const known = isNexushubDumpError(error) || driverFault(error) !== undefined;
    // What the driver threw can quote what the server sent.
    stream.destroy(known ? (error as Error) : protocolError("the driver cannot read its message"));
  }
}
