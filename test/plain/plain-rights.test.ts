/** A plain dump whose last statements take rights that the login has not: known before the rows are loaded. */
import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import type { Phase } from "../../src/events.ts";
import { restorePlain } from "../../src/plain/restore/restore-plain.ts";
import { MemoryStore } from "../support/archives.ts";
import { serverFor, withDatabase } from "../support/postgres.ts";

const HEAD = `--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
CREATE TABLE public.t (a int);
CREATE FUNCTION public.f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
COPY public.t (a) FROM stdin;
1
\\.
`;
const END = "--\n-- PostgreSQL database dump complete\n--\n\n";

const LAST: readonly (readonly [sql: string, object: RegExp | null])[] = [
  [
    "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION public.f();",
    /^event trigger e \(line/,
  ],
  ["CREATE PUBLICATION p FOR ALL TABLES;", /^publication p \(line/],
  [
    "CREATE SUBSCRIPTION s CONNECTION 'dbname=x' PUBLICATION p WITH (connect = false, slot_name = 's');",
    /^subscription s \(line/,
  ],
  // Its own may be published, once they exist.
  ["CREATE PUBLICATION p FOR TABLE ONLY public.t;", null],
];

test.each(LAST)("%s", async (sql, object) => {
  const server = await serverFor(15);
  const role = `rights_${randomBytes(4).toString("hex")}`;
  await server.admin(`CREATE ROLE ${role} LOGIN PASSWORD 'x'`);
  try {
    await withDatabase(
      async (target) => {
        await target.query(`ALTER DATABASE "${target.name}" OWNER TO ${role}`);
        await target.query(`ALTER SCHEMA public OWNER TO ${role}`);
        const phases: Phase[] = [];
        const store = new MemoryStore(Buffer.from(`${HEAD}${sql}\n${END}`));
        const restored = restorePlain(store, target.url, {
          role,
          onProgress: (event) => {
            if (event.type === "phase") phases.push(event.phase);
          },
        });
        if (object === null) await restored;
        else
          await expect(restored).rejects.toMatchObject({
            code: "PERMISSION",
            object: expect.stringMatching(object),
          });
        expect(phases.includes("data")).toBe(object === null);
        const tables = await target.query("SELECT FROM pg_class WHERE relname = 't'");
        expect(tables).toHaveLength(object === null ? 1 : 0);
      },
      { major: 15 },
    );
  } finally {
    await server.admin(`DROP ROLE ${role}`);
  }
});
