import { describe, expect, test } from "vitest";
import { ConnectionError } from "../../../../src/errors.ts";
import type { Connection } from "../../../../src/pg/connection.ts";
import type { TransactionStatus } from "../../../../src/pg/driver.ts";
import { KeptTransaction } from "../../../../src/restore/run/kept-transaction.ts";

interface Answer {
  readonly tags?: readonly string[];
  readonly status?: TransactionStatus | null;
  readonly rows?: readonly object[];
  readonly error?: Error;
}

/** A connection whose answers are scripted, and the statements that it was sent. */
function scripted(...answers: Answer[]): { connection: Connection; sent: string[] } {
  const sent: string[] = [];
  let onTag: (tag: string) => void = () => undefined;
  let last: TransactionStatus | null = "T";
  const connection = {
    label: "the target",
    query: (sql: string) => {
      sent.push(sql);
      const { tags = [], status = "T", rows = [], error } = answers.shift() ?? {};
      for (const tag of tags) onTag(tag);
      last = status;
      return error === undefined ? Promise.resolve(rows) : Promise.reject(error);
    },
    onCommand: (listener: (tag: string) => void) => {
      onTag = listener;
    },
    transactionStatus: () => last,
  };
  return { connection: connection as unknown as Connection, sent };
}

const OF_ARCHIVE = { object: "table public.t" };

describe("a kept transaction", () => {
  test("fails when COMMIT is answered by ROLLBACK", async () => {
    const { connection } = scripted({ tags: ["ROLLBACK"], status: "I" });
    await expect(new KeptTransaction(connection).end("COMMIT")).rejects.toMatchObject({
      code: "SERVER",
      message: "cannot commit: the server answered with ROLLBACK",
      hint: "nothing was committed",
    });
  });

  test("fails when the transaction is open after COMMIT", async () => {
    const { connection } = scripted({ tags: ["COMMIT"], status: "T" });
    await expect(new KeptTransaction(connection).end("COMMIT")).rejects.toThrow("cannot commit");
  });

  test("says that the end is not known when the connection is lost in COMMIT", async () => {
    const { connection } = scripted({ error: new ConnectionError("the connection was lost") });
    await expect(new KeptTransaction(connection).end("COMMIT")).rejects.toMatchObject({
      code: "CONNECTION",
      hint: "the server may have committed the restore or not: look at the target",
    });
  });

  test("fails after any statement that leaves no transaction", async () => {
    const { connection } = scripted({ tags: ["CREATE TABLE"], status: "I" });
    const kept = new KeptTransaction(connection);
    await expect(
      kept.connection.query("CREATE TABLE t ()", { object: "table t", statement: "s" }),
    ).rejects.toMatchObject({
      message: "a statement of the archive ended the transaction of the restore",
      object: "table t",
      statement: "s",
    });
  });

  test("allows our own savepoints, and none of the archive", async () => {
    const { connection } = scripted(
      { tags: ["SAVEPOINT"] },
      { tags: ["CREATE TABLE", "SAVEPOINT"] },
    );
    const kept = new KeptTransaction(connection);
    await kept.connection.query("SAVEPOINT ours");
    await expect(kept.runOfArchive("CREATE TABLE t (); SAVEPOINT s", OF_ARCHIVE)).rejects.toThrow(
      "controls the transaction of the restore: SAVEPOINT",
    );
  });

  test("asks after a failure what became of the transaction", async () => {
    const failure = new Error("division by zero");
    const { connection, sent } = scripted(
      { rows: [{ id: "700" }] },
      {},
      { rows: [{ status: "committed" }], status: "I" },
    );
    const kept = new KeptTransaction(connection);
    await kept.remember();
    expect(await kept.afterFailure(failure)).toMatchObject({
      code: "SERVER",
      message: expect.stringMatching(/so the target was changed; then: division by zero$/),
      cause: failure,
    });
    expect(sent.slice(1)).toEqual([
      "ROLLBACK",
      "SELECT pg_catalog.pg_xact_status('700'::pg_catalog.xid8) AS status",
    ]);
  });

  test("names a prepared transaction, which keeps its locks", async () => {
    const { connection } = scripted(
      { rows: [{ id: "700" }] },
      {},
      { rows: [{ status: "in progress" }], status: "I" },
    );
    const kept = new KeptTransaction(connection);
    await kept.remember();
    expect(await kept.afterFailure(new Error("x"))).toMatchObject({
      hint: "find it in pg_prepared_xacts and end it with ROLLBACK PREPARED",
    });
  });

  test("keeps the failure of a transaction that was rolled back", async () => {
    const failure = new Error("x");
    const { connection } = scripted(
      { rows: [{ id: "700" }] },
      {},
      { rows: [{ status: "aborted" }], status: "I" },
    );
    const kept = new KeptTransaction(connection);
    await kept.remember();
    expect(await kept.afterFailure(failure)).toBe(failure);
  });
});
