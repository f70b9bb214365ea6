import { expect, test } from "vitest";
import { inThisDatabase, THIS_DATABASE } from "../../src/ddl/this-database.ts";
import { withDatabase } from "../support/postgres.ts";

test("the database's name is filled in where the statement runs, and nothing else changes", async () => {
  const text = "100% it's $$ %1$I \\ %s";
  await withDatabase(async (database) => {
    await database.query(
      inThisDatabase(`COMMENT ON DATABASE ${THIS_DATABASE} IS '${text.replaceAll("'", "''")}'`),
    );
    const rows = await database.query(
      "SELECT pg_catalog.shobj_description(oid, 'pg_database') AS comment FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()",
    );
    expect(rows).toEqual([{ comment: text }]);
  });
});
