/** The rows of an extension's tables that are the user's. Only an extension's script can mark them, so the mark is made by hand. */
import pg from "pg";
import { expect, test } from "vitest";
import { extensions } from "../../src/catalog/extension.ts";
import { serverVersion } from "../../src/catalog/version.ts";
import { queryOf } from "../../src/pg/rows.ts";
import { withDatabase } from "../support/postgres.ts";

test("tables and sequences that hold a user's configuration, with their conditions", async () => {
  await withDatabase(async (database) => {
    await database.query(`
      CREATE EXTENSION citext;
      CREATE TABLE settings (key text, is_default boolean);
      CREATE SEQUENCE numbers;
      ALTER EXTENSION citext ADD TABLE settings;
      ALTER EXTENSION citext ADD SEQUENCE numbers;
      UPDATE pg_extension SET extconfig = ARRAY['settings'::regclass, 'numbers'::regclass],
                              extcondition = ARRAY['WHERE NOT is_default AND key <> ''"x"''', '']
      WHERE extname = 'citext'`);
    const [oids] = await database.query<{ settings: number; numbers: number; public: number }>(
      "SELECT 'settings'::regclass::oid AS settings, 'numbers'::regclass::oid AS numbers, 'public'::regnamespace::oid AS public",
    );
    const client = await database.client();
    const rows = await queryOf(
      client,
      pg.types,
    )<{ name: string }>(extensions.sql(serverVersion(160000), true));
    expect(rows.find((row) => row.name === "citext")).toMatchObject({
      namespace: oids!.public,
      configTables: [
        { relationOid: oids!.settings, condition: `WHERE NOT is_default AND key <> '"x"'` },
        { relationOid: oids!.numbers, condition: "" },
      ],
    });
    expect(rows.find((row) => row.name === "plpgsql")).toMatchObject({ configTables: [] });
  });
});
