/** Values of type money are written and read as `lc_monetary` says. */
import { expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { restorePlain } from "../../src/plain/restore/restore-plain.ts";
import { restore } from "../../src/restore/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { type TestDatabase, withDatabase } from "../support/postgres.ts";

/** Servers of tests have the locales C and POSIX alone, so rows tell how they were read. */
const readAs = (locale: string): string =>
  `CREATE TABLE public.t (a money CHECK (current_setting('lc_monetary') = '${locale}'));`;

/** A database whose own locale for money is POSIX. */
async function withPosix(body: (target: TestDatabase) => Promise<void>): Promise<void> {
  await withDatabase(async (target) => {
    await target.server.admin(`ALTER DATABASE "${target.name}" SET lc_monetary = 'POSIX'`);
    await body(target);
  });
}

test("an archive's are in the locale C", async () => {
  await withDatabase(async (source) => {
    await source.query(`SET lc_monetary = 'C'; ${readAs("C")} INSERT INTO t VALUES (12.34)`);
    const archive = new MemoryStore();
    await dump(source.url, archive);
    await withPosix(async (target) => {
      expect((await restore(archive, target.url)).rows).toBe(1);
    });
  });
});

test("those of a plain dump are in the target's, as pg_dump leaves it", async () => {
  const text = `--\n-- PostgreSQL database dump\n--\n${readAs("POSIX")}\nCOPY public.t (a) FROM stdin;\n$12.34\n\\.\n--\n-- PostgreSQL database dump complete\n--\n`;
  await withPosix(async (target) => {
    expect((await restorePlain(new MemoryStore(Buffer.from(text)), target.url)).rows).toBe(1);
  });
});
