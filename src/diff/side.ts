/** Opens one side of a diff. A database is first dumped into a temporary archive, with the options of the other side. */
import { join } from "node:path";
import type { Manifest } from "../archive/format/manifest.ts";
import { type ArchiveReader, openArchive } from "../archive/reader.ts";
import type { ArchiveOrigin } from "../archive/storage/source.ts";
import { dump } from "../dump/dump.ts";
import type { DumpOptions } from "../dump/options.ts";
import { UsageError } from "../errors.ts";
import type { ConnectionSource } from "../pg/connect.ts";
import { readsAsConnectionString } from "../sql/conninfo/secrets.ts";
import { kindOptionsOf } from "../catalog/kind-options.ts";
import {
  NO_UNLOGGED_ROWS_FLAG,
  type PatternList,
  SELECTION_FLAGS,
} from "../plan/select-options.ts";
import { quoteIdent } from "../sql/ident.ts";
import { createTemporaryFolder, removeTemporaryFolder } from "../util/temp-file.ts";
import type { DiffOptions, DiffSide } from "./options.ts";
import { objectWithoutSecrets } from "./secrets.ts";

export interface OpenSide {
  readonly reader: ArchiveReader;
  close(): Promise<void>;
}

/**
 * The connection of a side that is a database; undefined for an archive.
 * @throws UsageError only for a client or configuration of `pg`, whose `database` alone would mean another server.
 */
export function databaseOf(side: DiffSide): ConnectionSource | undefined {
  if (typeof side === "string") return readsAsConnectionString(side) ? side : undefined;
  if (typeof side !== "object" || side === null || !("database" in side)) return undefined;
  if (Object.keys(side).length === 1) return side.database;
  throw new UsageError("a side of the comparison is a client or a configuration of a connection", {
    hint: "give { database: … } with a connection string or a configuration",
  });
}

export async function openArchiveSide(
  origin: ArchiveOrigin,
  signal: AbortSignal | undefined,
): Promise<OpenSide> {
  const reader = await openArchive(origin, { signal });
  return { reader, close: () => reader.close() };
}

/** @param like the archive to compare with: the database is dumped with its selection, conditions and order. */
export async function openDatabaseSide(
  source: ConnectionSource,
  like: Manifest | undefined,
  { signal, onProgress, schemaOnly, dataOnly }: DiffOptions,
): Promise<OpenSide> {
  const folder = await createTemporaryFolder();
  try {
    const path = join(folder, "database");
    await dump(source, path, {
      ...(like === undefined ? { reproducible: true } : optionsLike(like)),
      ...(like?.roleDefinitions === undefined ? {} : { roles: true }),
      ...(schemaOnly === true ? { schemaOnly, dataOnly: false } : {}),
      ...(dataOnly === true && like?.options.schemaOnly !== true ? { dataOnly: false } : {}),
      compression: "gzip:1",
      skipUnsupported: true,
      signal,
      onProgress,
    });
    const reader = await openArchive(path, { signal });
    return {
      reader,
      async close() {
        await reader.close();
        await removeTemporaryFolder(folder);
      },
    };
  } catch (error) {
    await removeTemporaryFolder(folder);
    throw error;
  }
}

/** The dump options that are recorded in a manifest, by their flags. */
const SELECTION_OPTIONS = new Map(
  Object.entries(SELECTION_FLAGS).map(([option, flag]) => [flag, option as PatternList]),
);

/** Dump options for an archive that can be compared with this one. Pure. */
export function optionsLike({ options, relations, objects }: Manifest): DumpOptions {
  const selection: Partial<Record<PatternList, string[]>> = {};
  const flags = new Set(options.selection.map(({ option }) => option));
  for (const { option, pattern } of options.selection) {
    const list = SELECTION_OPTIONS.get(option);
    if (list !== undefined) (selection[list] ??= []).push(pattern);
  }
  return {
    ...selection,
    ...kindOptionsOf(flags),
    ...(flags.has(NO_UNLOGGED_ROWS_FLAG) ? { noUnloggedTableData: true } : {}),
    where: Object.fromEntries(
      relations.flatMap(({ namespace, name, where }) =>
        where === null ? [] : [[`${quoted(namespace)}.${quoted(name)}`, where]],
      ),
    ),
    schemaOnly: options.schemaOnly,
    dataOnly: options.dataOnly,
    owner: options.owner,
    privileges: options.privileges,
    userMappingSecrets: objects.some((object) => objectWithoutSecrets(object).hasSecrets),
    reproducible: options.reproducible,
    // One job copies unsorted rows in heap order, so that their parts can be compared by checksum.
    ...(options.reproducible ? {} : { jobs: 1 }),
  };
}

/** A pattern that matches this name only. */
function quoted(name: string): string {
  return quoteIdent(name).startsWith('"') ? quoteIdent(name) : `"${name}"`;
}
