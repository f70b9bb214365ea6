/** Errors of the operating system while something is written, as one of ours with a plain reason and a hint. */
import { OutputError, isNexushubDumpError } from "../errors.ts";

const CLOSED = ["the reader closed the stream", undefined] as const;

const REASONS: Readonly<Record<string, readonly [reason: string, hint: string | undefined]>> = {
  ENOSPC: ["the disk is full", "free some space, or write to another disk"],
  EDQUOT: ["the disk quota is used up", "free some space, or write to another disk"],
  EFBIG: ["the file system or a limit allows no larger file", "see `ulimit -f`"],
  EACCES: ["permission denied", "choose a folder that this user may write to"],
  EPERM: ["permission denied", "choose a folder that this user may write to"],
  EROFS: ["the file system is read-only", "choose another folder"],
  ENOENT: ["the folder does not exist", "create it first"],
  ENOTDIR: ["a part of the path is not a folder", undefined],
  EISDIR: ["it is a folder", "name a file in it"],
  EPIPE: CLOSED,
  ERR_STREAM_PREMATURE_CLOSE: CLOSED,
  ERR_STREAM_DESTROYED: CLOSED,
};

/** In plain words, why the operating system refused. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return REASONS[code ?? ""]?.[0] ?? message;
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
  const hint = REASONS[(error as NodeJS.ErrnoException).code ?? ""]?.[1];
  const message = `cannot write ${object}: ${reasonOf(error)}`;
  return new OutputError(message, { object, hint, cause: error });
}
