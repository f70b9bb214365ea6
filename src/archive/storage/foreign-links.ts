/**
 * Symbolic links that somebody else laid in a folder that everybody can write to. The kernel refuses to follow these when a
 * file is opened (proc_sys_fs(5), protected_symlinks); a path that is resolved first would lead through them.
 */
import { lstat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { OutputError } from "../../errors.ts";

const STICKY = 0o1000;
const WORLD_WRITABLE = 0o002;

/** @throws OutputError only when the path or a folder on the way is such a link. */
export async function refuseForeignLinks(path: string): Promise<void> {
  for (let name = resolve(path); name !== dirname(name); name = dirname(name)) {
    const link = await lstat(name).catch(() => undefined);
    if (link?.isSymbolicLink() !== true) continue;
    const folder = await lstat(dirname(name));
    const isShared = (folder.mode & STICKY) !== 0 && (folder.mode & WORLD_WRITABLE) !== 0;
    const isTrusted = link.uid === process.getuid?.() || link.uid === folder.uid;
    if (!isShared || isTrusted) continue;
    throw new OutputError(`${name} is a symbolic link of another account in a shared folder`, {
      object: path,
      hint: "write to a folder of your own",
    });
  }
}
