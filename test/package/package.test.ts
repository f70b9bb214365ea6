/** The package as users get it: packed, installed into an empty project, imported, type-checked and run. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ownPackage } from "../../src/util/package.ts";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const TSC = join(ROOT, "node_modules/typescript/bin/tsc");

/** A module that uses everything there is. */
const CONSUMER = `
  import * as library from "nexushub-dump";
  import * as nexushub from "nexushub-dump/nexushub";
  import * as s3 from "nexushub-dump/s3";
  import * as testing from "nexushub-dump/testing";
  export const both = async (): Promise<library.DumpResult> => {
    await library.restore("a.tar.gz", { host: "localhost" }, { dryRun: true });
    const onProgress = (event: library.ProgressEvent) => event.type;
    return library.dump("postgresql://localhost/a", "a.tar.gz", { onProgress });
  };
  // @ts-expect-error: an unknown option is an error, so the types are really there.
  void library.dump("", "", { nonsense: true });
  // What a consumer infers must have a name that its own declarations can use.
  export const everything = { ...library, ...nexushub, ...s3, ...testing };
  export const results = async () => ({
    diff: await library.diff("a", "b"),
    drill: await library.drill("a", { probes: nexushub.nexusHubProbes() }),
    inspect: await library.inspect("a"),
    prune: await nexushub.prune("a"),
    fixture: await testing.openFixture({ server: "postgresql://localhost", archive: "a" }),
    server: (await testing.startEmbedded()).connection(),
  });`;

let project: string;

beforeAll(async () => {
  // `pretest` has built it; building here would pull the files from under other tests.
  project = await mkdtemp(join(tmpdir(), "nexushub-dump-package-"));
  await run("npm", ["pack", "--ignore-scripts", "--pack-destination", project], { cwd: ROOT });
  const tarball = (await readdir(project)).find((name) => name.endsWith(".tgz"))!;
  await writeFile(
    join(project, "package.json"),
    '{ "name": "empty", "private": true, "type": "module" }',
  );
  await run("npm", ["install", "--no-audit", "--no-fund", `./${tarball}`, "@types/node@20"], {
    cwd: project,
  });
  await symlink(
    join(ROOT, "node_modules/@electric-sql"),
    join(project, "node_modules/@electric-sql"),
  );
}, 300_000);

afterAll(async () => {
  await rm(project, { recursive: true, force: true });
});

test("the library can be imported and its functions are there", async () => {
  const script = `
    import * as library from "nexushub-dump";
    console.log(["dump", "inspect", "restore", "verify"].map((name) => typeof library[name]).join());`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: project,
  });
  expect(stdout.trim()).toBe("function,function,function,function");
});

test("the manual page is where package.json says, and of this version", async () => {
  const installed = join(project, "node_modules/nexushub-dump");
  const { man } = JSON.parse(await readFile(join(installed, "package.json"), "utf8")) as {
    man: string;
  };
  const page = await readFile(join(installed, man), "utf8");
  expect(page.split("\n", 1)[0]).toContain(`"nexushub-dump ${ownPackage().version}"`);
});

test("errors keep their names", async () => {
  const script = `
    import * as library from "nexushub-dump";
    const errors = Object.entries(library).filter(([name]) => name.endsWith("Error") && !name.startsWith("is"));
    console.log(JSON.stringify(errors.map(([name, error]) => [name, error.name])));`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: project,
  });
  const names = JSON.parse(stdout) as [string, string][];
  expect(names.length).toBeGreaterThan(5);
  for (const [exported, own] of names) expect(own).toBe(exported);
});

/** What a module loads when it is loaded itself: as an ES module, or as CommonJS. */
const LOADED =
  /^(?:import|export)\b[^;]*?from "([^"]+)"|^import "([^"]+)"|^(?:var|const) \w+ = (?:\w+\()?require\("([^"]+)"\)/gm;

/** Packages that a module imports when it is loaded, its own modules followed. */
async function loadedBy(file: string, seen = new Set<string>()): Promise<Set<string>> {
  const packages = new Set<string>();
  if (seen.has(file)) return packages;
  seen.add(file);
  const text = await readFile(file, "utf8");
  for (const [, ...specifiers] of text.matchAll(LOADED)) {
    const specifier = specifiers.find((text) => text !== undefined)!;
    if (isBuiltin(specifier)) continue;
    if (!specifier.startsWith(".")) packages.add(specifier);
    else for (const name of await loadedBy(join(file, "..", specifier), seen)) packages.add(name);
  }
  return packages;
}

test("importing the library loads no driver, no command line and no test tool", async () => {
  const dist = join(project, "node_modules/nexushub-dump/dist");
  const loaded = await loadedBy(join(dist, "index.js"));
  for (const heavy of ["pg", "commander", "age-encryption", "testcontainers"])
    expect(loaded).not.toContain(heavy);
  // Nor the program for the answer to `--version`.
  const files = new Set<string>();
  await loadedBy(join(dist, "cli/main.js"), files);
  expect([...files].map((file) => basename(file))).toEqual(["main.js"]);
});

test("the program has the licences of the packages that are in it", async () => {
  const folder = join(project, "node_modules/nexushub-dump/dist/cli");
  const licences = await readFile(join(folder, "LICENSES.txt"), "utf8");
  const { dependencies } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  const texts = await Promise.all(
    (await readdir(folder)).map((file) => readFile(join(folder, file), "utf8")),
  );
  const outside = new Set(
    texts.flatMap((text) =>
      [...text.matchAll(/require\("([a-z][^:"]*)"\)/g)].map(([, name]) => name!),
    ),
  );
  const inside = Object.keys(dependencies).filter(
    (name) => !outside.has(name) && !name.startsWith("@types/"),
  );
  expect(inside).toEqual([
    "commander",
    "pg",
    "pg-copy-streams",
    "pg-query-stream",
    "tar-stream",
    "zod",
  ]);
  for (const name of inside)
    expect(licences).toMatch(new RegExp(`^${name} \\d[^]*?(?:Copyright|MIT)`, "m"));
});

test("every entry point of the exports map can be imported", async () => {
  const { exports } = JSON.parse(
    await readFile(join(project, "node_modules/nexushub-dump/package.json"), "utf8"),
  ) as { exports: Record<string, unknown> };
  for (const entry of Object.keys(exports).filter((name) => !name.endsWith(".json"))) {
    const name = `nexushub-dump${entry.slice(1)}`;
    const script = `
      import { createRequire } from "node:module";
      const module = await import(${JSON.stringify(name)});
      const required = createRequire(import.meta.url)(${JSON.stringify(name)});
      console.log(JSON.stringify([Object.keys(module), Object.keys(required)]));`;
    const { stdout, stderr } = await run(
      process.execPath,
      ["--input-type=module", "--eval", script],
      { cwd: project },
    );
    const [imported, required] = JSON.parse(stdout) as [string[], string[]];
    expect([name, imported.length > 0, required.sort(), stderr]).toEqual([
      name,
      true,
      imported.sort(),
      "",
    ]);
  }
});

test("errors of the two builds know each other, and neither loads the other's code", async () => {
  const script = `
    const required = require("nexushub-dump");
    const fail = (library) => library.inspect("").catch((error) => error);
    void import("nexushub-dump").then(async (imported) => {
      const [one, other] = [await fail(required), await fail(imported)];
      console.log(JSON.stringify({
        isTwice: imported.UsageError !== required.UsageError,
        same: one instanceof imported.UsageError && other instanceof required.UsageError,
        base: one instanceof imported.NexushubDumpError && other instanceof required.NexushubDumpError,
        another: one instanceof imported.ServerError || other instanceof required.ServerError,
        recognized: imported.isNexushubDumpError(one) && required.isNexushubDumpError(other),
      }));
    });`;
  const { stdout } = await run(process.execPath, ["--input-type=commonjs", "--eval", script], {
    cwd: project,
  });
  expect(JSON.parse(stdout)).toEqual({
    isTwice: true,
    same: true,
    base: true,
    another: false,
    recognized: true,
  });
});

/** Whose identity nobody has. */
const RECIPIENT = "age1etfy5j7ul3ktctwdpv7070nvhwyrl2ps2rrmmuz9ew9eku06z3ss85jzck";

test("the code for `require` needs no `import()`, and encrypts", async () => {
  const dist = join(project, "node_modules/nexushub-dump/dist/cjs");
  for (const file of await readdir(dist, { recursive: true }))
    if (file.endsWith(".js"))
      expect([
        file,
        /\bimport\(|import\.meta/.exec(await readFile(join(dist, file), "utf8")),
      ]).toEqual([file, null]);
  // A test runner whose `require` loads no ES modules takes the copy.
  for (const flags of [[], ["--no-experimental-require-module"]]) {
    const script = `
      const { encryptArchive } = require("nexushub-dump");
      const sink = encryptArchive("secret.age", { recipients: [${JSON.stringify(RECIPIENT)}] }).create();
      void sink.then((it) => it.abort()).then(() => console.log("encrypts"));`;
    const { stdout } = await run(
      process.execPath,
      [...flags, "--input-type=commonjs", "--eval", script],
      { cwd: project },
    );
    expect(stdout.trim()).toBe("encrypts");
  }
});

/** @throws Error with what tsc prints. */
async function compile(cwd: string, args: readonly string[]): Promise<void> {
  await run(process.execPath, [TSC, ...args], { cwd }).catch((error: { stdout?: string }) => {
    throw new Error(error.stdout, { cause: error });
  });
}

/** How consumers compile: the options of tsc, and the names of the module that they compile. */
const CONSUMERS: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ["node16", ["--module", "node16"], ["strict.cts", "strict.mts"]],
  ["nodenext", ["--module", "nodenext"], ["strict.cts", "strict.mts"]],
  ["bundler", ["--module", "esnext", "--moduleResolution", "bundler"], ["strict.ts"]],
];

test.each(CONSUMERS)(
  "a strict consumer compiles with %s, its declarations too, without skipLibCheck",
  async (name, module, files) => {
    const folder = join(project, name);
    await mkdir(folder);
    for (const file of files) await writeFile(join(folder, file), CONSUMER);
    const args = ["--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess"];
    const output = ["--declaration", "--outDir", "out", "--target", "es2023", "--types", "node"];
    await compile(folder, [...args, ...output, ...module, ...files]);
    for (const file of files) {
      const declarations = join(
        folder,
        "out",
        file.replace(/ts$/, "").replace(/\.(.?)$/, ".d.$1ts"),
      );
      expect(await readFile(declarations, "utf8")).not.toContain("any");
    }
  },
  300_000,
);

// PGlite's declarations name types of a package that it does not bring, so that they compile with skipLibCheck alone.
test.each(CONSUMERS)(
  "PGlite is a database of %s's types",
  async (name, module, files) => {
    const folder = join(project, `pglite-${name}`);
    await mkdir(folder);
    const text = `
    import type { PGlite } from "@electric-sql/pglite";
    import { restore } from "nexushub-dump";
    export const intoPglite = (database: PGlite) => restore("a.tar.gz", database);`;
    for (const file of files) await writeFile(join(folder, file), text);
    const args = [
      "--noEmit",
      "--strict",
      "--target",
      "es2023",
      "--skipLibCheck",
      "--types",
      "node",
    ];
    await compile(folder, [...args, ...module, ...files]);
  },
  300_000,
);

test("npx runs the program", async () => {
  const { stdout } = await run("npx", ["--no-install", "nexushub-dump", "--version"], {
    cwd: project,
  });
  expect(stdout.trim()).toBe(ownPackage().version);
});
