/** A drill takes a plain dump as it takes an archive: each fault turns its probe red, whatever flags pg_dump had. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { drill } from "../../src/drill/drill.ts";
import type { DrillReport } from "../../src/drill/report.ts";
import { renderHtml } from "../../src/drill/render-html.ts";
import { renderText } from "../../src/drill/render-text.ts";
import { loadNexusHubDemoData, TEST_KEY } from "../../src/nexushub/demo-data/index.ts";
import { restorePlain } from "../../src/plain/restore/restore-plain.ts";
import { nexusHubDrill } from "../../src/nexushub/drill/nexushub-drill.ts";
import { runCli } from "../support/cli.ts";
import { serverFor, templateDatabase, withDatabase } from "../support/postgres.ts";
import { pgDump } from "../support/psql.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { findTool } from "../support/tools.ts";

vi.setConfig({ testTimeout: 120_000 });
const MAJOR = 15;
const folder = temporaryFolder();
afterAll(() => folder.remove());

const statusOf = ({ probes }: DrillReport, id: string) =>
  probes.find((probe) => probe.id === id)?.status;
const failedOf = ({ probes }: DrillReport) =>
  probes.filter(({ status }) => status === "failed").map(({ id }) => id);
const messageOf = ({ probes }: DrillReport, id: string) =>
  probes.find((probe) => probe.id === id)?.message;

describe.skipIf(findTool("pg_dump", MAJOR) === undefined)("a dump of the old script", () => {
  let into: string;
  let template: string;
  beforeAll(async () => {
    const server = await serverFor(MAJOR);
    into = server.url;
    template = await templateDatabase(
      "drill_plain",
      async (url) => {
        await loadNexusHubDemoData(url, { auditRows: 300, now: new Date() });
      },
      { server },
    );
  });

  /** What the old script writes of a database with one fault. */
  async function dumpAfter(spoil: string, flags: readonly string[] = []): Promise<Buffer> {
    return withDatabase(
      async (database) => {
        if (spoil !== "") await database.query(spoil);
        const all = ["--no-owner", "--no-privileges", ...flags];
        return gzipSync((await pgDump(database.url, MAJOR, all))!);
      },
      { template, major: MAJOR },
    );
  }

  test.each([
    [[], "with the same text"],
    [["--load-via-partition-root"], "as many as in the dump"],
    [["--inserts", "--rows-per-insert=50"], "as many as in the dump"],
  ] as const)("is green with %j, and tells recovery time and point", async (flags, rows) => {
    const path = join(folder.path, `nexushub-20260423T03000${flags.length}Z.sql.gz`);
    await writeFile(path, await dumpAfter("", flags));
    const report = await nexusHubDrill(path, {
      key: TEST_KEY,
      into,
      wgEndpoint: "vpn.example:51820",
    });
    expect(report).toMatchObject({
      ok: true,
      archive: path,
      archiveSha256: null,
      plainRole: false,
    });
    expect(report.contents).toMatchObject({ format: "plain", isComplete: true });
    expect(report.restoreMs).toBeGreaterThan(0);
    expect(report.recoveryPoint).toMatch(/^\d{4}-/);
    expect(messageOf(report, "rows")).toContain(rows);
    expect(statusOf(report, "key")).toBe("not-run");
    expect(report.probes.filter(({ status }) => status === "passed")).toHaveLength(10);
    expect(renderText(report)).toMatch(/^Plain dump +\/.*sql\.gz$/m);
    expect(renderHtml(report)).toMatch(/Plain dump by pg_dump version 15.*, of PostgreSQL 15/);
  });

  test("is red for a fault of its database, and for a key that does not fit", async () => {
    const behind = await dumpAfter("SELECT setval('audit_log_id_seq', 5)");
    const wrong = { key: Buffer.alloc(32, 7) };
    const path = join(folder.path, "behind.sql.gz");
    await writeFile(path, behind);
    expect(failedOf(await nexusHubDrill(path, { key: TEST_KEY, into }))).toEqual(["sequences"]);
    expect(failedOf(await nexusHubDrill(path, { ...wrong, into }))).toContain("sealed-values");
  });

  test("is red when it is cut short, with everything else not run, and exit code 1", async () => {
    const whole = await dumpAfter("");
    const path = join(folder.path, "cut.sql.gz");
    await writeFile(path, whole.subarray(0, whole.length / 2));
    const { code, stdout } = await runCli(["drill", path, "--into", into, "--json"]);
    const report = JSON.parse(stdout) as DrillReport;
    expect([code, failedOf(report)]).toEqual([1, ["archive"]]);
    expect(messageOf(report, "archive")).toContain("cut short");
    expect(messageOf(report, "restore")).toBe("the dump is damaged");
  });

  test("is drilled as a plain role, and not recorded, even in a folder of backups", async () => {
    const backups = join(folder.path, "backups");
    await mkdir(backups);
    await withDatabase(
      async (database) => {
        expect(await runCli(["backup", backups, "-d", database.url])).toMatchObject({ code: 0 });
      },
      { template, major: MAJOR },
    );
    const path = join(backups, "nexushub-20260423T030001Z.sql.gz");
    await writeFile(path, await dumpAfter(""));
    const run = await runCli(["drill", path, "--into", into, "--as-plain-role"]);
    expect([run.code, run.stdout]).toEqual([
      0,
      expect.stringContaining("The drill passed") as string,
    ]);
    expect(run.stderr).toContain("the drill is not recorded");
    const listed = await runCli(["list", backups, "--json"]);
    expect(JSON.parse(listed.stdout)).toMatchObject({ backups: [{ drill: null }] });
  });
});

/** A table of a dump that somebody wrote, whose trigger drops rows. */
const LOSING = `--
-- PostgreSQL database dump
--

SET search_path = '';
CREATE TABLE public.t (a integer);
CREATE FUNCTION public.lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER lose BEFORE INSERT ON public.t FOR EACH ROW EXECUTE FUNCTION public.lose();
ALTER TABLE public.t ENABLE ALWAYS TRIGGER lose;
INSERT INTO public.t VALUES (1);
INSERT INTO public.t VALUES (2);

--
-- PostgreSQL database dump complete
--
`;

/** Text that COPY gives in another way: a server prints bytea in hex by default. */
const OTHER_TEXT = LOSING.replace(/^(?:CREATE (?:FUNCTION|TRIGGER)|ALTER).*\n/gm, "").replace(
  /^INSERT[^]*?\n\n/m,
  String.raw`CREATE TABLE public.b (b bytea);
COPY public.b (b) FROM stdin;
\\001
\.

`,
);

describe("the rows of a plain dump", () => {
  test("are missed where the database has fewer", async () => {
    const report = await drill(Buffer.from(LOSING), { into: (await serverFor()).url });
    expect(failedOf(report)).toEqual(["rows"]);
    expect(report.probes.find(({ id }) => id === "rows")?.details).toEqual([
      "public.t: 0 rows instead of 2",
    ]);
  });

  test("may be written in another way, which the report says", async () => {
    const report = await drill(Buffer.from(OTHER_TEXT), { into: (await serverFor()).url });
    expect(report.ok).toBe(true);
    expect(report.probes.find(({ id }) => id === "rows")).toMatchObject({
      message: "1 row in 1 table, as many as in the dump; the text of 1 table differs",
      details: ["public.b: written in another way"],
    });
  });
});

/** A dump of a database with these statements before the first table. */
function dumpWith(statements: string, version = MAJOR): Buffer {
  return Buffer.from(`--
-- PostgreSQL database dump
--

-- Dumped from database version ${version}.1

${statements}

CREATE TABLE public.t (a text);
ALTER TABLE ONLY public.t ALTER COLUMN a SET COMPRESSION lz4;

--
-- PostgreSQL database dump complete
--
`);
}

describe("on the embedded server", () => {
  test("a dump with lz4 is restored without it", async () => {
    const report = await drill(dumpWith("SET default_toast_compression = 'lz4';"));
    expect(report).toMatchObject({ ok: true, target: expect.stringContaining("embedded") });
  });

  test("all extensions that it lacks are named, and --into", async () => {
    const extensions = ["absent", "citext", "also absent"].map(
      (name) => `CREATE EXTENSION IF NOT EXISTS "${name}" WITH SCHEMA public;`,
    );
    const report = await drill(dumpWith(extensions.join("\n")));
    expect(report.probes.find(({ id }) => id === "restore")).toMatchObject({
      status: "failed",
      message: "the server does not have the extensions absent, also absent",
      hint: "name a server like the target with --into",
    });
  });

  test("a library that it lacks is a reason for --into, too", async () => {
    const code = `CREATE FUNCTION public.f() RETURNS int LANGUAGE c AS '$libdir/absent', 'f';`;
    const report = await drill(dumpWith(code));
    expect(report.probes.find(({ id }) => id === "restore")).toMatchObject({
      status: "failed",
      hint: "name a server like the target with --into",
    });
  });
});

test("a restore can leave out the compression methods of a plain dump", async () => {
  await withDatabase(
    async (database) => {
      const dump = dumpWith("SET default_toast_compression = 'absent';");
      await expect(restorePlain(dump, database.url, { trusted: true })).rejects.toMatchObject({
        hint: expect.stringContaining("--no-toast-compression"),
      });
      await restorePlain(dump, database.url, { noToastCompression: true, trusted: true });
      const [column] = await database.query(
        "SELECT attcompression::text FROM pg_attribute WHERE attrelid = 't'::regclass AND attname = 'a'",
      );
      expect(column).toEqual({ attcompression: "" });
    },
    { major: MAJOR },
  );
});
