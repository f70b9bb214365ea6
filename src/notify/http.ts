/** Requests to monitoring services: bounded in time, repeated when it may help, and without the URL in any error. */
import { setTimeout as sleep } from "node:timers/promises";

/** How often and how patiently a request is made. */
export interface Patience {
  /** Default: 3. */
  readonly attempts?: number | undefined;
  /** Of one attempt. Default: 5 seconds. */
  readonly timeoutMs?: number | undefined;
  /** Before the second attempt; twice as long before each further one. Default: one second. */
  readonly pauseMs?: number | undefined;
}

export interface Post {
  readonly url: string;
  readonly contentType: string;
  readonly body: string;
}

/** What a service answers when it is busy, and a client may ask again. */
const BUSY_STATUS: ReadonlySet<number> = new Set([408, 425, 429]);

/** @returns why the service did not take it; null when it did. Never throws: a URL may be a secret, and errors quote it. */
export async function post(
  request: Post,
  { attempts = 3, timeoutMs = 5_000, pauseMs = 1_000 }: Patience = {},
): Promise<string | null> {
  for (let attempt = 1; ; attempt++) {
    const { problem, isFinal } = await postOnce(request, timeoutMs);
    if (problem === null || isFinal || attempt >= attempts) return problem;
    await sleep(pauseMs * 2 ** (attempt - 1));
  }
}

async function postOnce(
  { url, contentType, body }: Post,
  timeoutMs: number,
): Promise<{ problem: string | null; isFinal: boolean }> {
  try {
    const { host } = new URL(url);
    const signal = AbortSignal.timeout(timeoutMs);
    const headers = { "content-type": contentType, "user-agent": "nexushub-dump" };
    const response = await fetch(url, { method: "POST", headers, body, signal });
    await response.body?.cancel();
    if (response.ok) return { problem: null, isFinal: true };
    const isFinal = response.status < 500 && !BUSY_STATUS.has(response.status);
    return { problem: `${host} answered ${response.status}`, isFinal };
  } catch (error) {
    return { problem: `${hostOf(url)}: ${reason(error as Error, timeoutMs)}`, isFinal: false };
  }
}

/** fetch hides the reason of the system behind "fetch failed". */
function reason(error: Error & { readonly cause?: unknown }, timeoutMs: number): string {
  if (error.name === "TimeoutError") return `no answer within ${timeoutMs / 1000} seconds`;
  const { code } = (error.cause ?? {}) as NodeJS.ErrnoException;
  return code ?? "the request failed";
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "the service";
}
