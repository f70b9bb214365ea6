/**
 * Stands between the code and the file system: sees every call that Node.js' promises make below some folders, before and
 * after, and can make it fail. Vitest imports builtin modules as live namespaces, so that the code meets what is put there.
 */
import fs from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { resolve } from "node:path";

export interface FileCall {
  /** Such as `rename`, or `handle.write`. */
  readonly name: string;
  readonly path: string;
  /** For `open`: whether a file may be created. */
  readonly creates: boolean;
}

export interface Interceptor {
  /** What the call is to throw in place of being made; undefined lets it through. */
  before?(call: FileCall): Error | undefined;
  /** The call was made, and succeeded. */
  after?(call: FileCall): void;
}

type AnyFunction = (this: unknown, ...args: unknown[]) => Promise<unknown>;

const FUNCTIONS =
  "open mkdir mkdtemp rename unlink rm link copyFile symlink writeFile chmod readFile readdir stat".split(
    " ",
  );
const METHODS = "write writev writeFile sync datasync truncate chmod read readFile stat".split(" ");

/** Calls outside of the folders are left alone. @returns to be called at the end. */
export async function interceptFiles(
  folders: readonly string[],
  interceptor: Interceptor,
): Promise<() => void> {
  const isInside = (path: unknown): path is string =>
    typeof path === "string" && folders.some((folder) => resolve(path).startsWith(folder));
  const paths = new WeakMap<object, string>();
  const undo: (() => void)[] = [];

  const replace = (
    object: Record<string, AnyFunction>,
    property: string,
    pathOf: (self: unknown, args: unknown[]) => unknown,
  ): void => {
    const original = object[property]!;
    const name = object === (fs.promises as unknown) ? property : `handle.${property}`;
    object[property] = async function (...args) {
      const path = pathOf(this, args);
      if (!isInside(path)) return original.apply(this, args);
      const creates = typeof args[1] === "string" && /[wax]/.test(args[1]);
      const call: FileCall = { name, path, creates };
      const error = interceptor.before?.(call);
      if (error !== undefined) throw error;
      const result = await original.apply(this, args);
      if (name === "open") paths.set(result as object, path);
      interceptor.after?.(call);
      return result;
    };
    undo.push(() => (object[property] = original));
  };

  const probe = await open("/dev/null", "r");
  const prototype = Object.getPrototypeOf(probe) as FileHandle;
  await probe.close();
  for (const method of METHODS)
    replace(prototype as unknown as Record<string, AnyFunction>, method, (self) =>
      paths.get(self as object),
    );
  for (const name of FUNCTIONS)
    replace(fs.promises as unknown as Record<string, AnyFunction>, name, (_self, args) => args[0]);
  syncBuiltinESMExports();
  return () => {
    for (const each of undo) each();
    syncBuiltinESMExports();
  };
}

/** An error as the system gives it. */
export function systemError(code: "ENOSPC" | "EIO", { name, path }: FileCall): Error {
  const text = code === "EIO" ? "i/o error" : "no space left on device";
  const syscall = name.replace(/^handle\./, "");
  return Object.assign(new Error(`${code}: ${text}, ${syscall} '${path}'`), {
    code,
    errno: code === "EIO" ? -5 : -28,
    syscall,
    path,
  });
}
