/**
 * Keeps the compiled code of the program. V8 compiles a function when it is first called, so what is kept of a file are the
 * functions that this command needed so far.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire, Module } from "node:module";
import { basename, dirname, join } from "node:path";
import { Script } from "node:vm";
import { crc32 } from "node:zlib";

/** The name of the method by which Node.js compiles and runs a CommonJS module. Where there is none, nothing is kept. */
const COMPILE = "_compile";

type Compile = (this: NodeJS.Module, text: string, path: string) => unknown;

/**
 * Takes the code of files that are loaded from now on from where it is kept.
 * @param files the folder of the files whose code is kept.
 * @param folder where it is kept; only we may write there.
 * @returns keeps the code of those files of which there was none. For when the functions have been called; what is called
 * again keeps what was loaded since.
 */
export function keepCode(files: string, folder: string): () => void {
  const modules = Module.prototype as unknown as Record<typeof COMPILE, Compile>;
  const compile = modules[COMPILE];
  if (typeof compile !== "function") return () => {};
  const fresh: (() => void)[] = [];
  modules[COMPILE] = function (text, path) {
    if (dirname(path) !== files) return compile.call(this, text, path);
    const kept = join(folder, basename(path));
    const label = labelOf(path, text);
    const cachedData = readCode(kept, label);
    const script = new Script(Module.wrap(text), {
      filename: path,
      ...(cachedData === undefined ? {} : { cachedData }),
    });
    if (script.cachedDataRejected !== false) fresh.push(() => writeCode(kept, label, script));
    const run = script.runInThisContext() as (...values: unknown[]) => unknown;
    return run.call(this.exports, this.exports, createRequire(path), this, path, files);
  };
  return () => {
    for (const write of fresh.splice(0)) write();
  };
}

/** V8 itself compares versions and the length of a text, and trusts the rest, the path that stack traces show included. */
function labelOf(path: string, text: string): string {
  return `${process.version} ${process.arch} ${crc32(path)} ${crc32(text)}`;
}

/** The code of this label; undefined when there is none, or the file is damaged. */
function readCode(path: string, label: string): Buffer | undefined {
  try {
    const bytes = readFileSync(path);
    const end = bytes.indexOf("\n");
    const code = bytes.subarray(end + 1);
    return bytes.toString("latin1", 0, end) === `${label} ${crc32(code)}` ? code : undefined;
  } catch {
    return undefined;
  }
}

/** Nobody needs it: a failure is not reported. */
function writeCode(path: string, label: string, script: Script): void {
  const temporary = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    // Where nothing can be written, this fails before the work is done.
    writeFileSync(temporary, "", { mode: 0o600 });
    const code = script.createCachedData();
    writeFileSync(temporary, Buffer.concat([Buffer.from(`${label} ${crc32(code)}\n`), code]));
    renameSync(temporary, path);
  } catch {
    // As above.
  }
}
