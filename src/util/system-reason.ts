/** What the operating system reports, in plain words: no code, no name of a call, no path of a temporary file. Pure. */

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EDQUOT: "the disk quota is used up",
  EEXIST: "it is there already",
  EFBIG: "the file system or a limit allows no larger file",
  EIO: "the disk reports an error",
  EISDIR: "it is a folder",
  ELOOP: "its symbolic links form a loop",
  EMFILE: "too many files are open",
  ENAMETOOLONG: "the name is too long",
  ENFILE: "too many files are open",
  ENOENT: "there is no such file or folder",
  ENOSPC: "the disk is full",
  ENOTDIR: "a part of the path is not a folder",
  ENOTEMPTY: "the folder is not empty",
  EPERM: "permission denied",
  EPIPE: "the reader closed the stream",
  EROFS: "the file system is read-only",
};

/** Node.js: `EIO: i/o error, write`, `ENOENT: no such file or directory, open '/x'`, `spawn /bin/sh ENOENT`. */
const DESCRIPTION = /^E[A-Z0-9]+: (.+?), \w+(?: '.*')?$/s;

/** Why the operating system refused; the message of any other error. */
export function systemReason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return REASONS[code ?? ""] ?? DESCRIPTION.exec(message)?.[1] ?? message;
}
