/** What the ledger records of a backup, so that it can be shown without opening the archive. */
import { archiveContents, type ArchiveContents } from "../../archive/contents.ts";
import type { AgeIdentities } from "../../archive/encryption/age.ts";
import { openArchive } from "../../archive/reader.ts";
import { isNexushubDumpError } from "../../errors.ts";
import { originOf } from "./backup-origin.ts";
import type { BackupFacts } from "./ledger.ts";
import type { BackupFile } from "./list-backups.ts";

/** Tables whose sizes are recorded: growth is a matter of the large ones. */
const MOST_TABLES = 12;

interface TableSize {
  readonly namespace: string;
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
}

/** The largest tables by COPY text, ties by name. Pure. */
export function largestTables(relations: readonly TableSize[]): BackupFacts["tables"] {
  return relations
    .map(({ namespace, name, rows, bytes }) => ({
      name: namespace === "public" ? name : `${namespace}.${name}`,
      rows,
      bytes,
    }))
    .toSorted((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1))
    .slice(0, MOST_TABLES);
}

/** The facts that an archive itself states: not the machine that made it. Pure. */
export function factsOfContents(contents: ArchiveContents): BackupFacts {
  const { rows, bytes, partial, database, relations } = contents;
  return {
    host: null,
    name: database.name,
    rows,
    bytes,
    partial,
    tables: largestTables(relations),
  };
}

/** Reads the facts of a backup from its archive; null when it cannot be opened. */
export async function readFactsOf(
  file: Pick<BackupFile, "path" | "encrypted">,
  {
    identities,
    signal,
  }: { identities?: AgeIdentities | undefined; signal?: AbortSignal | undefined },
): Promise<BackupFacts | null> {
  const origin = originOf(file, identities);
  if (origin === null) return null;
  try {
    const reader = await openArchive(origin, { signal, rows: false });
    try {
      return factsOfContents(archiveContents(reader.manifest));
    } finally {
      await reader.close();
    }
  } catch (error) {
    if (!isNexushubDumpError(error) || error.code === "ABORTED") throw error;
    return null;
  }
}
