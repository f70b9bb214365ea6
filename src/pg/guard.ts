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

/**
 * Guards a connection that others have opened, until the returned function is called. It must be idle: what comes next then
 * begins with a frame.
 */
export function guardOpenConnection({ stream }: DriverConnection): () => void {
  const listeners = stream.listeners("data") as Listener[];
  const releases = listeners.map((listener) => guardListener(stream, listener));
  return () => releases.forEach((release) => release());
}

/** @returns a function that puts the listener back. */
function guardListener(stream: DriverStream, listener: Listener): () => void {
  const checker = new FrameChecker(listener);
  const guarded = (chunk: Buffer): void => breakOnError(stream, () => checker.push(chunk));
  stream.off("data", listener);
  stream.on("data", guarded);
  return () => {
    stream.off("data", guarded);
    stream.on("data", listener);
    if (!stream.destroyed) checker.release();
  };
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
