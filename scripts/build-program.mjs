/**
 * Builds `dist/cli`: the program, in few files, with the packages that a dump needs. Most of a short command is finding,
 * reading and compiling code, so what is loaded together is one file, and nothing else is in it. CommonJS, since Node.js 20
 * takes 40 ms more to load the same code as ES modules.
 */
import { chmod, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { transform } from "esbuild";
import { rolldown } from "rolldown";

const TARGET = "node20.19";
/** Another folder gets the program alone. */
const [OUTPUT = "dist/cli"] = process.argv.slice(2);

/** Packages that stay outside: few commands need them, or an update of cryptography must reach everybody. */
const INSTALLED =
  /^(?:@aws-sdk\/credential-providers|@electric-sql\/pglite|age-encryption|aws4fetch|pg-native|smol-toml|undici)(?:\/|$)/;

/** What is loaded together, each with all that it imports. The first file that a module belongs to has it. */
const FILES = [
  // Answers `--version` alone.
  { name: "start", test: /src\/cli\/main\.ts$|rolldown\/runtime/ },
  // What runs until the server is busy with the catalogs; much of it is in every command.
  {
    name: "program",
    test: /src\/cli\/(?:process|commands\/dump-run)\.ts$|src\/nexushub\/deployment\/open-deployment\.ts$|node_modules\/pg\//,
  },
  { name: "write-archive", test: /src\/dump\/write-archive\.ts$/ },
];

async function buildCode() {
  const bundle = await rolldown({
    input: { main: "src/cli/main.ts" },
    platform: "node",
    external: INSTALLED,
    transform: { target: TARGET },
    preserveEntrySignatures: false,
    // The list above decides which modules share a file.
    checks: { ineffectiveDynamicImport: false },
  });
  const { output } = await bundle.generate({
    format: "cjs",
    dynamicImportInCjs: false,
    externalLiveBindings: false,
    chunkFileNames: "[name].js",
    codeSplitting: { groups: FILES.map((file, i) => ({ ...file, priority: FILES.length - i })) },
  });
  await bundle.close();
  for (const { fileName, code } of output) {
    // V8 reads text of one byte a character much faster.
    const ascii = await transform(code, {
      charset: "ascii",
      platform: "node",
      target: TARGET,
      legalComments: "none",
    });
    await writeFile(join(OUTPUT, fileName), ascii.code);
  }
  return output.flatMap(({ moduleIds }) => moduleIds);
}

/** A package's licence, which some have in their README alone. */
async function licenceOf(folder) {
  const names = await readdir(folder);
  const file = names.find((name) => /^licen[cs]e/i.test(name));
  if (file !== undefined) return readFile(join(folder, file), "utf8");
  const readme = names.find((name) => /^readme/i.test(name));
  const text = await readFile(join(folder, readme), "utf8");
  return /^#+ licen[cs]e$(.*)/ims.exec(text)[1];
}

/** The licences of the packages that modules are of. */
async function writeLicences(modules) {
  const folders = modules.flatMap(
    (id) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? [],
  );
  const licences = [...new Set(folders)].sort().map(async (folder) => {
    const { name, version } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    return `${name} ${version}\n\n${(await licenceOf(folder)).trim()}\n`;
  });
  await writeFile(join(OUTPUT, "LICENSES.txt"), (await Promise.all(licences)).join("\n\n"));
}

await rm(OUTPUT, { recursive: true, force: true });
await mkdir(OUTPUT, { recursive: true });
await writeLicences(await buildCode());
await chmod(join(OUTPUT, "main.js"), 0o755);
await writeFile(join(OUTPUT, "package.json"), '{ "type": "commonjs", "sideEffects": false }\n');
