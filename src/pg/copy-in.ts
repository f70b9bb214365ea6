/**
 * COPY … FROM STDIN fed from buffers. Large buffers are cut into messages that the server can begin to parse while the
 * next ones travel: it reads a whole CopyData message before it looks at the first row in it.
 */
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type pg from "pg";

/** Bytes in one CopyData message. Measured: smaller costs calls, larger makes the server wait. */
const MESSAGE_BYTES = 64 * 1024;
/** Bytes on their way to the socket: enough that it never runs dry while a part is being inflated. */
const AHEAD_BYTES = 1024 * 1024;

/** How long the server may take to end a COPY that was made to fail. */
const FAIL_GRACE_MS = 5000;

/**
 * Runs a COPY FROM STDIN statement and resolves with the row count of its command tag.
 * @throws whatever `source` throws, after the COPY was made to fail on the server; the driver's error otherwise.
 */
export async function copyIn(
  client: pg.ClientBase,
  sql: string,
  source: AsyncIterable<Buffer> | Iterable<Buffer>,
): Promise<number> {
  const { from } = await import("pg-copy-streams");
  const target = from(sql, { highWaterMark: AHEAD_BYTES });
  // An error that comes after the pipeline has ended must not end the process.
  target.on("error", () => undefined);
  client.query(target);
  await new Promise<void>((resolve, reject) => {
    let limit: NodeJS.Timeout | undefined;
    const failing = (error: unknown): void => {
      limit = setTimeout(() => reject(error as Error), FAIL_GRACE_MS);
    };
    pipeline(Readable.from(watched(source, failing)), slicer(), target)
      .finally(() => clearTimeout(limit))
      .then(resolve, reject);
  });
  return target.rowCount;
}

async function* watched(
  source: AsyncIterable<Buffer> | Iterable<Buffer>,
  onError: (error: unknown) => void,
): AsyncGenerator<Buffer> {
  try {
    yield* source;
  } catch (error) {
    onError(error);
    throw error;
  }
}

function slicer(): Transform {
  return new Transform({
    writableHighWaterMark: 1,
    readableHighWaterMark: AHEAD_BYTES,
    transform(chunk: Buffer, _encoding, callback) {
      for (let at = 0; at < chunk.length; at += MESSAGE_BYTES)
        this.push(chunk.subarray(at, at + MESSAGE_BYTES));
      callback();
    },
  });
}
