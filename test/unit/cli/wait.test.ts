import { expect, test } from "vitest";
import type { Console } from "../../../src/cli/console.ts";
import { untilConnected } from "../../../src/cli/wait.ts";
import { ConnectionError, UsageError } from "../../../src/errors.ts";

const context = {
  console: { say: () => {} } as unknown as Console,
  signal: new AbortController().signal,
};

/** Fails the given number of times, then returns how often it was called. */
function failing(times: number, error: Error): () => Promise<number> {
  let calls = 0;
  return () => (++calls > times ? Promise.resolve(calls) : Promise.reject(error));
}

const STARTING = new ConnectionError("the database system is starting up");

test("waits for a server that is starting, and no longer than it may", async () => {
  expect(await untilConnected(60_000, context, failing(1, STARTING))).toBe(2);
  await expect(untilConnected(300, context, failing(99, STARTING))).rejects.toBe(STARTING);
});

test("tries once where nobody asked for more, and where waiting does not help", async () => {
  await expect(untilConnected(undefined, context, failing(1, STARTING))).rejects.toBe(STARTING);
  const usage = new UsageError("no database was named");
  await expect(untilConnected(60_000, context, failing(1, usage))).rejects.toBe(usage);
  const refused = new ConnectionError("password authentication failed", { isRefusal: true });
  await expect(untilConnected(60_000, context, failing(1, refused))).rejects.toBe(refused);
});
