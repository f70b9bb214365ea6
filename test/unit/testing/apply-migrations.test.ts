import type pg from "pg";
import { expect, test } from "vitest";
import { applyMigrations } from "../../../src/testing/migrations/apply.ts";

const migrations = [{ name: "7", sql: "CREATE TABLE t ()", when: 0 }];

/** @param failure what the driver throws for the migration. */
function failing(failure: object): pg.Client {
  const query = async (sql: string) => {
    if (sql === migrations[0]!.sql) throw failure;
    return { rows: [] };
  };
  return { query } as unknown as pg.Client;
}

test.each([
  ["42P01", "SERVER"],
  ["42501", "PERMISSION"],
  ["55P03", "LOCK_TIMEOUT"],
  ["57P01", "CONNECTION"],
])("SQLSTATE %s of a migration is %s, and names it", async (state, code) => {
  const failure = Object.assign(new Error("no"), { code: state, severity: "ERROR" });
  await expect(
    applyMigrations(failing(failure), { tool: "golang-migrate", migrations, digest: "d" }),
  ).rejects.toMatchObject({ code, object: "migration 7" });
});
