/** Summary of a plain dump, without a database. */
import type { ArchiveOrigin } from "../archive/storage/source.ts";
import { openSource } from "../archive/storage/source.ts";
import type { OnProgress } from "../events.ts";
import { requirePath } from "../sql/conninfo/require-path.ts";
import type { PlainContents } from "./contents.ts";
import { isPlainDump } from "./read/dump-text.ts";
import { scanDump } from "./read/scan.ts";
import { requireComplete } from "./read/walk.ts";

/** Options of `inspectPlain` and `verifyPlain`. */
export interface InspectPlainOptions {
  /** Stops reading. */
  readonly signal?: AbortSignal | undefined;
  /** Receives `data` events while the dump is read. */
  readonly onProgress?: OnProgress | undefined;
}

/** Whether a file is a plain dump of `pg_dump` or of `convert`, by what it holds. A stream is read, and of no use after. */
export async function isPlain(origin: ArchiveOrigin): Promise<boolean> {
  const source = await openSource(origin);
  try {
    return await isPlainDump(source);
  } finally {
    await source.close();
  }
}

/**
 * Reads a plain dump to its end and says what it holds, and whether it is complete.
 * @throws ArchiveError only when it is damaged, or ends within a statement or rows.
 */
export async function inspectPlain(
  dump: ArchiveOrigin,
  options: InspectPlainOptions = {},
): Promise<PlainContents> {
  requirePath(dump, "archive");
  const source = await openSource(dump, options.signal);
  try {
    return (await scanDump(source, options)).contents;
  } finally {
    await source.close();
  }
}

/**
 * Reads a plain dump as `inspectPlain` does. It holds no checksums but that of its compression: what is checked is that it is
 * complete, and that all of it can be read.
 * @throws ArchiveError only when it is damaged or cut short.
 */
export async function verifyPlain(
  dump: ArchiveOrigin,
  options: InspectPlainOptions = {},
): Promise<PlainContents> {
  const contents = await inspectPlain(dump, options);
  requireComplete(contents);
  return contents;
}
