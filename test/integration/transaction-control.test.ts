/**
 * An archive whose statements control the transaction: a restore of it fails, names the statement, and says whether the
 * target was changed.
 */
import pg from "pg";
import { expect, test } from "vitest";
import { restore } from "../../src/restore/restore.ts";
import { MemoryStore, writeSample } from "../support/archives.ts";
import { withDatabase } from "../support/postgres.ts";

const TABLE = "CREATE TABLE public.t (a int)";

async function archiveWith(...statements: string[]): Promise<MemoryStore> {
  const store = new MemoryStore();
  const object = {
    id: 0,
    kind: "table",
    namespace: "public",
    name: "t",
    section: "pre-data" as const,
    statements: [TABLE, ...statements],
    requires: [],
    parent: null,
    features: [],
    accessMethod: null,
    roles: [],
  };
  await writeSample(await store.create(), {
    tables: [],
    change: (head) => ({ ...head, objects: [object] }),
  });
  return store;
}

const CONTROLS = "a statement of the archive controls the transaction of the restore: ";
const COMMITTED =
  "a statement of the archive committed the transaction of the restore, so the target was changed: COMMIT";

/** Statements that end the transaction, the message, and whether the table is there afterwards. */
const ENDS: readonly [statement: string, message: string, isChanged: boolean][] = [
  ["COMMIT", COMMITTED, true],
  ["END", COMMITTED, true],
  ["COMMIT; BEGIN", COMMITTED, true],
  ["COMMIT AND CHAIN", COMMITTED, true],
  ["COMMIT; BEGIN; SELECT 1/0", COMMITTED, true],
  ["SELECT 1; /* ; */ commit; SELECT 1/0", COMMITTED, true],
  [
    "COMMIT; CREATE PROCEDURE public.p() LANGUAGE sql AS ''; CALL public.p(); BEGIN",
    COMMITTED,
    true,
  ],
  ["ROLLBACK", `${CONTROLS}ROLLBACK`, false],
  ["ROLLBACK; BEGIN", `${CONTROLS}ROLLBACK`, false],
  ["ROLLBACK AND CHAIN", `${CONTROLS}ROLLBACK`, false],
  ["ABORT", `${CONTROLS}ROLLBACK`, false],
  ["SAVEPOINT s", `${CONTROLS}SAVEPOINT`, false],
  ["SAVEPOINT s; DROP TABLE public.t; ROLLBACK TO s", `${CONTROLS}SAVEPOINT`, false],
  ["BEGIN", `${CONTROLS}BEGIN`, false],
  // Neither a block nor a procedure can end a transaction that somebody else began.
  [
    "DO 'BEGIN COMMIT; END'",
    "cannot restore table public.t: invalid transaction termination",
    false,
  ],
  [
    "CREATE PROCEDURE public.p() LANGUAGE plpgsql AS 'BEGIN ROLLBACK; END'; CALL public.p()",
    "cannot restore table public.t: invalid transaction termination",
    false,
  ],
];

async function tableExists(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query("SELECT to_regclass('public.t') IS NOT NULL AS exists");
  return rows[0].exists;
}

test("transaction control in an archive makes the restore fail, a dry run as well", async () => {
  await withDatabase(async (target) => {
    const client = new pg.Client(target.url);
    await client.connect();
    for (const [index, [statement, message, isChanged]] of ENDS.entries()) {
      const store = await archiveWith(statement);
      await expect(
        restore(store, target.url, { dryRun: index % 2 === 0 }),
        statement,
      ).rejects.toMatchObject({ code: "SERVER", message, object: "table public.t", statement });
      expect(await tableExists(client), statement).toBe(isChanged);
      await client.query("DROP TABLE IF EXISTS public.t");
      await client.query("DROP PROCEDURE IF EXISTS public.p");
    }
    await client.end();
  });
});

test("an archive that is honest leaves no transaction control to find", async () => {
  const store = await archiveWith("CREATE INDEX ON public.t (a)", "PREPARE q AS SELECT 1");
  await withDatabase(async (target) => {
    expect(await restore(store, target.url)).toMatchObject({ committed: true });
  });
});

test("the statement is named in the caller's transaction as well", async () => {
  const store = await archiveWith("COMMIT AND CHAIN");
  await withDatabase(async (target) => {
    const client = new pg.Client(target.url);
    await client.connect();
    try {
      await client.query("BEGIN");
      await expect(restore(store, client)).rejects.toMatchObject({
        message: `${CONTROLS}COMMIT`,
        statement: "COMMIT AND CHAIN",
      });
    } finally {
      await client.end();
    }
  });
});
