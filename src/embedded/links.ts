/**
 * Makes an installed package runnable. npm packages cannot hold symbolic links, so the libraries' short names
 * (`libicuuc.so.60` for `libicuuc.so.60.2`) are listed in a file, and a package manager that runs no install
 * scripts never creates them. Several processes may do this at once.
 */
import { lstatSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join, relative } from "node:path";

interface Link {
  /** The file that exists, relative to the package. */
  readonly source: string;
  /** The name to add, relative to the package. */
  readonly target: string;
}

function readLinks(root: string): Link[] {
  try {
    return JSON.parse(readFileSync(join(root, "native", "pg-symlinks.json"), "utf8")) as Link[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/**
 * Adds the links that are missing.
 * @returns whether all are there now; false when the package may not be written to.
 */
export function repairLinks(root: string): boolean {
  for (const { source, target } of readLinks(root)) {
    const path = join(root, target);
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) continue;
    try {
      symlinkSync(relative(dirname(path), join(root, source)), path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EEXIST") continue; // another process was quicker
      if (code === "EACCES" || code === "EPERM" || code === "EROFS") return false;
      throw error;
    }
  }
  return true;
}
