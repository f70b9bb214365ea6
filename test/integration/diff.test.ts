/** An archive compared with databases: the one it came from, a changed one, and through the command line. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Writable } from "node:stream";
import { expect, test } from "vitest";
import { run } from "../../src/cli/run.ts";
import { diff } from "../../src/diff/diff.ts";
import { dump } from "../../src/dump/dump.ts";
import { templateDatabase, withDatabase } from "../support/postgres.ts";
import { MemoryStore } from "../support/archives.ts";
import { Client } from "pg";
import { SAMPLE_DATABASE } from "../support/sample-database.ts";

const template = (): Promise<string> =>
  templateDatabase("data_path", async (url) => {
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query(SAMPLE_DATABASE);
    await client.end();
  });

test.each([true, false])(
  "finds what changed since the archive was made (reproducible: %s)",
  async (reproducible) => {
    await withDatabase(
      async (database) => {
        const store = new MemoryStore();
        await dump(database.url, store, { reproducible, jobs: 2 });
        expect(await diff(store, database.url)).toMatchObject({ equal: true, warnings: [] });
        await database.query(`
        UPDATE public.parent SET name = 'secret', raw = NULL WHERE id IN (1, 6);
        DELETE FROM public.child WHERE id > 2480;
        INSERT INTO public.log VALUES (1000, '2025-01-02', 'new');
        SELECT setval('public.fresh', 9);
        ALTER TABLE public.empty ADD COLUMN b text;
        CREATE INDEX added ON public.parent (feeling);`);
        const result = await diff(store, { database: database.url });
        expect(result.equal).toBe(false);
        expect(result.objects.added).toMatchObject([
          {
            kind: "index",
            name: "added",
            sql: "CREATE INDEX added ON public.parent USING btree (feeling);",
          },
        ]);
        expect(result.objects.changed.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
          "table empty",
        ]);
        expect(
          result.relations.map(({ name, key, added, removed, changed, changedColumns }) => [
            name,
            key,
            added,
            removed,
            changed,
            changedColumns,
          ]),
        ).toEqual([
          ["child", ["id"], 0, 5, 0, {}],
          ["log_rest", ["id", "at"], 1, 0, 0, {}],
          ["parent", ["id"], 0, 0, 2, { name: 2, raw: 1 }],
        ]);
        expect(result.sequences.map(({ name }) => name)).toEqual(["fresh"]);
        expect(JSON.stringify(result.relations)).not.toContain("secret");
      },
      { template: await template() },
    );
  },
);

test("compares an archive of some tables with the same tables of a database", async () => {
  await withDatabase(
    async (database) => {
      const store = new MemoryStore();
      await dump(database.url, store, {
        tables: ["child", "parent"],
        where: { child: "id < 100" },
        reproducible: true,
      });
      await database.query("DELETE FROM public.log; DELETE FROM public.child WHERE id > 100");
      const result = await diff(store, database.url);
      expect(result).toMatchObject({
        equal: true,
        warnings: [
          {
            code: "limited-comparison",
            object: "table public.child",
            message: "table public.child: a side holds only some rows (id < 100)",
          },
        ],
      });
    },
    { template: await template() },
  );
});

test("ends with 1 on differences from the command line, in verify too", async () => {
  const folder = mkdtempSync(join(tmpdir(), "nhd-"));
  try {
    await withDatabase(
      async (database) => {
        const file = join(folder, "a.tar.gz");
        await dump(database.url, file);
        const cli = async (...argv: string[]): Promise<[number, string]> => {
          let text = "";
          const stdout = new Writable({
            write: (chunk, _, done) => ((text += String(chunk)), done()),
          });
          const io = {
            stdin: new PassThrough(),
            stdout,
            stderr: new Writable({ write: (_chunk, _, done) => done() }),
            env: {},
          };
          return [await run(argv, io, new AbortController().signal), text];
        };
        expect((await cli("verify", file, "--against", database.url))[0]).toBe(0);
        await database.query("DELETE FROM public.child WHERE id = 10 + 5 * 499");
        expect((await cli("verify", file, "--against", database.url))[0]).toBe(1);
        const [code, text] = await cli("diff", file, database.url, "--json");
        expect(code).toBe(1);
        expect(JSON.parse(text)).toMatchObject({
          equal: false,
          relations: [{ name: "child", removed: 1 }],
        });
        expect((await cli("diff", file, file))[0]).toBe(0);
      },
      { template: await template() },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
