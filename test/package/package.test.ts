/** The package as users get it: packed, installed into an empty project, imported, type-checked and run. */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ownPackage } from "../../src/util/package.ts";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const TSC = join(ROOT, "node_modules/typescript/bin/tsc");

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

/** Packages that a module imports when it is loaded, its own modules followed. */
async function loadedBy(file: string, seen = new Set<string>()): Promise<Set<string>> {
  const packages = new Set<string>();
  if (seen.has(file)) return packages;
  seen.add(file);
  const text = await readFile(file, "utf8");
  for (const [, specifier] of text.matchAll(
    /^(?:import|export)\b[^;]*?from "([^"]+)"|^import "([^"]+)"/gm,
  )) {
    if (specifier === undefined || specifier.startsWith("node:")) continue;
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
  // Nor the program for the answer to `--version`; what it loads for its commands shows that this search finds some.
  const program = join(dist, "cli/main.js");
  expect(await loadedBy(program)).not.toContain("commander");
  const commands = /import\("([^"]+)"\)/.exec(await readFile(program, "utf8"))![1]!;
  expect(await loadedBy(join(program, "..", commands))).toContain("commander");
});

test("every entry point of the exports map can be imported", async () => {
  const { exports } = JSON.parse(
    await readFile(join(project, "node_modules/nexushub-dump/package.json"), "utf8"),
  ) as { exports: Record<string, unknown> };
  for (const entry of Object.keys(exports).filter((name) => !name.endsWith(".json"))) {
    const name = `nexushub-dump${entry.slice(1)}`;
    const script = `console.log(Object.keys(await import(${JSON.stringify(name)})).length > 0)`;
    const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", script], {
      cwd: project,
    });
    expect([name, stdout.trim()]).toEqual([name, "true"]);
  }
});

test.each(["node16", "bundler"])("types resolve with moduleResolution %s", async (resolution) => {
  await writeFile(
    join(project, "use.ts"),
    `import type { PGlite } from "@electric-sql/pglite";
     import { dump, restore, type DumpResult, type ProgressEvent } from "nexushub-dump";
     export const intoPglite = (database: PGlite) => restore("a.tar.gz", database);
     export const both = async (): Promise<DumpResult> => {
       await restore("a.tar.gz", "postgresql://localhost/b", { dryRun: true });
       return dump("postgresql://localhost/a", "a.tar.gz", { onProgress: (event: ProgressEvent) => event.type });
     };
     // @ts-expect-error: an unknown option is an error, so the types are really there.
     void dump("", "", { nonsense: true });`,
  );
  const module = resolution === "bundler" ? "esnext" : "node16";
  const args = ["--noEmit", "--strict", "--target", "es2023", "--skipLibCheck", "--types", "node"];
  await run(
    process.execPath,
    [TSC, ...args, "--module", module, "--moduleResolution", resolution, "use.ts"],
    {
      cwd: project,
    },
  ).catch((error: { stdout?: string }) => {
    throw new Error(error.stdout, { cause: error });
  });
});

test("a strict consumer compiles, its declarations too, without skipLibCheck", async () => {
  await writeFile(
    join(project, "strict.ts"),
    `import * as library from "nexushub-dump";
     import * as nexushub from "nexushub-dump/nexushub";
     import * as testing from "nexushub-dump/testing";
     export const dumped = () => library.dump({ host: "localhost" }, "a.tar.gz");
     // What a consumer infers must have a name that its own declarations can use.
     export const everything = { ...library, ...nexushub, ...testing };
     export const results = async () => ({
       diff: await library.diff("a", "b"),
       drill: await library.drill("a", { probes: nexushub.nexusHubProbes() }),
       inspect: await library.inspect("a"),
       prune: await nexushub.prune("a"),
       fixture: await testing.openFixture({ server: "postgresql://localhost", archive: "a" }),
       server: (await testing.startEmbedded()).connection(),
     });`,
  );
  const args = ["--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess"];
  const output = ["--declaration", "--outDir", "out", "--target", "es2023", "--module", "node20"];
  await run(process.execPath, [TSC, ...args, ...output, "--types", "node", "strict.ts"], {
    cwd: project,
  }).catch((error: { stdout?: string }) => {
    throw new Error(error.stdout, { cause: error });
  });
  expect(await readFile(join(project, "out/strict.d.ts"), "utf8")).not.toContain("any");
}, 300_000);

test("npx runs the program", async () => {
  const { stdout } = await run("npx", ["--no-install", "nexushub-dump", "--version"], {
    cwd: project,
  });
  expect(stdout.trim()).toBe(ownPackage().version);
});
