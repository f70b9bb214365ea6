import { expect, test } from "vitest";
import { inThisDatabase, THIS_DATABASE } from "../../../src/ddl/this-database.ts";
import { freshDatabase } from "../../support/postgres.ts";

test("a statement on anything else stays as it is", () => {
  expect(inThisDatabase("SELECT '%1$I'")).toBe("SELECT '%1$I'");
});

test("the name is filled in where the statement runs, and nothing else changes", async () => {
  const database = await freshDatabase();
  const text = "100% it's $$ %1$I \\ %s";
  try {
    await database.query(
      inThisDatabase(`COMMENT ON DATABASE ${THIS_DATABASE} IS '${text.replaceAll("'", "''")}'`),
    );
    const rows = await database.query(
      "SELECT pg_catalog.shobj_description(oid, 'pg_database') AS comment FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()",
    );
    expect(rows).toEqual([{ comment: text }]);
  } finally {
    await database.drop();
  }
});
