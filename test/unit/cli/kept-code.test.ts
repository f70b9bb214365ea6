/** Compiled code that is kept from one process for the next, and only used for the very text that it is of. */
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import * as nodeModule from "node:module";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { keepCode } from "../../../src/cli/kept-code.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());

const require = nodeModule.createRequire(import.meta.url);
const program = join(folder.path, "program.js");
const kept = join(folder.path, "kept", "program.js");
const loader = nodeModule.Module.prototype as unknown as Record<string, unknown>;

/** Loads the program as a process of its own would, and keeps its code at the end. */
function run(): unknown {
  const compile = loader["_compile"];
  const keep = keepCode(folder.path, join(folder.path, "kept"));
  try {
    delete require.cache[program];
    return (require(program) as { answer: () => unknown }).answer();
  } finally {
    keep();
    loader["_compile"] = compile;
  }
}

beforeEach(() => {
  rmSync(join(folder.path, "kept"), { recursive: true, force: true });
  writeFileSync(program, "exports.answer = () => require('node:path').basename(__filename) + 1;");
});

test("the code of the first run is used by the second", () => {
  expect(run()).toBe("program.js1");
  const { mtimeMs, mode } = statSync(kept);
  expect(mode & 0o777).toBe(0o600);
  expect(run()).toBe("program.js1");
  expect(statSync(kept).mtimeMs).toBe(mtimeMs);
});

test("a changed program of the same length is compiled again", () => {
  run();
  const code = readFileSync(kept);
  writeFileSync(program, readFileSync(program, "utf8").replace("1", "2"));
  expect(run()).toBe("program.js2");
  expect(readFileSync(kept).equals(code)).toBe(false);
});

test("what was kept once is not kept again, and what is loaded later is", () => {
  const compile = loader["_compile"];
  const keep = keepCode(folder.path, join(folder.path, "kept"));
  const later = join(folder.path, "later.js");
  writeFileSync(later, "exports.later = 1;");
  try {
    delete require.cache[program];
    require(program);
    keep();
    rmSync(kept);
    delete require.cache[later];
    require(later);
    keep();
    expect(existsSync(kept)).toBe(false);
    expect(existsSync(join(folder.path, "kept", "later.js"))).toBe(true);
  } finally {
    loader["_compile"] = compile;
  }
});

test.each(["a byte", "the end", "everything"])("code that lost %s is not used", (lost) => {
  run();
  const code = readFileSync(kept);
  const changed = Buffer.from(code);
  changed[code.length - 9]! ^= 1;
  const damaged =
    { "a byte": changed, "the end": code.subarray(0, -8) }[lost] ?? Buffer.alloc(code.length);
  writeFileSync(kept, damaged);
  expect(run()).toBe("program.js1");
  // It was compiled and kept again.
  expect(readFileSync(kept).equals(damaged)).toBe(false);
});

test("files elsewhere are loaded as ever, and a folder that cannot be written is no failure", () => {
  writeFileSync(join(folder.path, "kept"), "a file");
  expect(run()).toBe("program.js1");
  const elsewhere = keepCode("/nowhere", join(folder.path, "elsewhere"));
  delete require.cache[program];
  require(program);
  elsewhere();
  expect(existsSync(join(folder.path, "elsewhere"))).toBe(false);
});
