/**
 * Searches everything in an archive for values that must not be there: rows, schema and manifest. Reports where a value
 * occurs and what it is, never the value.
 */
import { isTextEntry } from "../archive/format/entry-names.ts";
import { openArchive } from "../archive/reader.ts";
import type { ArchiveOrigin } from "../archive/storage/source.ts";
import { throwIfAborted } from "../errors.ts";
import type { ManifestRelation } from "../archive/format/manifest.ts";
import { qualify } from "../sql/ident.ts";
import { createSearch, type ForbiddenValue } from "./value-search.ts";

export interface Leak {
  /** As in `ForbiddenValue`. */
  readonly what: string;
  /** `table public.users`, or the entry's name. */
  readonly where: string;
}

const LARGE_OBJECTS = "large objects";
/** Separates the digits of two pages: a row's end, and the next row's object, position and `\\x`. */
const PAGE_BREAK = /\n|^\d+\t\d+\t\\\\x/gm;
/** Characters of large objects that are searched again together with the next page: longer than any value. */
const OVERLAP = 8192;

/** The values that occur, at most once for each place and kind of value. */
export async function findLeaks(
  archive: ArchiveOrigin,
  forbidden: readonly ForbiddenValue[],
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Leak[]> {
  const search = createSearch(forbidden);
  const reader = await openArchive(archive, { signal });
  const leaks = new Map<string, Leak>();
  let pages = "";
  const look = (data: Buffer, where: string): void => {
    for (const what of search(data)) leaks.set(`${what} ${where}`, { what, where });
  };
  try {
    const { manifest } = reader;
    look(Buffer.from(JSON.stringify(manifest)), "manifest.json");
    for (const { name } of manifest.entries.filter((entry) => isTextEntry(entry.name))) {
      throwIfAborted(signal, "while looking for leaks");
      look(await reader.readEntry(name), name);
    }
    for (const relation of manifest.relations) {
      const where = labelOf(relation);
      for await (const data of reader.readParts(relation, { signal })) {
        // A value lies in one row, and a row in one part; but large objects are cut into pages.
        if (relation.kind === "large-objects") {
          pages = pages.slice(-OVERLAP) + data.toString("latin1").replaceAll(PAGE_BREAK, "");
          look(Buffer.from(pages, "latin1"), where);
        } else look(data, where);
      }
    }
  } finally {
    await reader.close();
  }
  return [...leaks.values()];
}

function labelOf({ kind, namespace, name }: ManifestRelation): string {
  return kind === "table" ? `table ${qualify(namespace, name)}` : LARGE_OBJECTS;
}
