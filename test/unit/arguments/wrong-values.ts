/** Arguments that no function can take where they stand: mistakes that people make. */
import { Readable } from "node:stream";
import pg from "pg";
import { expect } from "vitest";
import type { NexushubDumpError } from "../../../src/errors.ts";

export const SECRET = "s3cret-word";
export const URL_TEXT = `postgresql://u:${SECRET}@127.0.0.1:1/db`;

export const drizzle = { $client: {}, select: () => undefined };
export const kysely = { selectFrom: () => undefined, getExecutor: () => undefined };
export const prisma = { $connect: () => undefined, $disconnect: () => undefined };
export const sql = Object.assign(() => undefined, {
  unsafe: () => undefined,
  listen: () => undefined,
});
const locked = new Blob([SECRET]).stream();
locked.getReader();
const lockedSink = new WritableStream();
lockedSink.getWriter();
const flowing = new Readable({ read: () => undefined }).on("data", () => undefined);
const pglite = { waitReady: Promise.resolve(), exec: () => undefined, query: () => undefined };

/** Of no kind at all. */
const NEVER: readonly (readonly [string, unknown])[] = [
  ["undefined", undefined],
  ["null", null],
  ["a number", 5],
  ["true", true],
  ["an array", [URL_TEXT]],
  ["an empty object", {}],
  ["a function", () => URL_TEXT],
  ["a Drizzle database", drizzle],
  ["a Kysely object", kysely],
  ["a Prisma client", prisma],
  ["a postgres.js client", sql],
  ["a promise", Promise.resolve(URL_TEXT)],
  ["a misspelt configuration", { url: URL_TEXT }],
  ["an undefined connection string", { connectionString: undefined, user: "u" }],
  ["an undefined host", { host: undefined, database: "d", password: SECRET }],
  ["a misspelt key", { host: "h", databse: "d", password: SECRET }],
  ["a wrong type of key", { host: "h", port: "many" }],
  ["a port that is undefined", { host: "h", port: undefined, database: "d" }],
  ["two addresses", { connectionString: URL_TEXT, database: "other" }],
  ["a pool without its address", new pg.Pool({ connectionString: undefined })],
  ["a URL of another program", new URL(`mysql://u:${SECRET}@h/d`)],
  ["a URL that is none", new URL("localhost:5432")],
  ["a URL of another machine", new URL("file://elsewhere/a")],
];

type Kind = "database" | "archive" | "target" | "folder" | "into" | "side";

/** By the kind of the argument. @param archive the path of one. */
export function wrongValues(archive: string): Readonly<Record<Kind, typeof NEVER>> {
  return {
    database: [
      ...NEVER,
      ["a path of an archive", archive],
      ["a blank text", "  "],
      ["a text with undefined", `postgresql://u:${SECRET}@undefined:5432/db`],
      ["an https URL", new URL("https://example.org/x")],
      ["bytes", Buffer.from(SECRET)],
      ["a PGlite", pglite],
      ["a client that is not connected", new pg.Client(URL_TEXT)],
    ],
    into: [...NEVER, ["a path of an archive", archive], ["bytes", Buffer.from(SECRET)]],
    archive: [
      ...NEVER,
      ["a connection string", URL_TEXT],
      ["an empty text", ""],
      ["an address as text", `https://example.org/?token=${SECRET}`],
      ["a postgresql: URL", new URL(URL_TEXT)],
      ["a pool", new pg.Pool({ connectionString: URL_TEXT })],
      ["a client", new pg.Client(URL_TEXT)],
      ["a PGlite", pglite],
      ["a writable stream", new WritableStream()],
      ["a stream that is read already", locked],
      ["a stream that flows elsewhere", flowing],
      ["a stream of text", Readable.from([SECRET], { encoding: "utf8" })],
      ["a path with NUL", "a\0b"],
    ],
    target: [
      ...NEVER,
      ["a connection string", URL_TEXT],
      ["an empty text", ""],
      ["an https URL", new URL("https://example.org/x")],
      ["bytes", Buffer.from("x")],
      ["a client", new pg.Client(URL_TEXT)],
      ["a stream that is written already", lockedSink],
    ],
    folder: [
      ...NEVER,
      ["a connection string", URL_TEXT],
      ["an empty text", ""],
      ["an https address", `https://example.org/?token=${SECRET}`],
      ["a URL", new URL(URL_TEXT)],
      ["bytes", Buffer.from("x")],
      ["a pool", new pg.Pool({ connectionString: URL_TEXT })],
      ["a client", new pg.Client(URL_TEXT)],
      ["a PGlite", pglite],
    ],
    side: [...NEVER.filter(([name]) => name !== "an array"), ["a pool", new pg.Pool()]],
  };
}

/** The error, which names nothing secret. */
export async function usageError(run: () => unknown): Promise<NexushubDumpError> {
  const error: unknown = await Promise.resolve()
    .then(run)
    .then(
      () => expect.unreachable("it succeeded"),
      (thrown: unknown) => thrown,
    );
  expect(error).toMatchObject({ code: "USAGE" });
  const shown = error as NexushubDumpError;
  expect(`${shown.message} ${shown.hint} ${shown.object}`).not.toContain(SECRET);
  expect(shown.hint ?? shown.message).not.toBe("");
  return shown;
}
