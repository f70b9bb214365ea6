import { describe, expect, test } from "vitest";
import type { ManifestObject } from "../../../../src/archive/format/manifest.ts";
import { ServerError } from "../../../../src/errors.ts";
import type { Connection } from "../../../../src/pg/connection.ts";
import type { StatementStep } from "../../../../src/restore/decide/steps.ts";
import { KeptTransaction } from "../../../../src/restore/run/kept-transaction.ts";
import { runStatements } from "../../../../src/restore/run/statements.ts";
import type { Warning } from "../../../../src/warnings.ts";

const step = (name: string, more: Partial<StatementStep> = {}): StatementStep => ({
  object: { kind: "table", namespace: "s", name, statements: [name] } as unknown as ManifestObject,
  mayExist: false,
  index: undefined,
  mayEndRole: false,
  hint: undefined,
  ...more,
});

/** Runs steps on a connection that only records statements, and refuses those that `fail` names. */
async function run(steps: readonly StatementStep[], fail?: { sql: string; sqlState: string }) {
  const statements: string[] = [];
  const warnings: Warning[] = [];
  const connection = {
    query: (sql: string) => {
      statements.push(sql);
      return sql === fail?.sql
        ? Promise.reject(
            new ServerError("refused", { sqlState: fail.sqlState, object: "table s.t" }),
          )
        : Promise.resolve([]);
    },
    onCommand: () => undefined,
    transactionStatus: () => null,
  } as unknown as Connection;
  await runStatements(new KeptTransaction(connection), steps, {
    onProgress: undefined,
    counter: { index: 0, total: steps.length },
    version: { num: 160000, major: 16 },
    tuned: { maintenanceWorkMemKb: 131072, processes: 2 },
    role: "alice",
    hint: undefined,
    running: { object: null },
    unfilled: new Map(),
    warn: (warning) => warnings.push(warning),
  });
  return { statements, warnings };
}

describe("runStatements", () => {
  test("takes the role on again after statements that can end it", async () => {
    const { statements } = await run([step("a"), step("b", { mayEndRole: true }), step("c")]);
    expect(statements).toEqual(["a", "b", "SET LOCAL ROLE 'alice'", "c"]);
  });

  test("gives an index its memory, and takes it back", async () => {
    const index = { accessMethod: "btree", tableBytes: 1e8 } as const;
    const { statements } = await run([step("a", { index }), step("b")]);
    expect(statements).toEqual([
      "SET LOCAL maintenance_work_mem = '65536kB'",
      "a",
      "SET LOCAL maintenance_work_mem = '131072kB'",
      "b",
    ]);
  });

  test("leaves what may exist as it is, with a warning", async () => {
    const steps = [step("t", { mayExist: true }), step("u")];
    const { statements, warnings } = await run(steps, { sql: "t", sqlState: "42P07" });
    expect(statements).toEqual([
      "SAVEPOINT nexushub_dump",
      "t",
      "ROLLBACK TO nexushub_dump; RELEASE nexushub_dump",
      "u",
    ]);
    expect(warnings).toMatchObject([{ code: "existing-object", object: "table s.t" }]);
    await expect(run(steps, { sql: "t", sqlState: "42501" })).rejects.toThrow("refused");
    await expect(run([step("t")], { sql: "t", sqlState: "42P07" })).rejects.toThrow("refused");
  });
});
