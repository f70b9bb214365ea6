/** `--wait`: until a server that is about to start accepts connections, as after a boot. */
import { setTimeout as sleep } from "node:timers/promises";
import { AbortedError, type ConnectionError, isNexushubDumpError } from "../errors.ts";
import type { CommandContext } from "./command.ts";

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Calls `attempt` until it succeeds, or fails by something that time does not mend, or the time is over.
 * @param waitMs undefined for one attempt.
 * @throws what the last attempt threw; AbortedError.
 */
export async function untilConnected<T>(
  waitMs: number | undefined,
  { console, signal }: Pick<CommandContext, "console" | "signal">,
  attempt: () => Promise<T>,
): Promise<T> {
  const deadline = performance.now() + (waitMs ?? 0);
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    try {
      return await attempt();
    } catch (error) {
      const left = deadline - performance.now();
      if (waitMs === undefined || !mayPass(error) || left <= 0) throw error;
      if (pause === FIRST_PAUSE_MS) console.say("info", `waiting for the server: ${error.message}`);
      await sleep(Math.min(pause, left), undefined, { signal }).catch((cause: unknown) => {
        throw new AbortedError("while waiting for the server", { cause });
      });
    }
  }
}

function mayPass(error: unknown): error is ConnectionError {
  return (
    isNexushubDumpError(error) &&
    error.code === "CONNECTION" &&
    !(error as ConnectionError).isRefusal
  );
}
