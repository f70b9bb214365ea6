/** Archives as arguments of public functions: what is taken, and what belongs elsewhere. */
import { z } from "zod";
import type { ArchiveTarget } from "../archive/storage/sink.ts";
import type { ArchiveOrigin, RereadableArchive } from "../archive/storage/source.ts";
import { UsageError } from "../errors.ts";
import { readsAsConnectionString } from "../sql/conninfo/secrets.ts";
import { isStoreAddress } from "../store/address.ts";
import { type PathOrUrl, pathText } from "../util/path-text.ts";
import { describeValue } from "./describe-value.ts";
import { streamProblem } from "./streams.ts";

const BYTES: ReadonlySet<string> = new Set(["a Buffer", "bytes", "an ArrayBuffer", "a Blob"]);
const STREAMS: ReadonlySet<string> = new Set(["a readable stream", "a readable web stream"]);
const SINKS: ReadonlySet<string> = new Set(["a writable stream", "a writable web stream"]);

/** @throws UsageError only for what is no archive to read; so do those below for their kinds. */
export function archiveArgument(caller: string, value: unknown): ArchiveOrigin {
  if (isArchive(value)) {
    requireStream(caller, "archive", value);
    return addressText(value);
  }
  throw misplaced(caller, "archive", value, ARCHIVE);
}

/** An archive that the function reads more than once. */
export function rereadableArgument(caller: string, value: unknown): RereadableArchive {
  const archive = archiveArgument(caller, value);
  const { text } = describeValue(archive);
  if (!STREAMS.has(text)) return archive as RereadableArchive;
  throw new UsageError(`${caller}: the archive is ${text}, and it is read more than once`, {
    hint: "give its path or its bytes",
  });
}

export function targetArgument(caller: string, value: unknown): ArchiveTarget {
  if (isArchiveTarget(value)) {
    requireStream(caller, "target", value);
    return addressText(value);
  }
  throw misplaced(caller, "target", value, TARGET);
}

function isArchiveTarget(value: unknown): value is ArchiveTarget {
  const { text } = describeValue(value);
  if (isPathOrUrl(value) || SINKS.has(text) || hasMember(value, "create")) return true;
  // Duplex streams, and responses of HTTP servers.
  return hasMember(value, "write") && hasMember(value, "on");
}

/** @throws UsageError only for a stream that cannot be used any more. */
function requireStream(caller: string, argument: "archive" | "target", value: unknown): void {
  const problem = streamProblem(argument, value);
  if (problem === undefined) return;
  throw new UsageError(`${caller}: the ${argument} is a stream ${problem}`, {
    hint: "give a new stream, or a path",
  });
}

/** Addresses of object stores are text within. */
function addressText<Value>(value: Value): Value | string {
  return value instanceof URL && value.protocol === "s3:" ? value.href : value;
}

export function folderArgument(caller: string, value: unknown): string {
  return pathArgument(caller, "folder", value, "the path or file: URL of a folder");
}

/** @param expected for the hint: `the path of a folder`. */
export function pathArgument(
  caller: string,
  argument: string,
  value: unknown,
  expected: string,
): string {
  if (isPathOrUrl(value)) return pathText(value);
  throw misplaced(caller, argument, value, expected);
}

/** As the type of an option. */
export const archiveOption = z.custom<ArchiveOrigin>(
  (value) => isArchive(value) && streamProblem("archive", value) === undefined,
  "an archive that can be read",
);

export const rereadableOption = z.custom<RereadableArchive>(
  (value) => isArchive(value) && !STREAMS.has(describeValue(value).text),
  "an archive that can be read more than once: a path, a URL, bytes, a Blob or a store",
);

/** Only as text: it is written somewhere as it is. */
export const pathTextOption = z.custom<string>(isPath, "a path");

export const pathOption = z.custom<PathOrUrl>(isPathOrUrl, "a path or a file: URL");

/** Of a file or folder that must be on this machine. */
export const localPathOption = z.custom<PathOrUrl>(
  (value) => isPathOrUrl(value) && !isStoreAddress(pathText(value)),
  "a path of this machine, as text or file: URL",
);

const ARCHIVE =
  "the archive: a path, a file:, https: or s3: URL, bytes, a Blob, a readable stream or a store";
const TARGET =
  "the place for the archive: a path, a file: or s3: URL, a writable stream or a store";

function isArchive(value: unknown): value is ArchiveOrigin {
  const { text } = describeValue(value);
  if (isPathOrUrl(value) || BYTES.has(text) || STREAMS.has(text)) return true;
  return isUrl(value, ["https:", "http:"]) || hasMember(value, "open");
}

function isPath(value: unknown): value is string {
  return (
    typeof value === "string" &&
    value.trim() !== "" &&
    !value.includes("\0") &&
    !readsAsConnectionString(value) &&
    !/^https?:\/\//i.test(value)
  );
}

/** Addresses of object stores are taken in the places of paths, as text and as `URL`. */
function isPathOrUrl(value: unknown): value is PathOrUrl {
  if (isPath(value)) return true;
  return isUrl(value, ["file:", "s3:"]) && pathOfUrl(value) !== undefined;
}

/** Undefined for a `file:` URL that names no local file. */
function pathOfUrl(url: URL): string | undefined {
  try {
    return pathText(url);
  } catch {
    return undefined;
  }
}

function isUrl(value: unknown, protocols: readonly string[]): value is URL {
  return value instanceof URL && protocols.includes(value.protocol);
}

function hasMember(value: unknown, name: string): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof (value as Readonly<Record<string, unknown>>)[name] === "function"
  );
}

function misplaced(caller: string, argument: string, value: unknown, expected: string): UsageError {
  const { text, hint } = describeText(value);
  return new UsageError(`${caller}: the ${argument} is ${text}, where a path belongs`, {
    hint: hint ?? `give ${expected}`,
  });
}

function describeText(value: unknown): { readonly text: string; readonly hint?: string } {
  if (typeof value === "string") {
    if (value.trim() === "") return { text: "an empty text" };
    if (value.includes("\0")) return { text: "a text with a NUL character" };
    if (/^https?:/i.test(value))
      return { text: "an address as text", hint: "give new URL(address)" };
    return {
      text: "a connection string",
      hint: "give the path there, and the database in its own place",
    };
  }
  if (value instanceof URL) {
    return value.protocol === "file:"
      ? { text: "a file: URL that names no file of this machine" }
      : { text: `a URL of the scheme ${value.protocol}` };
  }
  // Hints for databases would mislead here.
  return { text: describeValue(value).text };
}
