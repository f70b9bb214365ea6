/** Errors of the operating system while something is written, as one of ours with a plain reason and a hint. */
import { OutputError, isNexushubDumpError } from "../errors.ts";
import { systemReason } from "./system-reason.ts";

const CLOSED = "the reader closed the stream";

/** What a code means where something is written, if not what it means elsewhere. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "the folder does not exist",
  ERR_STREAM_PREMATURE_CLOSE: CLOSED,
  ERR_STREAM_DESTROYED: CLOSED,
};

const SPACE = "free some space, or write to another disk";
const RIGHTS = "choose a folder that this user may write to";

const HINTS: Readonly<Record<string, string>> = {
  ENOSPC: SPACE,
  EDQUOT: SPACE,
  EFBIG: "see `ulimit -f`",
  EACCES: RIGHTS,
  EPERM: RIGHTS,
  EROFS: "choose another folder",
  ENOENT: "create it first",
  EISDIR: "name a file in it",
};

/** In plain words, why the operating system refused to write. */
export function reasonOf(error: unknown): string {
  return REASONS[(error as NodeJS.ErrnoException).code ?? ""] ?? systemReason(error);
}

/** @returns an OutputError about a folder that cannot be listed, or the error itself when it is one of ours already. */
export function folderError(error: unknown, folder: string): Error {
  if (isNexushubDumpError(error)) return error;
  const message = `cannot read the folder ${folder}: ${reasonOf(error)}`;
  return new OutputError(message, { object: folder, cause: error });
}

/** @returns an OutputError about a file or folder that cannot be removed. */
export function removalError(error: unknown, path: string): OutputError {
  const message = `cannot remove ${path}: ${reasonOf(error)}`;
  return new OutputError(message, { object: path, hint: "remove it yourself", cause: error });
}

/** @returns an OutputError about `object`, or the error itself when it is one of ours already. */
export function outputError(error: unknown, object: string): Error {
  if (isNexushubDumpError(error)) return error;
  const hint = HINTS[(error as NodeJS.ErrnoException).code ?? ""];
  const message = `cannot write ${object}: ${reasonOf(error)}`;
  return new OutputError(message, { object, hint, cause: error });
}
