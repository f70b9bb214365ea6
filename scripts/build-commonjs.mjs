/**
 * Builds `dist/cjs`: the library's entry points as CommonJS, for programs and test runners that cannot load ES modules
 * with `require`. Runs after the other builds, and finishes them: it removes declarations that no entry point mentions.
 *
 * The modules are bundled as ES modules first, since only these can share chunks among entry points: an error has
 * one class, whichever entry point threw it. Each chunk is translated then.
 */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { build, transform } from "esbuild";

const TARGET = "node20.19";
const ENTRIES = ["index", "nexushub/index", "testing/index", "s3"];
const OUTPUT = "dist/cjs";

/** `import.meta.url` of a module, by which files beside the code are found. */
const MODULE_URL = `import { pathToFileURL } from "node:url";
const moduleUrl = pathToFileURL(__filename).href;
`;

/**
 * A dependency that is an ES module only. Node's `require` loads it since 20.19, that of a test runner may not: these get a
 * copy. In Node the installed one is taken, so that an update of cryptography reaches everybody.
 */
const MODULE_ONLY = "age-encryption";
const COPY = "age-encryption-copy.js";
const EXPORTS = "Decrypter, Encrypter";

const INSTALLED_OR_COPY = `
import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
function load() {
  try {
    return require("${MODULE_ONLY}");
  } catch {
    return require("./${COPY}");
  }
}
export const { ${EXPORTS} } = load();`;

const dependencies = {
  name: "dependencies",
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
      if (kind === "entry-point") return undefined;
      return path === MODULE_ONLY ? { path, namespace: "copied" } : { path, external: true };
    });
    onLoad({ filter: /.*/, namespace: "copied" }, () => ({ contents: INSTALLED_OR_COPY }));
  },
};

/** Writes the file, whatever folders are missing. */
async function write(path, text) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

async function buildCode() {
  const { outputFiles } = await build({
    entryPoints: ENTRIES.map((entry) => `src/${entry}.ts`),
    bundle: true,
    splitting: true,
    write: false,
    outdir: OUTPUT,
    format: "esm",
    platform: "node",
    target: TARGET,
    chunkNames: "modules/[name]-[hash]",
    logLevel: "warning",
    plugins: [dependencies],
  });
  for (const { path, text } of outputFiles) {
    const { code } = await transform(text.includes("import.meta") ? MODULE_URL + text : text, {
      format: "cjs",
      platform: "node",
      target: TARGET,
      // `import()` needs a flag of Node in jest.
      supported: { "dynamic-import": false },
      define: { "import.meta.url": "moduleUrl" },
      banner: '"use strict";',
      logLevel: "warning",
    });
    await write(path, code);
  }
}

/** The copy, with the licences of what is in it. */
async function buildCopy() {
  const { metafile, outputFiles } = await build({
    stdin: { contents: `export { ${EXPORTS} } from "${MODULE_ONLY}";`, resolveDir: "." },
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    legalComments: "none",
    format: "cjs",
    platform: "node",
    target: TARGET,
    logLevel: "warning",
  });
  const inputs = Object.keys(metafile.inputs).filter((path) => path.includes("node_modules/"));
  const folders = inputs.map((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)[0]);
  const licences = [...new Set(folders)].sort().map(async (folder) => {
    const { name, version } = JSON.parse(await readFile(`${folder}/package.json`, "utf8"));
    return `${name} ${version}\n\n${await readFile(`${folder}/LICENSE`, "utf8")}`;
  });
  const comment = `/*!\n${(await Promise.all(licences)).join("\n\n")}*/\n`;
  await write(join(OUTPUT, "modules", COPY), comment + outputFiles[0].text);
}

/** The declarations that those of the entry points mention, themselves included. */
async function publicDeclarations() {
  const declarations = new Map();
  const pending = ENTRIES.map((entry) => `dist/${entry}.d.ts`);
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    if (declarations.has(path)) continue;
    const text = await readFile(path, "utf8");
    declarations.set(path, text);
    for (const [, module] of text.matchAll(/(?:\bfrom |\bimport\()"(\.[^"]+)\.[jt]s"/g))
      pending.push(join(dirname(path), `${module}.d.ts`));
  }
  return declarations;
}

async function finishDeclarations() {
  const declarations = await publicDeclarations();
  const files = await readdir("dist", { recursive: true });
  for (const file of files.filter((name) => name.endsWith(".d.ts")))
    if (!declarations.has(join("dist", file))) await rm(join("dist", file));
  for (const [path, text] of declarations) await write(join(OUTPUT, relative("dist", path)), text);
}

await finishDeclarations();
await buildCode();
await buildCopy();
await write(join(OUTPUT, "package.json"), '{ "type": "commonjs", "sideEffects": false }\n');
