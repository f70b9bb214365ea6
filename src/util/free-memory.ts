/**
 * Memory of large buffers, given back at once. The collector knows their size only roughly and lets some tens of megabytes
 * of them wait (measured: 17 MiB more at the peak of a backup).
 */
import { MessageChannel, type MessagePort } from "node:worker_threads";

/** Less is not worth the call. */
const MIN_BYTES = 256 * 1024;

let nowhere: MessagePort | undefined;

/**
 * Frees the memory behind a buffer. It and every other buffer of the same memory is empty afterwards, so only the one who
 * made it may do this, when nobody reads it any more.
 */
export function freeMemory({ buffer }: Buffer): void {
  // The pool of small buffers is shared (Node.js docs, Buffer.poolSize).
  if (!(buffer instanceof ArrayBuffer) || buffer.byteLength <= Math.max(MIN_BYTES, Buffer.poolSize))
    return;
  nowhere ??= closedPort();
  // What is transferred to a closed port belongs to a message that nobody gets (HTML standard, 9.4.4).
  nowhere.postMessage(undefined, [buffer]);
}

function closedPort(): MessagePort {
  const { port1 } = new MessageChannel();
  port1.close();
  return port1;
}
