/** The decisions of a restore are pure: nothing in `decide/` can reach a server, a file or another part of the restore. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const FOLDER = fileURLToPath(new URL("../../../../src/restore/decide/", import.meta.url));
/** The whole target as plain data, and the options with their defaults. */
const OF_THE_RESTORE = ["../target/facts.ts", "../defaults.ts"];

test.each(readdirSync(FOLDER))("%s imports nothing that talks to a server", (file) => {
  const source = readFileSync(FOLDER + file, "utf8");
  const imports = [...source.matchAll(/from "([^"]+)"|import\("([^"]+)"\)/g)].map(
    ([, fixed, dynamic]) => fixed ?? dynamic!,
  );
  const isPure = (path: string): boolean =>
    path.startsWith("./") ||
    OF_THE_RESTORE.includes(path) ||
    /^\.\.\/\.\.\/(errors|warnings)\.ts$/.test(path) ||
    /^\.\.\/\.\.\/(util|sql|catalog|ddl|archive\/format)\//.test(path);
  expect(imports.filter((path) => !isPure(path))).toEqual([]);
});
