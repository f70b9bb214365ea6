/** A project that has the package as users get it: packed. */
import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, rename, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Packs `dist`, which must be built (`pretest`). @returns the tarball's name in the folder. */
async function pack(folder: string): Promise<string> {
  await run("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], { cwd: ROOT });
  return (await readdir(folder)).find((name) => name.endsWith(".tgz"))!;
}

/** Installs the packed package and all that the project's package.json names, downloaded as users do it. */
export async function installWithDownloads(project: string): Promise<void> {
  const tarball = await pack(project);
  await run("npm", ["install", "--no-audit", "--no-fund", `./${tarball}`], { cwd: project });
}

/**
 * Installs the packed package into a folder. Its dependencies are links to ours, so nothing is downloaded.
 * @param more names of further packages that the project uses, such as a test runner.
 */
export async function installPacked(project: string, more: readonly string[]): Promise<void> {
  const modules = join(project, "node_modules");
  await mkdir(modules, { recursive: true });
  const tarball = await pack(project);
  await run("tar", ["-xzf", join(project, tarball), "-C", modules]);
  await rename(join(modules, "package"), join(modules, "nexushub-dump"));
  const { dependencies } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  for (const name of [...Object.keys(dependencies), ...more]) {
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(join(ROOT, "node_modules", name), join(modules, name));
  }
}
