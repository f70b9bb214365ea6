import { expect } from "vitest";
import { test } from "./fixture.mjs";

test("a deleted user takes the sessions along and leaves the audit log", ({ withDatabase }) =>
  withDatabase(async (client) => {
    const count = async (sql) => (await client.query(sql)).rowCount;
    const before = await count("SELECT FROM audit_log");
    expect(await count("DELETE FROM users")).toBeGreaterThan(0);
    expect(await count("SELECT FROM sessions")).toBe(0);
    expect(await count("SELECT FROM audit_log WHERE actor_user_id IS NULL")).toBe(before);
  }));

test.concurrent.for([1, 2, 3, 4])("tests run beside each other (%i)", (n, { withDatabase }) =>
  withDatabase(async (client) => {
    await client.query("UPDATE schema_migrations SET version = $1", [n]);
    const { rows } = await client.query("SELECT version::int FROM schema_migrations");
    expect(rows).toEqual([{ version: n }]);
  }),
);
