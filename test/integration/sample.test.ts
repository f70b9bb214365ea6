/** Samples: the chosen rows with all that foreign keys need, through chains, cycles and partitions. */
import { describe, expect, test } from "vitest";
import { openArchive } from "../../src/archive/reader.ts";
import { dump } from "../../src/dump/dump.ts";
import type { UsageError } from "../../src/errors.ts";
import { restore } from "../../src/restore/restore.ts";
import { type TestDatabase, withDatabase } from "../support/postgres.ts";
import { MemoryStore } from "../support/archives.ts";

const SCHEMA = `
CREATE TABLE teams (id uuid PRIMARY KEY, lead int, made timestamptz NOT NULL);
CREATE TABLE people (id int PRIMARY KEY, team uuid REFERENCES teams, boss int REFERENCES people, role text);
ALTER TABLE teams ADD CONSTRAINT lead FOREIGN KEY (lead) REFERENCES people DEFERRABLE;
CREATE TABLE events (id bigserial, at date NOT NULL, who int REFERENCES people, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE events_a PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE events_b PARTITION OF events DEFAULT;
CREATE TABLE notes (id int PRIMARY KEY, event bigint, at date, FOREIGN KEY (event, at) REFERENCES events);
INSERT INTO teams SELECT md5(i::text)::uuid, NULL, timestamptz '2024-01-01' + i * interval '1 day' FROM generate_series(1, 20) i;
INSERT INTO people SELECT i, md5((1 + i % 20)::text)::uuid, CASE WHEN i > 1 THEN i - 1 END, CASE WHEN i % 50 = 0 THEN 'admin' ELSE 'user' END FROM generate_series(1, 200) i;
UPDATE teams SET lead = (SELECT max(p.id) FROM people p WHERE p.team = teams.id);
UPDATE people SET boss = NULL WHERE id % 40 = 0;
INSERT INTO events SELECT i, date '2024-06-01' + i, 1 + i % 200 FROM generate_series(1, 400) i;
INSERT INTO notes SELECT i, i * 10, date '2024-06-01' + i * 10 FROM generate_series(1, 40) i;`;

async function sampled(
  sample: Record<string, string>,
  body: (target: TestDatabase, store: MemoryStore) => Promise<void>,
  more: { excludeTableData?: string[]; reproducible?: boolean } = {},
): Promise<void> {
  await withDatabase((source) =>
    withDatabase(async (target) => {
      await source.query(SCHEMA);
      const store = new MemoryStore();
      await dump(source.url, store, { sample, ...more });
      // Foreign keys are added after the rows, so that a restore checks that none is missing.
      await restore(store, target.url);
      await body(target, store);
    }),
  );
}

const counts = (target: TestDatabase) =>
  target.query(`SELECT (SELECT count(*)::int FROM teams) AS teams, (SELECT count(*)::int FROM people) AS people,
    (SELECT count(*)::int FROM events) AS events, (SELECT count(*)::int FROM notes) AS notes`);

describe("a sample", () => {
  test("takes the newest rows of a partitioned table and leaves the rest whole", async () => {
    await sampled({ events: "newest 10" }, async (target, store) => {
      // The notes are whole and refer to 40 events, one of them among the newest.
      expect(await counts(target)).toEqual([{ teams: 20, people: 200, events: 49, notes: 40 }]);
      const reader = await openArchive(store);
      const notes = reader.manifest.relations.map(({ name, sample }) => [name, sample]);
      await reader.close();
      expect(notes).toContainEqual(["events_b", "newest 10 (28 of 187 rows, 159 left out)"]);
      expect(notes).toContainEqual(["people", null]);
    });
  });

  test("brings along what a cycle and a chain need, and no more", async () => {
    const sample = {
      people: "where role = 'admin'",
      teams: "newest 1 by made",
      events: "oldest 1",
      notes: "where id = 3",
    };
    await sampled(sample, async (target) => {
      const [row] = (await counts(target)) as { people: number; teams: number }[];
      // Admins 50 to 200, their bosses down to the next multiple of 40, teams and leads of all of these.
      expect(row).toMatchObject({ events: 2, notes: 1 });
      expect(row!.people).toBeLessThan(200);
      const missing = await target.query(
        "SELECT FROM people p WHERE role = 'admin' AND NOT EXISTS (SELECT FROM teams t WHERE t.id = p.team)",
      );
      expect(missing).toEqual([]);
      expect(
        await target.query("SELECT count(*)::int AS n FROM people WHERE role = 'admin'"),
      ).toEqual([{ n: 4 }]);
    });
  });

  test("takes the same share of rows wherever they lie", async () => {
    const rows: string[] = [];
    for (const fill of [
      "",
      "CREATE TABLE other AS SELECT * FROM people ORDER BY id DESC; DELETE FROM people; INSERT INTO people SELECT * FROM other; DROP TABLE other",
    ]) {
      await withDatabase(async (source) => {
        await source.query(
          "CREATE TABLE people (id int PRIMARY KEY, x text); INSERT INTO people SELECT i, 'x' FROM generate_series(1, 1000) i",
        );
        await source.query(fill);
        const store = new MemoryStore();
        const { relations } = await dump(source.url, store, {
          sample: { people: "10%" },
          reproducible: true,
        });
        expect(relations[0]!.rows).toBeGreaterThan(50);
        expect(relations[0]!.rows).toBeLessThan(200);
        rows.push(store.bytes.toString("base64"));
      });
    }
    expect(rows[1]).toBe(rows[0]);
  });

  test("may be empty, whole, or of a table without a key and with an odd name", async () => {
    const archives: string[] = [];
    for (const order of ["", "DESC"]) {
      await withDatabase((source) =>
        withDatabase(async (target) => {
          await source.query(`
            CREATE TABLE none (id int PRIMARY KEY); INSERT INTO none SELECT generate_series(1, 9);
            CREATE TABLE every (id int PRIMARY KEY); INSERT INTO every SELECT generate_series(1, 9);
            CREATE TABLE "Odd: ""x"".y" (at date, name text);
            INSERT INTO "Odd: ""x"".y" SELECT date '2024-01-01' + i / 10, 'n' || i FROM generate_series(1, 100) i ORDER BY i ${order};`);
          const store = new MemoryStore();
          await dump(source.url, store, {
            sample: { none: "newest 0", every: "100 %", '"Odd: ""x"".y"': "newest 15 by AT" },
            reproducible: true,
          });
          await restore(store, target.url);
          expect(
            await target.query(`SELECT (SELECT count(*)::int FROM none) AS none, (SELECT count(*)::int FROM every) AS every,
              (SELECT count(*)::int FROM "Odd: ""x"".y") AS odd`),
          ).toEqual([{ none: 0, every: 9, odd: 15 }]);
          archives.push(store.bytes.toString("base64"));
        }),
      );
    }
    // Which of the equals are newest does not depend on where they lie.
    expect(archives[1]).toBe(archives[0]);
  });

  test("of rows that refer to a table without its rows is refused by the foreign key", async () => {
    await withDatabase(async (source) => {
      await source.query(SCHEMA);
      const store = new MemoryStore();
      const failure = dump(source.url, store, {
        sample: { people: "newest 5" },
        excludeTableData: ["teams"],
      });
      await expect(failure).rejects.toMatchObject({
        code: "USAGE",
        object: "foreign key people_team_fkey of table public.people",
      });
      expect(store.committed).toBe(false);
    });
  });

  test("is refused where it makes no sense", async () => {
    await withDatabase(async (source) => {
      await source.query(SCHEMA);
      for (const [sample, hint] of [
        [{ people: "newest" }, "write newest 1000"],
        [{ people: "newest -3" }, "write newest 1000"],
        [{ people: "5" }, "write newest 1000"],
        [{ people: "where" }, "write newest 1000"],
        [{ people: "some" }, "write newest 1000"],
        [{ people: "101%" }, "write newest 1000"],
        [{ teams: "newest 3" }, "write newest 1000 by created_at"],
        [{ people: "newest 3 by nothing" }, ""],
        [{ nobody: "5%" }, "write table or schema.table"],
      ] as const) {
        const failure = await dump(source.url, new MemoryStore(), {
          sample,
        }).catch((error: unknown) => error as UsageError);
        expect(failure, JSON.stringify(sample)).toMatchObject({ code: "USAGE" });
        expect((failure as UsageError).hint ?? "").toContain(hint);
      }
    });
  });
});
