/** Comparing what dumps write only with `--user-mapping-secrets`: where both sides have it, and never shown. */
import { expect, test } from "vitest";
import { diff } from "../../src/diff/diff.ts";
import { dump } from "../../src/dump/dump.ts";
import { MemoryStore } from "../support/archives.ts";
import { dropSubscriptions } from "../support/corpus.ts";
import { withDatabase } from "../support/postgres.ts";

const SCHEMA = `
  CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
  CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS ("user" 'u', password 'secret-1');
  CREATE SUBSCRIPTION sub CONNECTION 'host=nowhere password=secret-2' PUBLICATION p
    WITH (connect = false, slot_name = NONE)`;

const MAPPING = "user mapping public SERVER s";

test("user mappings and subscriptions are compared without secrets that one side lacks", async () => {
  await withDatabase(async (database) => {
    await database.query(SCHEMA);
    try {
      const [secret, plain] = [new MemoryStore(), new MemoryStore()];
      await dump(database.url, secret, { userMappingSecrets: true });
      await dump(database.url, plain);
      for (const [a, b] of [
        [secret, plain],
        [plain, secret],
      ] as const) {
        const result = await diff(a, b);
        expect(result).toMatchObject({
          equal: true,
          warnings: [
            { code: "not-compared", object: MAPPING },
            { code: "not-compared", object: "subscription sub" },
          ],
        });
        expect(JSON.stringify(result)).not.toContain("secret-");
      }
      // A database is read as the archive was.
      for (const archive of [secret, plain])
        expect(await diff(archive, database.url)).toMatchObject({ equal: true, warnings: [] });
    } finally {
      await dropSubscriptions(database);
    }
  });
});

test("a changed secret is a difference, and not shown", async () => {
  await withDatabase(async (database) => {
    await database.query(SCHEMA);
    try {
      const archive = new MemoryStore();
      await dump(database.url, archive, { userMappingSecrets: true });
      await database.query(`
        ALTER USER MAPPING FOR PUBLIC SERVER s OPTIONS (SET password 'secret-3');
        ALTER SUBSCRIPTION sub CONNECTION 'host=elsewhere password=secret-4'`);
      const result = await diff(archive, database.url);
      expect(result.objects).toMatchObject({
        added: [],
        removed: [],
        changed: [
          {
            kind: "user-mapping",
            before: "CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS (/* not shown */);",
            after: "CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS (/* not shown */);",
          },
          {
            kind: "subscription",
            before: expect.stringContaining("'host=nowhere' /* a password is not shown */"),
            after: expect.stringContaining("'host=elsewhere' /* a password is not shown */"),
          },
        ],
      });
      await database.query("DROP USER MAPPING FOR PUBLIC SERVER s");
      const removed = await diff(archive, database.url);
      expect(removed.objects.removed).toHaveLength(1);
      expect(JSON.stringify([result, removed])).not.toContain("secret-");
    } finally {
      await dropSubscriptions(database);
    }
  });
});
