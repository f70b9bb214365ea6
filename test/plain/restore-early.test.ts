/**
 * A restore of a plain dump may begin before all of the dump was read. What is wrong behind its first rows is then found while it
 * runs: the target stays as it was, and the error is that of the file, as if it had been read before.
 */
import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { Client } from "pg";
import { describe, expect, test } from "vitest";
import type { Phase, ProgressEvent } from "../../src/events.ts";
import { inspectPlain } from "../../src/plain/inspect-plain.ts";
import type { PlainRestoreOptions } from "../../src/plain/restore/options.ts";
import { restorePlain } from "../../src/plain/restore/restore-plain.ts";
import { withDatabaseName } from "../../src/sql/conninfo/format.ts";
import { MemoryStore } from "../support/archives.ts";
import { contentsOf } from "../support/contents.ts";
import { type TestDatabase, withDatabase } from "../support/postgres.ts";

const BEGIN = "--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\n";
const END = "--\n-- PostgreSQL database dump complete\n--\n\n";
const ROWS = Array.from({ length: 2000 }, (_, i) => `${i}\trow ${i}\n`).join("");
const TABLE = "CREATE TABLE public.t (a int, b text);\nCREATE SEQUENCE public.s;\n";
const DATA = `COPY public.t (a, b) FROM stdin;\n${ROWS}\\.\nSELECT pg_catalog.setval('public.s', 7, true);\n`;
const INDEX = "CREATE INDEX t_a ON public.t USING btree (a);\n";

const dumpOf = (body: string): Buffer => Buffer.from(`${BEGIN}${body}${END}`);
const GOOD = dumpOf(TABLE + DATA + INDEX);
/** So long that the head is a small part of it. */
const LONG = dumpOf(TABLE + DATA.replace(ROWS, ROWS.repeat(60)) + INDEX);

/** What the target holds before, all of the login's own. */
const OLD = `CREATE TABLE public.t (old int PRIMARY KEY); INSERT INTO public.t VALUES (1), (2);
  CREATE SEQUENCE public.s START 3; SELECT nextval('public.s'); CREATE VIEW public.v AS SELECT old FROM public.t`;

/** Restores over old contents, and says which phases were reached. */
async function attempt(
  target: TestDatabase,
  dump: Buffer | MemoryStore,
  options: PlainRestoreOptions = {},
): Promise<{ error: unknown; phases: Phase[]; readings: number }> {
  const store = dump instanceof MemoryStore ? dump : new MemoryStore(dump);
  const phases: Phase[] = [];
  const onProgress = (event: ProgressEvent): void => {
    if (event.type === "phase") phases.push(event.phase);
    options.onProgress?.(event);
  };
  let error: unknown;
  try {
    await restorePlain(store, target.url, { force: true, trusted: true, ...options, onProgress });
  } catch (thrown) {
    error = thrown;
  }
  const bytes = store.reads.reduce((sum, { length }) => sum + length, 0);
  return { error, phases, readings: Math.floor(bytes / store.bytes.length) };
}

/** The error that the dump has without a server. */
async function errorOfFile(dump: Buffer): Promise<unknown> {
  const nowhere = "postgresql://nobody@127.0.0.1:1/none";
  return restorePlain(new MemoryStore(dump), nowhere).then(
    () => undefined,
    (error: unknown) => error,
  );
}

async function stays(target: TestDatabase, body: () => Promise<void>): Promise<void> {
  const before = await contentsOf(target.url);
  await body();
  expect(await contentsOf(target.url)).toBe(before);
}

describe("what is wrong behind the first rows", () => {
  test.each([
    [
      "a command of psql",
      dumpOf(`${TABLE}${DATA}${INDEX}\\! touch /tmp/owned\n`),
      "ARCHIVE_UNSUPPORTED",
    ],
    ["several refusals", dumpOf(`${TABLE}${DATA}\\i x\n${INDEX}VACUUM;\n`), "ARCHIVE_UNSUPPORTED"],
    ["BEGIN alone", dumpOf(`${TABLE}${DATA}BEGIN;\n${INDEX}`), "ARCHIVE_UNSUPPORTED"],
    [
      "another COPY",
      dumpOf(`${TABLE}${DATA}COPY public.t FROM PROGRAM 'id';\n`),
      "ARCHIVE_UNSUPPORTED",
    ],
    ["no end", Buffer.from(BEGIN + TABLE + DATA + INDEX), "ARCHIVE_DAMAGED"],
    ["an end within the rows", GOOD.subarray(0, GOOD.indexOf("row 1500")), "ARCHIVE_DAMAGED"],
    ["an end within an index", GOOD.subarray(0, GOOD.indexOf("btree")), "ARCHIVE_DAMAGED"],
    ["a cut gzip file", gzipSync(LONG).subarray(0, -9), "ARCHIVE_DAMAGED"],
    ["a gzip file of another checksum", otherChecksum(gzipSync(LONG)), "ARCHIVE_DAMAGED"],
  ])("%s is found while it runs, and changes nothing", async (_name, dump, code) => {
    await withDatabase(async (target) => {
      await target.query(OLD);
      await stays(target, async () => {
        const { error, phases } = await attempt(target, dump);
        expect(error).toMatchObject({ code });
        expect(error).toEqual(await errorOfFile(dump));
        expect(phases).toContain("drop");
        expect(phases).toContain("data");
        expect(phases).not.toContain("commit");
      });
    });
  });

  test("cut anywhere, it changes nothing", async () => {
    await withDatabase(async (target) => {
      await target.query(OLD);
      const short = dumpOf(`${TABLE}COPY public.t (a, b) FROM stdin;\n1\tx\n2\ty\n\\.\n${INDEX}`);
      const complete = short.lastIndexOf(" complete");
      await stays(target, async () => {
        for (let end = BEGIN.length; end < complete + 9; end += 5) {
          const cut = short.subarray(0, end);
          const { error } = await attempt(target, cut);
          expect(error, `cut at ${end}`).toMatchObject({ code: "ARCHIVE_DAMAGED" });
          expect(error, `cut at ${end}`).toEqual(await errorOfFile(cut));
        }
      });
    });
  });

  test("takes precedence over what the server says, which follows from it", async () => {
    await withDatabase(async (target) => {
      await target.query(OLD);
      const noNumber = DATA.replace("1000\trow", "x\trow");
      await stays(target, async () => {
        for (const [dump, code] of [
          [Buffer.from(BEGIN + TABLE + noNumber), "ARCHIVE_DAMAGED"],
          [dumpOf(`${TABLE}${noNumber}\\o x\n`), "ARCHIVE_UNSUPPORTED"],
          [dumpOf(TABLE + noNumber), "SERVER"],
          [dumpOf(`${TABLE}${DATA}CREATE INDEX i ON public.nothing USING btree (a);\n`), "SERVER"],
        ] as const) {
          const { error, phases } = await attempt(target, dump);
          expect(error).toMatchObject({ code });
          expect(phases).toContain("data");
        }
        // Nor does a server that is not there come first.
        expect(await errorOfFile(GOOD)).toMatchObject({ code: "CONNECTION" });
      });
    });
  });

  test("does not hide that the dump ended the transaction", async () => {
    await withDatabase(async (target) => {
      // The server reads two statements where psql, which does not know the setting, reads one.
      const evil = String.raw`DO $$ BEGIN PERFORM set_config('standard_conforming_strings', 'off', true); END $$;
SELECT '\', ';COMMIT;--';
`;
      const { error } = await attempt(target, Buffer.from(BEGIN + TABLE + DATA + evil));
      expect(error).toMatchObject({
        code: "SERVER",
        message: expect.stringContaining("committed the transaction") as string,
      });
    });
  });
});

/** With another CRC, which stands behind the compressed bytes. */
function otherChecksum(zipped: Buffer): Buffer {
  const bytes = Buffer.from(zipped);
  bytes[bytes.length - 8]! ^= 1;
  return bytes;
}

describe("how often the dump is read", () => {
  const extension = "CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA public;\n";
  const data = DATA.replace(ROWS, ROWS.repeat(60));
  const inPlace = "CREATE TABLE public.t (a int, b text); CREATE SEQUENCE public.s";
  const ofOthers = "CREATE PUBLICATION p; CREATE ROLE #; ALTER PUBLICATION p OWNER TO #";
  test.each([
    ["once into an empty database", "", LONG, {}, 1],
    ["once where all that is there goes", OLD, LONG, {}, 1],
    [
      "once beside an extension that is there",
      "CREATE EXTENSION citext",
      dumpOf(extension + TABLE + data),
      {},
      1,
    ],
    ["twice where something may stay", ofOthers, LONG, {}, 2],
    ["twice with owners", "", LONG, { owner: true }, 2],
    ["twice with privileges", "", LONG, { privileges: true }, 2],
    ["twice for rows alone", inPlace, dumpOf(data), {}, 2],
  ])("%s", async (_name, prepare, sql, options, readings) => {
    await withDatabase(async (target) => {
      const role = `early_${randomBytes(4).toString("hex")}`;
      if (prepare !== "") await target.query(prepare.replaceAll("#", role));
      try {
        const result = await attempt(target, sql, options);
        expect(result.error).toBeUndefined();
        expect(result.readings).toBe(readings);
      } finally {
        if (prepare.includes("#")) await target.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
      }
    });
  });
});

test("the result, and the rows, are those of the whole dump", async () => {
  await withDatabase(async (target) => {
    await target.query(OLD);
    const store = new MemoryStore(gzipSync(GOOD));
    const result = await restorePlain(store, target.url, { force: true, trusted: true });
    const { rows, bytes, relations, sequences } = await inspectPlain(store);
    expect(result).toMatchObject({ rows, bytes, relations, sequences, committed: true });
    expect(result).toMatchObject({ rows: 2000, sequences: 1, objects: 3 });
    expect(result.dropped).toEqual(["table public.t", "sequence public.s", "view public.v"]);
    expect(
      await target.query(
        "SELECT count(*)::int AS n, (SELECT last_value::int FROM public.s) AS s FROM public.t",
      ),
    ).toEqual([{ n: 2000, s: 7 }]);
    // ANALYZE knows which tables got rows.
    expect(
      await target.query("SELECT attname FROM pg_stats WHERE tablename = 't' ORDER BY 1"),
    ).toEqual([{ attname: "a" }, { attname: "b" }]);
  });
});

test("an object of another role behind the rows is refused before anything runs", async () => {
  const role = `early_${randomBytes(4).toString("hex")}`;
  await withDatabase(async (target) => {
    await target.query(`CREATE ROLE ${role} LOGIN PASSWORD 'pw'; GRANT CREATE ON SCHEMA public TO ${role};
      CREATE MATERIALIZED VIEW public.late AS SELECT 1 AS a`);
    try {
      const url = new URL(target.url);
      url.username = role;
      url.password = "pw";
      const late = "CREATE MATERIALIZED VIEW public.late AS SELECT 2 AS a WITH NO DATA;\n";
      const store = new MemoryStore(dumpOf(TABLE + DATA + late));
      await stays(target, async () => {
        await expect(restorePlain(store, url.href, { force: true })).rejects.toMatchObject({
          code: "NOT_OWNER",
          object: "materialized view public.late of role postgres",
        });
      });
    } finally {
      await target.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });
});

test("positions of sequences that stay are not touched by a dump that is cut", async () => {
  await withDatabase(async (target) => {
    await target.query("CREATE TABLE public.t (a int, b text); CREATE SEQUENCE public.s");
    const { error } = await attempt(target, Buffer.from(BEGIN + DATA));
    expect(error).toMatchObject({ code: "ARCHIVE_DAMAGED" });
    expect(await target.query("SELECT last_value::int AS n FROM public.s")).toEqual([{ n: 1 }]);
  });
});

describe("ended in the middle of the rows", () => {
  const large = dumpOf(`${TABLE}${DATA.replace(ROWS, ROWS.repeat(200))}${INDEX}`);

  async function killed(target: TestDatabase, dump: Buffer): Promise<unknown> {
    const admin = new Client({ connectionString: withDatabaseName(target.url, "postgres") });
    await admin.connect();
    let asked: Promise<unknown> | undefined;
    const onProgress = ({ type }: ProgressEvent): void => {
      if (type !== "data") return;
      asked ??= admin.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${target.name}'`,
      );
    };
    const { error } = await attempt(target, dump, { onProgress });
    await asked;
    await admin.end();
    return error;
  }

  test("by the server, it changes nothing, and a damaged file takes precedence", async () => {
    await withDatabase(async (target) => {
      await target.query(OLD);
      await stays(target, async () => {
        expect(await killed(target, large)).toMatchObject({ code: "CONNECTION" });
        expect(await killed(target, large.subarray(0, -30))).toMatchObject({
          code: "ARCHIVE_DAMAGED",
        });
      });
    });
  });

  test("by the caller, it changes nothing", async () => {
    await withDatabase(async (target) => {
      await target.query(OLD);
      await stays(target, async () => {
        const controller = new AbortController();
        const { error, phases } = await attempt(target, large.subarray(0, -30), {
          signal: controller.signal,
          onProgress: ({ type }) => type === "data" && controller.abort(),
        });
        expect(error).toMatchObject({ code: "ABORTED" });
        // Nobody waits for a file that nobody wants any more.
        expect(phases).not.toContain("check");
      });
    });
  });
});
