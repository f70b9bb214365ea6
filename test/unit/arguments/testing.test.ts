/** What the functions for tests and the store of objects are called with: taken or refused before anything is done. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pathToFileURL } from "node:url";
import pg from "pg";
import { afterAll, describe, expect, test } from "vitest";
import type { ArchiveStore, NexushubDumpError } from "../../../src/index.ts";
import { decryptArchive, encryptArchive } from "../../../src/index.ts";
import { s3Store } from "../../../src/s3.ts";
import { openFixture, openPglite, startEmbedded } from "../../../src/testing/index.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { drizzle, kysely, prisma, SECRET, sql, URL_TEXT, usageError } from "./wrong-values.ts";

type Call = (...args: unknown[]) => unknown;
const fixture = openFixture as unknown as Call;
const pglite = openPglite as unknown as Call;
const embedded = startEmbedded as unknown as Call;
const store: Call = (...args) =>
  (s3Store as unknown as (...args: unknown[]) => ArchiveStore)(...args).open();

const folder = temporaryFolder();
afterAll(() => folder.remove());
const NOTHING = join(folder.path, "nothing");

const PGLITE = { waitReady: Promise.resolve(), exec: () => undefined, query: () => undefined };
const TLS = { host: "127.0.0.1", port: 1, ssl: { ca: SECRET } };

describe("openFixture refuses as its server", () => {
  test.each([
    ["nothing", undefined, "undefined"],
    ["a number", 5, "a number"],
    ["a PGlite", PGLITE, "a PGlite"],
    ["a Drizzle database", drizzle, "a Drizzle database"],
    ["a Kysely object", kysely, "a Kysely object"],
    ["a Prisma client", prisma, "a Prisma client"],
    ["a postgres.js client", sql, "a client of postgres.js"],
    ["a path", "fixture.tar.gz", "the path"],
    ["an address that is undefined", { url: undefined }, "names no database"],
    ["a promise", Promise.resolve(URL_TEXT), "a promise"],
    ["a container that was not awaited", { getConnectionUri: async () => URL_TEXT }, "a promise"],
    ["TLS settings", TLS, "no text"],
    ["a pool with TLS settings", new pg.Pool(TLS), "no text"],
    ["a password that is computed", { ...TLS, ssl: false, password: () => SECRET }, "no text"],
    ["a pool without its address", new pg.Pool({ connectionString: undefined }), "undefined"],
    ["a client that is not connected", new pg.Client(URL_TEXT), "not connected"],
  ])("%s", async (_, server, text) => {
    expect((await usageError(() => fixture({ server }))).message).toContain(text);
  });

  test("a container that is not started, and says why", async () => {
    const cause = new Error("not started");
    const getConnectionUri = () => {
      throw cause;
    };
    const error = await usageError(() => fixture({ server: { getConnectionUri } }));
    expect(error.cause).toBe(cause);
  });
});

const STREAMS: Readonly<Record<string, () => unknown>> = {
  "a stream": () => Readable.from([Buffer.from("no archive")]),
  "a web stream": () => new Blob(["no archive"]).stream(),
};

describe.each(Object.entries(STREAMS))("%s, which can be read once", (_, form) => {
  test("is no archive of a fixture", async () => {
    const error = await usageError(() => fixture({ server: URL_TEXT, archive: form() }));
    expect(error.message).toContain("more than once");
  });
  test("is no archive of a PGlite", async () => {
    const error = await usageError(() => pglite({ create: noPglite, archive: form() }));
    expect(error.message).toContain("more than once");
  });
});

async function noPglite(): Promise<object> {
  return {};
}

/** What is the path of no folder on this machine. */
const NO_FOLDERS = [
  ["a connection string", URL_TEXT],
  ["a URL of the web", new URL("https://example.org/x")],
  ["a URL of another machine", new URL("file://elsewhere/x")],
  ["the address of an object", "s3://bucket/x"],
  ["the URL of an object", new URL("s3://bucket/x")],
  ["an empty text", ""],
  ["a number", 5],
] as const;

test.each(NO_FOLDERS)("%s is no folder of migrations, images, servers or keys", async (_, path) => {
  await usageError(() => fixture({ server: URL_TEXT, migrations: path }));
  await usageError(() => pglite({ create: noPglite, images: path }));
  await usageError(() => embedded({ base: path }));
  await usageError(() => embedded({ binaries: path }));
  await usageError(() => decryptArchive(NOTHING, { identityFiles: [path as string] }).open());
});

test("files and folders may be URLs", async () => {
  const url = pathToFileURL(NOTHING);
  const taken = [
    () => fixture({ server: URL_TEXT, migrations: url }),
    () => embedded({ base: url }),
    () => embedded({ binaries: url }),
    () => encryptArchive(url, { recipientFiles: [url] }).create(),
  ];
  for (const run of taken) {
    const error: unknown = await Promise.resolve()
      .then(run)
      .catch((thrown: unknown) => thrown);
    expect(String(error)).not.toContain("must be");
    const { object, message } = error as NexushubDumpError;
    expect(`${object} ${message}`).toContain(NOTHING);
  }
});

test.each([
  ["openFixture", () => fixture({ server: URL_TEXT, pools: 4 }), "did you mean pool?"],
  ["openFixture, twice", () => fixture({ server: URL_TEXT }, {}), "one object"],
  ["openFixture, a text", () => fixture(URL_TEXT), "it may have"],
  ["openPglite", () => pglite({ create: noPglite, image: false }), "did you mean images?"],
  ["openPglite, twice", () => pglite({ create: noPglite }, {}), "one object"],
  ["openPglite, nothing", () => pglite(), "PGlite.create"],
  ["openPglite, an instance", () => pglite(PGLITE), "the options are"],
  ["startEmbedded", () => embedded({ majr: 16 }), "did you mean major?"],
  ["startEmbedded, a number", () => embedded(16), "it may have"],
  ["startEmbedded, null", () => embedded(null), "it may have"],
  ["startEmbedded, a setting", () => embedded({ settings: { port: [1] } }), undefined],
  ["startEmbedded, twice", () => embedded({}, {}), "one object"],
  ["s3Store", () => store("s3://bucket/a", { regio: "x" }), "did you mean region?"],
  ["s3Store, keys", () => store("s3://bucket/a", { credentials: SECRET }), undefined],
  ["s3Store, nothing", () => store(), "s3://bucket"],
  ["s3Store, a path", () => store("a/b"), "s3://bucket"],
  ["s3Store, a connection string", () => store(URL_TEXT), "s3://bucket"],
  ["s3Store, another URL", () => store(new URL("https://bucket/a")), "s3://bucket"],
  ["s3Store, three", () => store("s3://bucket/a", {}, {}), "one object"],
])("wrong arguments of %s", async (_, run, hint) => {
  const error = await usageError(run);
  if (hint !== undefined) expect(error.hint).toContain(hint);
});

test.each([
  ["nothing", undefined],
  ["an empty object", {}],
  ["a pool", new pg.Pool({ connectionString: URL_TEXT })],
])("what create returns must be a PGlite: %s", async (_, value) => {
  const error = await usageError(() => pglite({ create: async () => value, images: false }));
  expect(error.message).toContain("where a PGlite belongs");
});

test("nothing was written", () => {
  expect(existsSync(NOTHING)).toBe(false);
});
