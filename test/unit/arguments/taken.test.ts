/**
 * Every form in which a database, an archive, a place for one and a folder may be given, to every function that has such an
 * argument. A form that is taken ends as the text of the same address does: nothing listens, and no file is there.
 */
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { pathToFileURL } from "node:url";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import * as library from "../../../src/index.ts";
import * as nexushub from "../../../src/nexushub/index.ts";
import { type FixtureServer, openFixture } from "../../../src/testing/index.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { SIGNATURES } from "./nexushub-signatures.ts";
import { URL_TEXT } from "./wrong-values.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());
const PATH = join(folder.path, "none", "a.tar.gz");
const NOTHING = join(folder.path, "nothing");
mkdirSync(NOTHING);

type Call = (...args: unknown[]) => unknown;
const main = new Map(Object.entries(library)) as ReadonlyMap<string, unknown> as ReadonlyMap<
  string,
  Call
>;

const noStore = (): never => {
  throw new library.ArchiveError("the store is empty");
};
const idle = Object.assign(new pg.Client(URL_TEXT), { _connected: true });
const pglite = { waitReady: Promise.resolve(), exec: async () => [], query: async () => ({}) };

const DATABASES: Readonly<Record<string, () => unknown>> = {
  "a text": () => URL_TEXT,
  "a URL": () => new URL(URL_TEXT),
  "a configuration": () => ({ host: "127.0.0.1", port: 1, database: "db", user: "u" }),
  "a configuration with a text": () => ({ connectionString: URL_TEXT }),
  "a pool": () => new pg.Pool({ connectionString: URL_TEXT }),
  "an idle client": () => idle,
};

const REREADABLE: Readonly<Record<string, () => unknown>> = {
  "a path": () => PATH,
  "a file: URL": () => pathToFileURL(PATH),
  "an http: URL": () => new URL("http://127.0.0.1:1/a.tar.gz"),
  "a Buffer": () => Buffer.from("no archive"),
  "a Uint8Array": () => new Uint8Array(5),
  "an ArrayBuffer": () => new ArrayBuffer(5),
  "a view of bytes": () => new DataView(new ArrayBuffer(5)),
  "a view of numbers": () => new Uint16Array(5),
  "a Blob": () => new Blob(["no archive"]),
  "a store": () => ({ open: noStore }),
};

const FORMS: Readonly<Record<string, Readonly<Record<string, () => unknown>>>> = {
  database: DATABASES,
  into: { ...DATABASES, "a PGlite": () => pglite },
  rereadable: REREADABLE,
  archive: {
    ...REREADABLE,
    "a stream": () => Readable.from([Buffer.from("no archive")]),
    "a web stream": () => new Blob(["no archive"]).stream(),
  },
  target: {
    "a path": () => PATH,
    "a file: URL": () => pathToFileURL(PATH),
    "a stream": () => new Writable({ write: (_chunk, _encoding, done) => done() }),
    "a web stream": () => new WritableStream(),
    "a store": () => ({ create: noStore }),
  },
  folder: { "a path": () => PATH, "a file: URL": () => pathToFileURL(PATH) },
  side: {
    ...REREADABLE,
    "a database": () => URL_TEXT,
    "a database's URL": () => new URL(URL_TEXT),
    ...Object.fromEntries(
      Object.entries(DATABASES).map(([name, form]) => [
        `a database of ${name}`,
        () => ({ database: form() }),
      ]),
    ),
  },
};

const opened =
  (name: string): Call =>
  async (...args) => {
    const source = await (main.get(name)!(...args) as library.ArchiveStore).open();
    await source.close();
  };
const encrypted: Call = async (target) => {
  const options = { recipients: [RECIPIENT] };
  const sink = await (
    main.get("encryptArchive")!(target, options) as library.ArchiveStore
  ).create();
  await sink.abort();
};
const { publicKey } = generateKeyPairSync("ed25519");
const KEYS = library.readVerifyKeys(publicKey.export({ format: "pem", type: "spki" }) as string);
const signed: Call = (archive) => opened("requireSigned")(archive, KEYS);
/** Whose identity nobody has. */
const RECIPIENT = "age1etfy5j7ul3ktctwdpv7070nvhwyrl2ps2rrmmuz9ew9eku06z3ss85jzck";
const withRows: Call = (archive, target) =>
  main.get("undelete")!(archive, target, { rows: { a: "true" } });
const into =
  (name: string, archive: boolean): Call =>
  (value) =>
    main.get(name)!(archive ? PATH : URL_TEXT, ...(archive ? [] : [{}]), { into: value });

/** Functions of the main entry, by their arguments. */
const FUNCTIONS: Readonly<Record<string, readonly [readonly string[], Call?]>> = {
  dump: [["database", "target"]],
  restore: [["archive", "into"]],
  restorePlain: [["archive", "database"]],
  undelete: [["archive", "into"], withRows],
  diff: [["side", "side"]],
  convert: [["archive", "target"]],
  merge: [["archive", "target"]],
  pack: [["archive", "folder"]],
  unpack: [["folder", "target"]],
  verify: [["archive"]],
  verifyPlain: [["archive"]],
  inspect: [["archive"]],
  inspectCode: [["archive"]],
  inspectPlain: [["archive"]],
  inspectSql: [["archive"]],
  drill: [["rereadable"]],
  prove: [["rereadable"]],
  proveSource: [["database"]],
  undoSwap: [["database"]],
  listKeptDatabases: [["database"]],
  dropExpiredDatabases: [["database"]],
  decryptArchive: [["archive"], opened("decryptArchive")],
  encryptArchive: [["target"], encrypted],
  withBase: [["archive", "rereadable"], opened("withBase")],
  requireSigned: [["archive"], signed],
};

/** They take nothing of that kind. */
const OTHERS = ["readSignKey", "readVerifyKeys", "renderHtml", "renderJunit", "renderText"];

async function codeOf(run: () => unknown): Promise<unknown> {
  return Promise.resolve()
    .then(run)
    .then(
      () => null,
      (error: unknown) => {
        if (!library.isNexushubDumpError(error)) throw error;
        return error.code === "USAGE" ? `${error.message} ${error.hint}` : error.code;
      },
    );
}

const notUsage = expect.toSatisfy(
  (code) => code === null || /^[A-Z_]+$/.test(code as string),
) as unknown;

test("every function of the main entry is here", () => {
  const functions = [...main].filter(
    ([name, value]) => typeof value === "function" && !name.endsWith("Error"),
  );
  expect(functions.map(([name]) => name).toSorted()).toEqual(
    [...Object.keys(FUNCTIONS), ...OTHERS].toSorted(),
  );
});

describe.each(Object.entries(FUNCTIONS))("%s takes", (name, [kinds, run]) => {
  const call = run ?? main.get(name)!;
  for (const [i, kind] of kinds.entries()) {
    test.each(Object.entries(FORMS[kind]!))(`%s as argument ${i + 1}`, async (_, form) => {
      const args = kinds.map((each, j) => (j === i ? form : Object.values(FORMS[each]!)[0]!)());
      expect(await codeOf(() => call(...args))).toEqual(notUsage);
    });
  }
});

const S3 = "s3://bucket/a.tar.gz?endpoint=http://127.0.0.1:1";

test.each([
  ["dump", [URL_TEXT, S3], 1],
  ["verify", [S3], 0],
  ["restore", [S3, URL_TEXT], 0],
  ["diff", [PATH, S3], 1],
  ["prove", [S3], 0],
] as const)("%s takes the address of an object as URL, too", async (name, args, i) => {
  const call = main.get(name)!;
  const seen = await outcome(() => call(...(args as readonly unknown[]).with(i, new URL(S3))));
  expect(seen).toEqual(await outcome(() => call(...args)));
  expect(JSON.stringify(seen)).not.toContain("scheme");
});

test.each(["reuse", "base"])("dump takes a store address as %s", async (option) => {
  const withEarlier = (earlier: unknown) =>
    outcome(() => main.get("dump")!(URL_TEXT, PATH, { [option]: earlier }));
  expect(await withEarlier(new URL(S3))).toEqual(await withEarlier(S3));
});

describe("a pool stands for the database that its driver connects to", () => {
  const environment = { PGHOST: "127.0.0.1", PGPORT: "1", PGDATABASE: "default" };
  beforeAll(() => {
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  });
  afterAll(() => vi.unstubAllEnvs());

  test.each([
    ["without options", () => new pg.Pool(), "default"],
    ["with a text", () => new pg.Pool({ connectionString: URL_TEXT }), "db"],
    [
      "with a text, which counts",
      () => new pg.Pool({ connectionString: URL_TEXT, database: "other" }),
      "db",
    ],
    ["with a name", () => new pg.Pool({ database: "shop" }), "shop"],
  ])("%s", async (_, pool, database) => {
    await expect(main.get("proveSource")!(pool())).rejects.toMatchObject({
      code: "CONNECTION",
      message: expect.stringContaining(`"${database}" on 127.0.0.1:1`) as string,
    });
  });
});

test.each(["drill", "prove"])("%s takes a URL as the server to restore into", async (name) => {
  expect(await codeOf(() => into(name, true)(new URL(URL_TEXT)))).toEqual(notUsage);
  expect(await codeOf(() => into(name, true)("a.tar.gz"))).toContain("reads as the path");
});

const SERVERS: Readonly<Record<string, () => unknown>> = {
  ...DATABASES,
  "an object with a url": () => ({ url: URL_TEXT }),
};

test.each(Object.entries(SERVERS))("openFixture takes %s as its server", async (_, form) => {
  const server = form() as FixtureServer;
  expect(await codeOf(() => openFixture({ server }))).toBe("CONNECTION");
});

/** What the functions of the entry nexushub end with. */
async function outcome(run: () => unknown): Promise<unknown> {
  return Promise.resolve()
    .then(run)
    .then(
      (value) => value,
      (error: unknown) => {
        const { code, message, hint } = error as library.NexushubDumpError;
        // A temporary name is another one each time.
        return { code, message: message.replace(/[^/]*\.partial/, ""), hint };
      },
    );
}

const SAME_FORMS: Readonly<Record<string, (text: string) => URL>> = {
  database: (text) => new URL(text),
  archive: (text) => pathToFileURL(text),
  target: (text) => pathToFileURL(text),
  folder: (text) => pathToFileURL(text),
  file: (text) => pathToFileURL(text),
};

const WITH_PLACES = Object.entries(SIGNATURES).filter(([, { parameters }]) =>
  parameters.some(({ kind }) => kind !== undefined),
);

describe.each(WITH_PLACES)("%s of nexushub", (name, { parameters, options }) => {
  const call = (nexushub as unknown as Readonly<Record<string, Call>>)[name]!;
  const right = parameters.map(({ value }) => value);
  const required = Object.fromEntries(
    (options?.required ?? []).map((each) => [each, options!.values[each]]),
  );
  parameters.forEach(({ kind, value }, i) => {
    if (kind === undefined) return;
    test(`takes a URL as argument ${i + 1}`, async () => {
      const url = SAME_FORMS[kind]!(value as string);
      const args = [...right, ...(options === undefined ? [] : [required])];
      expect(await outcome(() => call(...args.with(i, url)))).toEqual(
        await outcome(() => call(...args)),
      );
    });
  });
});

test.each([
  ["backup", { databaseUrl: URL_TEXT, folder: NOTHING, metricsFile: join(NOTHING, "a.prom") }],
  ["backup", { databaseUrl: URL_TEXT, cwd: NOTHING, copyTo: NOTHING }],
  ["doctor", { databaseUrl: URL_TEXT, folder: NOTHING, cwd: NOTHING }],
  ["openDeployment", { envFile: PATH }],
  ["findKey", { envFile: PATH, cwd: NOTHING }],
  ["nexusHubDrill", { into: URL_TEXT }],
])("the options of %s may be URLs: %o", async (name, texts) => {
  const call = (nexushub as unknown as Readonly<Record<string, Call>>)[name]!;
  const urls = Object.fromEntries(
    Object.entries(texts).map(([option, text]) => [
      option,
      text === URL_TEXT ? new URL(text) : pathToFileURL(text),
    ]),
  );
  const before = name === "nexusHubDrill" ? [PATH] : [];
  const env = name === "nexusHubDrill" ? {} : { env: {} };
  const seen = await outcome(() => call(...before, { ...urls, ...env }));
  expect(seen).toEqual(await outcome(() => call(...before, { ...texts, ...env })));
  expect(JSON.stringify(seen)).not.toContain("must be");
});

test("a URL that names no file of this machine is refused", async () => {
  const elsewhere = new URL("file://elsewhere/a");
  expect(await codeOf(() => nexushub.listFolder(elsewhere))).toContain("where a path belongs");
  expect(await codeOf(() => nexushub.backup({ folder: elsewhere }))).toContain("must be a path");
});
