/** A client that asks all the time, through an exchange of databases. */
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";

/** Asks a database all the time for the number of its rows, with a new connection when one has ended. */
export function poll(url: string): {
  stop: () => Promise<{ answers: number[]; longestGapMs: number }>;
} {
  const answers: number[] = [];
  const state = { isOver: false };
  let [last, longestGapMs] = [performance.now(), 0];
  const once = async (): Promise<void> => {
    const client = new Client({ connectionString: url, application_name: "poller" });
    client.on("error", () => undefined);
    try {
      await client.connect();
      while (!state.isOver) {
        const { rows } = await client.query<{ n: number }>("SELECT count(*)::int AS n FROM t");
        answers.push(rows[0]!.n);
        longestGapMs = Math.max(longestGapMs, performance.now() - last);
        last = performance.now();
        await sleep(5);
      }
    } catch (error) {
      // 57P01: the session was ended. 3D000: it was connecting when the name passed on. Nothing else may happen.
      const { code, message } = error as { code?: string; message: string };
      if (
        !["57P01", "3D000"].includes(code ?? "") &&
        !/terminated|ECONNRESET|not queryable/.test(message)
      )
        throw error;
    } finally {
      await client.end().catch(() => undefined);
    }
  };
  const running = (async () => {
    while (!state.isOver) await once();
  })();
  return {
    async stop() {
      state.isOver = true;
      await running;
      return { answers, longestGapMs };
    },
  };
}
