/**
 * Every public function with every wrong argument that one can think of: a usage error that names the function, says what
 * was expected or meant, and repeats no secret. Nothing is connected to and nothing is written: no server runs here.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { afterAll, describe, expect, test } from "vitest";
import * as library from "../../../src/index.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import {
  drizzle,
  kysely,
  prisma,
  SECRET,
  sql,
  URL_TEXT,
  usageError,
  wrongValues,
} from "./wrong-values.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());
const ARCHIVE = join(folder.path, "none.tar.gz");
const WRITTEN = join(folder.path, "written.tar.gz");

type Call = (...args: unknown[]) => unknown;
/** By name: the namespace itself can only be read by names that are written out. */
const functions = new Map<string, unknown>(Object.entries(library));
const call =
  (name: keyof typeof library): Call =>
  (...args) =>
    (functions.get(name) as Call)(...args);

interface Signature {
  readonly name: string;
  readonly run: Call;
  /** Arguments that are right, each with its kind; the last is the options. */
  readonly kinds: readonly (keyof typeof RIGHT)[];
  readonly options: readonly string[];
}

const open =
  (run: Call): Call =>
  (...args) =>
    (run(...args) as library.ArchiveStore).open();

const FUNCTIONS: readonly Signature[] = [
  { name: "dump", run: call("dump"), kinds: ["database", "target"], options: ["jobs", "mask"] },
  { name: "restore", run: call("restore"), kinds: ["archive", "into"], options: ["dryRun"] },
  { name: "undelete", run: call("undelete"), kinds: ["archive", "into"], options: ["rows"] },
  { name: "diff", run: call("diff"), kinds: ["side", "side"], options: ["samples"] },
  { name: "convert", run: call("convert"), kinds: ["archive", "target"], options: ["tables"] },
  { name: "merge", run: call("merge"), kinds: ["archive", "target"], options: ["signal"] },
  { name: "pack", run: call("pack"), kinds: ["archive", "folder"], options: ["signal"] },
  { name: "unpack", run: call("unpack"), kinds: ["folder", "target"], options: ["signal"] },
  { name: "verify", run: call("verify"), kinds: ["archive"], options: ["onProgress"] },
  { name: "inspect", run: call("inspect"), kinds: ["archive"], options: ["signal"] },
  { name: "inspectCode", run: call("inspectCode"), kinds: ["archive"], options: ["signal"] },
  { name: "inspectSql", run: call("inspectSql"), kinds: ["archive"], options: ["signal"] },
  { name: "drill", run: call("drill"), kinds: ["archive"], options: ["probes"] },
  { name: "prove", run: call("prove"), kinds: ["archive"], options: ["superuser"] },
  {
    name: "restorePlain",
    run: call("restorePlain"),
    kinds: ["archive", "database"],
    options: ["dryRun"],
  },
  { name: "inspectPlain", run: call("inspectPlain"), kinds: ["archive"], options: ["signal"] },
  { name: "verifyPlain", run: call("verifyPlain"), kinds: ["archive"], options: ["signal"] },
  { name: "undoSwap", run: call("undoSwap"), kinds: ["database"], options: ["keepOld"] },
  { name: "listKeptDatabases", run: call("listKeptDatabases"), kinds: ["database"], options: [] },
  {
    name: "dropExpiredDatabases",
    run: call("dropExpiredDatabases"),
    kinds: ["database"],
    options: [],
  },
  { name: "proveSource", run: call("proveSource"), kinds: ["database"], options: ["jobs"] },
  {
    name: "decryptArchive",
    run: open(call("decryptArchive")),
    kinds: ["archive"],
    options: ["identities"],
  },
  {
    name: "encryptArchive",
    run: open(call("encryptArchive")),
    kinds: ["target"],
    options: ["recipients"],
  },
];

const RIGHT = {
  database: URL_TEXT,
  into: URL_TEXT,
  archive: ARCHIVE,
  target: WRITTEN,
  folder: join(folder.path, "folder"),
  side: ARCHIVE,
} as const;

const WRONG = wrongValues(ARCHIVE);

class WithAccessor {
  get dryrun(): boolean {
    return true;
  }
}

describe.each(FUNCTIONS)("$name refuses", ({ name, run, kinds, options }) => {
  const right = kinds.map((kind) => RIGHT[kind]);

  for (const [i, kind] of kinds.entries()) {
    test.each(WRONG[kind])(
      `%s as argument ${i + 1}, which is of the kind ${kind}`,
      async (_, value) => {
        const error = await usageError(() => run(...right.with(i, value as never)));
        expect(error.message).toContain(name);
      },
    );
  }

  // Two paths say nothing of which is which.
  test.runIf(kinds.includes("database") || kinds.includes("into"))(
    "all its arguments in reverse order",
    async () => {
      await usageError(() => run(...[...right, {}].toReversed()));
    },
  );

  test.each([
    ["a text", "dry-run"],
    ["a number", 5],
    ["null", null],
    ["an array", []],
    ["a function", () => true],
    ["a signal", new AbortController().signal],
    ["a Buffer", Buffer.from(SECRET)],
    ["a Map", new Map([["jobs", 4]])],
    ["a Date", new Date(0)],
    ["an Error", new Error(SECRET)],
    ["what inherits a misspelt name", Object.create({ dryrun: true }) as object],
    ["what gets a misspelt name", new WithAccessor()],
  ])("%s for its options", async (_, value) => {
    await usageError(() => run(...right, value));
  });

  test("options that it does not have, and says which was meant", async () => {
    for (const option of options) {
      const misspelt = `${option.slice(0, -1)}${option.at(-1) === "s" ? "" : option.at(-1)!.repeat(2)}`;
      const error = await usageError(() => run(...right, { [misspelt]: SECRET }));
      expect(error).toMatchObject({ hint: `did you mean ${option}?`, object: misspelt });
      const values = [5, null, SECRET, ["x", 5], () => SECRET, Symbol("x"), new Date()];
      const errors = await Promise.all(
        values.map((value) =>
          Promise.resolve()
            .then(() => run(...right, { [option]: value }))
            .then(
              () => null,
              (error: unknown) => (error as library.NexushubDumpError).code,
            ),
        ),
      );
      expect(errors.filter((code) => code === "USAGE").length).toBeGreaterThan(4);
    }
    await usageError(() => run(...right, { [URL_TEXT]: true }));
  });

  test("more arguments than it takes", async () => {
    await usageError(() => run(...right, {}, {}, {}));
  });
});

test.each([
  ["a pool", () => new pg.Pool({ connectionString: URL_TEXT }), "{ database: … }"],
  ["a client", () => new pg.Client(URL_TEXT), "{ database: … }"],
  ["a configuration", () => ({ host: "h", database: "d" }), "into database"],
])("diff says how %s is given", async (_, side, hint) => {
  const error = await usageError(() => call("diff")(side(), ARCHIVE));
  expect(error.hint).toContain(hint);
});

test.each([
  ["dryrun", "dryRun"],
  ["dry-run", "dryRun"],
  ["dataonly", "dataOnly"],
  ["exclude_tables", "excludeTables"],
])("restore's %s was meant as %s", async (option, meant) => {
  const error = await usageError(() => call("restore")(ARCHIVE, URL_TEXT, { [option]: true }));
  expect(error.hint).toBe(`did you mean ${meant}?`);
});

test.each([
  [{ jobs: 0 }, "the option jobs must be a positive integer, not a number"],
  [{ jobs: "4" }, "the option jobs must be a positive integer, not a text"],
  [{ mask: { "users.email": 5 } }, "the option mask.users.email must be a text, not a number"],
  [{ tables: "users" }, "the option tables must be an array of texts, not a text"],
  [{ tables: ["users", null] }, "the option tables.1 must be a text, not null"],
  [{ sections: ["predata"] }, "the option sections.0 must be one of pre-data, data, post-data"],
  [{ signal: new AbortController() }, "the option signal must be an AbortSignal, not an Abort"],
  [{ reproducible: "false" }, "the option reproducible must be true or false, not a text"],
  [{ reuse: 5 }, "the option reuse must be an archive that can be read, not a number"],
  [{ where: "a = 1" }, "the option where must be an object of texts, not a text"],
])("dump with %o", async (options, message) => {
  const error = await usageError(() => call("dump")(URL_TEXT, WRITTEN, options));
  expect(error.message).toContain(`dump: ${message}`);
});

test.each([
  [drizzle, "a Drizzle database", "db.$client"],
  [kysely, "a Kysely object", "pool"],
  [prisma, "a Prisma client", "connection string"],
  [sql, "a client of postgres.js", "connection string"],
])("other libraries' objects are named (%#)", async (value, text, hint) => {
  const error = await usageError(() => call("restore")(ARCHIVE, value, { force: true }));
  expect(error.message).toContain(text);
  expect(error.hint).toContain(hint);
});

test("functions that return at once refuse keys and reports that are none", () => {
  for (const [name, args] of [
    ["requireSigned", [ARCHIVE, undefined]],
    ["requireSigned", [ARCHIVE, []]],
    ["requireSigned", [ARCHIVE, ["key"]]],
    ["readSignKey", [undefined]],
    ["readVerifyKeys", [5]],
    ["renderHtml", [undefined]],
    ["renderJunit", ["<html>"]],
    ["renderText", [{ probes: 5 }]],
  ] as const)
    expect(() => call(name)(...args)).toThrow(library.UsageError);
});

test("nothing was written", () => {
  expect(existsSync(WRITTEN)).toBe(false);
});
