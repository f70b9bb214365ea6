/** Statements that are sent without waiting for the answers to earlier ones. */
import { expect, test } from "vitest";
import { connect } from "../../src/pg/connect.ts";
import { withDatabase } from "../support/postgres.ts";
import { statementProxy } from "../support/statement-proxy.ts";

test("a statement is sent while an earlier one runs, and answers go to their statements", async () => {
  await withDatabase(async (database) => {
    const sent: string[] = [];
    const proxy = await statementProxy(database.url, (sql) => void sent.push(sql));
    const { connection } = await connect(proxy.url);
    try {
      sent.length = 0;
      const slow = connection.pipelinedQuery<{ a: number }>("SELECT 1 AS a, pg_sleep(0.3)");
      const quick = connection.pipelinedQuery<{ b: number }>("SELECT 2 AS b");
      const whenAnswered = slow.then(() => [...sent]);
      expect(await Promise.all([slow, quick])).toMatchObject([[{ a: 1 }], [{ b: 2 }]]);
      expect(await whenAnswered).toHaveLength(2);
    } finally {
      await connection.close();
      proxy.close();
    }
  });
});

test("after an error the later ones fail, and the connection can be used as before", async () => {
  await withDatabase(async (database) => {
    const { connection } = await connect(database.url);
    try {
      await connection.query("BEGIN");
      const results = await Promise.allSettled([
        connection.pipelinedQuery("SELECT 1/0", { action: "divide" }),
        connection.pipelinedQuery("SELECT 1"),
      ]);
      expect(results).toMatchObject([
        { status: "rejected", reason: { code: "SERVER", sqlState: "22012" } },
        { status: "rejected", reason: { sqlState: "25P02" } },
      ]);
      await connection.query("ROLLBACK; CREATE TABLE public.t (a int)");
      expect(await connection.copyIn("COPY public.t FROM STDIN", [Buffer.from("1\n2\n")])).toBe(2);
      expect(await connection.query("SELECT count(*)::int AS n FROM public.t")).toEqual([{ n: 2 }]);
    } finally {
      await connection.close();
    }
  });
});
