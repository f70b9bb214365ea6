/** The promise of RESTORE.md: an extracted archive is loaded by tar and psql alone, and is the same database then. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { restricted } from "../../src/archive/schema-text.ts";
import { dump } from "../../src/dump/dump.ts";
import { restore } from "../../src/restore/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { serverFor, type TestDatabase, withDatabase } from "../support/postgres.ts";
import { findTool } from "../support/tools.ts";
import { CHECKSUMS, SAMPLE_DATABASE } from "../support/sample-database.ts";

const psql = findTool("psql");

/** Names that end a line, look like commands of psql or like its variables, or need every kind of quote. */
const HOSTILE = `
CREATE SCHEMA "line\nbreak";
CREATE TABLE "line\nbreak"."two\r\nlines" ("a\nb" int, plain int, "\\copy x from y" text);
INSERT INTO "line\nbreak"."two\r\nlines" VALUES (1, 2, E'\\n'), (3, NULL, '\\.');
CREATE TABLE public."\\! echo ""owned"" :DBNAME" ("(" int, ")" int, "from" int, "a,b.c" int, "$1" int, "'" int);
INSERT INTO public."\\! echo ""owned"" :DBNAME" VALUES (1, 2, 3, 4, 5, 6);
CREATE SEQUENCE public."seq'uence\ntwo" START 5;
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nhd-psql-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The command that RESTORE.md shows, as it stands there but for the database. */
function restoreByHand(url: string): string {
  const [command] = /^psql .*$/m.exec(readFileSync(join(folder, "RESTORE.md"), "utf8"))!;
  const [, ...args] = command.split(" ").map((word) => (word === "TARGET" ? url : word));
  return execFileSync(psql!.path, args, {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function extract(
  source: TestDatabase,
  options: Parameters<typeof dump>[2] = {},
): Promise<void> {
  const store = new MemoryStore();
  await dump(source.url, store, { partBytes: 2000, ...options });
  execFileSync("tar", ["-xzf", "-", "-C", folder], { input: store.bytes });
}

describe.skipIf(psql === undefined)("psql", () => {
  test.each([13, 16, 18])("restores a dump of PostgreSQL %i", async (major) => {
    await withDatabase(
      async (source) => {
        await source.query(SAMPLE_DATABASE + HOSTILE);
        await extract(source);
        await withDatabase(
          async (target) => {
            expect(restoreByHand(target.url)).toBe("");
            expect(await target.query(CHECKSUMS)).toEqual(await source.query(CHECKSUMS));
            const [one, two] = [new MemoryStore(), new MemoryStore()];
            await dump(source.url, one, { reproducible: true });
            await dump(target.url, two, { reproducible: true });
            expect(two.bytes.equals(one.bytes)).toBe(true);
          },
          { major },
        );
      },
      { major },
    );
  });

  test("runs no backslash command that a statement holds", async () => {
    // As psql 15.14 and later; an older one is not protected.
    const version = execFileSync(psql!.path, ["--version"], { encoding: "utf8" });
    if (!/ (1[89]|17\.([6-9]|\d\d)|16\.\d\d|15\.(1[4-9]|[2-9]\d))/.test(version)) return;
    await withDatabase(async (target) => {
      const text = restricted("CREATE TABLE t (a int);\n\\! touch owned\n\\unrestrict 0\n");
      writeFileSync(join(folder, "schema.sql"), text);
      const load = () =>
        execFileSync(
          psql!.path,
          ["-X", "-v", "ON_ERROR_STOP=1", "-d", target.url, "-f", "schema.sql"],
          {
            cwd: folder,
            encoding: "utf8",
            stdio: ["ignore", "pipe", "pipe"],
          },
        );
      expect(load).toThrow("restricted");
      expect(readdirSync(folder)).toEqual(["schema.sql"]);
    });
  });

  test("of an older version goes on after the command that it does not know, and stops at errors", async () => {
    await withDatabase(async (source) => {
      await source.query(SAMPLE_DATABASE);
      await extract(source);
      // What an older psql would make of the files: the version below all that know the command, and an unknown one.
      for (const file of ["restore.sql", "schema/pre-data.sql", "schema/post-data.sql"]) {
        const path = join(folder, file);
        const text = readFileSync(path, "utf8");
        writeFileSync(
          path,
          text
            .replaceAll(":VERSION_NUM", "150000")
            .replaceAll(/^\\((?:un)?restrict) /gm, "\\no_$1 "),
        );
      }
      await withDatabase(async (target) => {
        restoreByHand(target.url);
        expect(await target.query(CHECKSUMS)).toEqual(await source.query(CHECKSUMS));
      });
      await withDatabase(async (target) => {
        await target.query("CREATE FUNCTION public.stamp() RETURNS int LANGUAGE sql AS 'SELECT 1'");
        expect(() => restoreByHand(target.url)).toThrow("stamp");
        expect(
          await target.query("SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace"),
        ).toEqual([]);
      });
    });
  });

  test("restores bytes of another encoding", async () => {
    await withDatabase(
      async (source) => {
        await source.query(
          "CREATE TABLE public.t (a text); INSERT INTO public.t VALUES ('Käse '), (U&'\\00ff')",
        );
        await extract(source);
        await withDatabase(async (target) => {
          restoreByHand(target.url);
          expect(await target.query('SELECT a FROM public.t ORDER BY a COLLATE "C"')).toEqual(
            await source.query('SELECT a FROM public.t ORDER BY a COLLATE "C"'),
          );
        });
      },
      { encoding: "LATIN1" },
    );
  });

  test("leaves the target as it was when anything fails", async () => {
    await withDatabase(async (source) => {
      await source.query(SAMPLE_DATABASE);
      await extract(source);
      await withDatabase(async (target) => {
        // A table of the fixture whose rows will not fit, made after the others.
        await target.query("CREATE FUNCTION public.stamp() RETURNS int LANGUAGE sql AS 'SELECT 1'");
        expect(() => restoreByHand(target.url)).toThrow("stamp");
        expect(
          await target.query(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace",
          ),
        ).toEqual([]);
      });
    });
  });

  const ofPublic = `SELECT nspowner::regrole::text AS owner, nspacl::text AS acl,
    obj_description(oid, 'pg_namespace') AS comment FROM pg_namespace WHERE nspname = 'public'`;

  test.each([
    [13, 13, "superuser"],
    [13, 13, "owner"],
    [14, 15, "superuser"],
    [18, 14, "superuser"],
    [18, 14, "owner"],
    [18, 18, "owner"],
  ] as const)(
    "changes the schema public of %i on %i as a restore does (%s)",
    async (from, to, login) => {
      const role = `public_owner_${to}_${process.pid}`;
      const server = await serverFor(to);
      await server.admin(`CREATE ROLE ${role} LOGIN PASSWORD 'x'`);
      const changes = [
        "COMMENT ON SCHEMA public IS 'mine'; REVOKE CREATE ON SCHEMA public FROM PUBLIC; CREATE TABLE t (a int)",
        "COMMENT ON SCHEMA public IS NULL; GRANT ALL ON SCHEMA public TO PUBLIC",
        "DROP SCHEMA public",
      ];
      for (const change of changes)
        await withDatabase(
          async (source) => {
            await source.query(change);
            const store = new MemoryStore();
            await dump(source.url, store);
            await extract(source);
            const restores = [
              (url: string) => restore(store, url, { trusted: true }),
              (url: string) => Promise.resolve(restoreByHand(url)),
            ];
            const [one, two] = await Promise.all(
              restores.map((run) =>
                withDatabase(
                  async (target) => {
                    await target.query(`ALTER DATABASE ${target.name} OWNER TO ${role}`);
                    const url = new URL(target.url);
                    if (login === "owner") [url.username, url.password] = [role, "x"];
                    await run(url.href);
                    return target.query(ofPublic);
                  },
                  { major: to },
                ),
              ),
            );
            expect(two).toEqual(one);
          },
          { major: from },
        );
      await server.admin(`DROP ROLE ${role}`);
    },
  );

  test("restores rows alone into tables that are there, large objects included", async () => {
    await withDatabase(async (source) => {
      const tables = "CREATE TABLE public.t (a int, b text);";
      await source.query(
        `${tables} INSERT INTO public.t VALUES (1, 'x'), (2, NULL); SELECT lo_from_bytea(99, 'abc')`,
      );
      await extract(source, { dataOnly: true });
      await withDatabase(async (target) => {
        await target.query(tables);
        restoreByHand(target.url);
        expect(await target.query(CHECKSUMS)).toEqual(await source.query(CHECKSUMS));
      });
    });
  });
});
