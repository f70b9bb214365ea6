/** Archives as arguments of public functions: what is taken, and what belongs elsewhere. */
import { z } from "zod";
import type { ArchiveTarget } from "../archive/storage/sink.ts";
import type { ArchiveOrigin, RereadableArchive } from "../archive/storage/source.ts";
import { UsageError } from "../errors.ts";
import { readsAsConnectionString } from "../sql/conninfo/secrets.ts";
import { type PathOrUrl, pathText } from "../util/path-text.ts";
import { describeValue } from "./describe-value.ts";

const BYTES: ReadonlySet<string> = new Set(["a Buffer", "bytes", "an ArrayBuffer", "a Blob"]);
const STREAMS: ReadonlySet<string> = new Set(["a readable stream", "a readable web stream"]);
const SINKS: ReadonlySet<string> = new Set(["a writable stream", "a writable web stream"]);

/** @throws UsageError only for what is no archive to read; so do those below for their kinds. */
export function archiveArgument(caller: string, value: unknown): ArchiveOrigin {
  if (isArchive(value)) return value;
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
  const { text } = describeValue(value);
  if (isPath(value) || SINKS.has(text) || hasMember(value, "create")) return value as ArchiveTarget;
  // Duplex streams, and responses of HTTP servers.
  if (hasMember(value, "write") && hasMember(value, "on")) return value as ArchiveTarget;
  if (isUrl(value, ["file:"])) return value;
  throw misplaced(caller, "target", value, TARGET);
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
export const archiveOption = z.custom<ArchiveOrigin>(isArchive, "an archive that can be read");

/** Only as text: it is written somewhere as it is. */
export const pathTextOption = z.custom<string>(isPath, "a path");

export const pathOption = z.custom<PathOrUrl>(isPathOrUrl, "a path or a file: URL");

const ARCHIVE =
  "the archive: a path, a file: or https: URL, bytes, a Blob, a readable stream or a store";
const TARGET = "the place for the archive: a path, a file: URL, a writable stream or a store";

function isArchive(value: unknown): value is ArchiveOrigin {
  const { text } = describeValue(value);
  if (isPath(value) || BYTES.has(text) || STREAMS.has(text)) return true;
  return isUrl(value, ["file:", "https:", "http:"]) || hasMember(value, "open");
}

function isPath(value: unknown): value is string {
  return (
    typeof value === "string" &&
    value.trim() !== "" &&
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
    if (/^https?:/i.test(value))
      return { text: "an address as text", hint: "give new URL(address)" };
    return {
      text: "a connection string",
      hint: "give the path there, and the database in its own place",
    };
  }
  if (value instanceof URL) return { text: `a URL of the scheme ${value.protocol}` };
  // Hints for databases would mislead here.
  return { text: describeValue(value).text };
}
