/** The command line takes what the old backup script wrote: `pg_dump --no-owner --no-privileges | gzip -9`. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, describe, expect, test, vi } from "vitest";
import { loadNexusHubDemoData, TEST_KEY } from "../../src/nexushub/demo-data/index.ts";
import { runCli } from "../support/cli.ts";
import { withDatabase } from "../support/postgres.ts";
import { pgDump } from "../support/psql.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { findTool } from "../support/tools.ts";

vi.setConfig({ testTimeout: 240_000 });
const folder = temporaryFolder();
afterAll(() => folder.remove());

describe("a plain dump of convert", () => {
  test("leaves out the restriction of psql where that is asked for, is restored, and refuses what needs an archive", async () => {
    await withDatabase(async (source) => {
      await source.query("CREATE TABLE public.notes (a int); INSERT INTO public.notes VALUES (1)");
      const [archive, sql, free] = ["x.tar.gz", "x.sql.gz", "free.sql.gz"].map((name) =>
        join(folder.path, name),
      ) as [string, string, string];
      for (const args of [
        ["dump", "-d", source.url, "-o", archive],
        ["convert", archive, sql],
        ["convert", archive, free, "--no-restrict"],
      ])
        expect(await runCli(args)).toMatchObject({ code: 0 });
      const text = (path: string): string => gunzipSync(readFileSync(path)).toString();
      const [restricted, unrestricted] = [text(sql), text(free)];
      expect(restricted).toMatch(/^\\restrict \w+\n[^]*^\\unrestrict \w+\n/m);
      expect(unrestricted).toBe(restricted.replaceAll(/^\\(?:un)?restrict \w+\n\n/gm, ""));
      await withDatabase(async (target) => {
        expect(await runCli(["restore", free, "-d", target.url])).toMatchObject({ code: 0 });
        expect(await target.query("SELECT a FROM public.notes")).toEqual([{ a: 1 }]);
      });
      expect(await runCli(["restore", sql, "--list"])).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/has no list of objects[^]*hint: inspect shows/) as string,
      });
    });
  });
});

describe.skipIf(findTool("pg_dump", 15) === undefined)("a dump of the old script", () => {
  test("is inspected, verified, and restored with --force and the right key alone", async () => {
    await withDatabase(
      async (source) => {
        await loadNexusHubDemoData(source.url, { auditRows: 50 });
        const sql = (await pgDump(source.url, 15, ["--no-owner", "--no-privileges"]))!;
        const path = join(folder.path, "nexushub-20260423T030001Z.sql.gz");
        const zipped = gzipSync(sql, { level: 9 });
        writeFileSync(path, zipped);
        const cut = join(folder.path, "nexushub-20260424T030001Z.sql.gz");
        writeFileSync(cut, zipped.subarray(0, zipped.length / 2));
        const inspected = await runCli(["inspect", path]);
        expect([inspected.code, inspected.stdout]).toEqual([
          0,
          expect.stringMatching(/complete {2}yes[^]*audit_log +50/) as string,
        ]);
        expect(await runCli(["verify", path])).toMatchObject({ code: 0 });
        expect(await runCli(["verify", cut])).toMatchObject({
          code: 4,
          stderr: expect.stringContaining("cut short") as string,
        });
        await withDatabase(
          async (target) => {
            await target.query("CREATE TABLE public.old (a int)");
            const right = { PEER_KEY_ENCRYPTION_KEY: TEST_KEY.toString("base64") };
            const wrong = { PEER_KEY_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString("base64") };
            const run = (env: Record<string, string>, ...args: string[]) =>
              runCli(["restore", ...args, "-d", target.url], env);
            expect(await run(right, path)).toMatchObject({ code: 3 });
            expect(await run(right, cut, "--force")).toMatchObject({ code: 4 });
            expect(await run(right, path, "--force", "-t", "users")).toMatchObject({ code: 2 });
            const refused = await run(wrong, path, "--force");
            expect(refused).toMatchObject({
              code: 3,
              stderr: expect.stringContaining("does not open the sealed values") as string,
            });
            expect(await target.query("SELECT FROM public.old")).toEqual([]);
            const done = await run(right, path, "--force");
            expect([done.code, done.stderr]).toEqual([
              0,
              expect.stringContaining("a plain dump is never signed") as string,
            ]);
            const rows = "SELECT id, action, metadata FROM public.audit_log ORDER BY id";
            expect(await target.query(rows)).toEqual(await source.query(rows));
          },
          { major: 15 },
        );
      },
      { major: 15 },
    );
  });
});
