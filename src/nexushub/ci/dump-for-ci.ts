/** Dumps a NexusHub database with the preset `ci`. The archive appears only after it was searched for original values. */
import { rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type ArchiveTarget, openSink, pathOf } from "../../archive/storage/sink.ts";
import { replacedFile } from "../../archive/storage/path-sink.ts";
import { openSource } from "../../archive/storage/source.ts";
import { dump } from "../../dump/dump.ts";
import type { DumpOptions, DumpResult } from "../../dump/options.ts";
import { MismatchError } from "../../errors.ts";
import type { ConnectionSource } from "../../pg/connect.ts";
import { renameDurably } from "../../util/atomic-file.ts";
import { listed } from "../../util/format.ts";
import { outputError } from "../../util/output-error.ts";
import { isStoreAddress } from "../../store/address.ts";
import {
  createTemporaryFolder,
  removeLeftoversOf,
  removeTemporaryFolder,
  temporaryName,
} from "../../util/temp-file.ts";
import { findLeaks } from "../../verify/leaked-values.ts";
import type { ForbiddenValue } from "../../verify/value-search.ts";
import { ciMasks } from "./masks.ts";
import { ciOriginals, requireNexusHub } from "./originals.ts";
import { CI_EMPTY_TABLES, type SnapshotQuery } from "./preset.ts";

const COPY_BYTES = 1024 * 1024;

/** The result of a dump with the preset `ci`. */
export interface CiDumpResult extends DumpResult {
  /** Number of original values that were searched for and not found. */
  readonly originals: number;
}

/**
 * Dumps a NexusHub database for tests; the archive is marked as a fixture. Options add to the preset, and a mask
 * replaces the preset's mask of the same column.
 * @throws UsageError only when the database is not NexusHub's; MismatchError only when the archive would hold an original
 *   value, naming its table and kind; and the errors of `dump`. No archive appears then.
 */
export async function dumpForCi(
  source: ConnectionSource,
  target: ArchiveTarget,
  options: DumpOptions = {},
): Promise<CiDumpResult> {
  const targetPath = isStoreAddress(target) ? null : pathOf(target);
  const path = targetPath === null ? null : await replacedPath(targetPath);
  const folder = path === null ? await createTemporaryFolder() : dirname(path);
  if (path !== null) await removeLeftoversOf(path);
  const unchecked = join(folder, temporaryName(path === null ? "archive" : basename(path)));
  try {
    let originals: readonly ForbiddenValue[] = [];
    const result = await dump(source, unchecked, {
      ...options,
      purpose: "fixture",
      excludeTableData: [...(options.excludeTableData ?? []), ...CI_EMPTY_TABLES],
      async masksFrom(query) {
        await requireNexusHub(query);
        originals = await ciOriginals(query);
        return mergeMasks(await ciMasks(query), await callerMasks(options, query));
      },
    });
    refuseLeaks(await findLeaks(unchecked, originals, { signal: options.signal }));
    if (path === null) await copyTo(unchecked, target);
    else await renameTo(unchecked, path);
    return {
      ...result,
      path: targetPath,
      originals: originals.length,
    };
  } finally {
    if (path === null) await removeTemporaryFolder(folder);
    else await rm(unchecked, { force: true });
  }
}

async function replacedPath(path: string): Promise<string | null> {
  return replacedFile(path).catch((error: unknown) => {
    throw outputError(error, path);
  });
}

async function renameTo(from: string, path: string): Promise<void> {
  await renameDurably(from, path).catch((error: unknown) => {
    throw outputError(error, path);
  });
}

type Masks = Readonly<Record<string, string>>;

async function callerMasks({ mask, masksFrom }: DumpOptions, query: SnapshotQuery): Promise<Masks> {
  return { ...mask, ...(await masksFrom?.(query)) };
}

/** The caller may name a column with or without its schema. */
function mergeMasks(preset: Masks, caller: Masks): Masks {
  const withoutSchema = (name: string): string => name.replace(/^public\./, "");
  const replaced = new Set(Object.keys(caller).map(withoutSchema));
  const remaining = Object.entries(preset).filter(([name]) => !replaced.has(withoutSchema(name)));
  return { ...Object.fromEntries(remaining), ...caller };
}

function refuseLeaks(leaks: Awaited<ReturnType<typeof findLeaks>>): void {
  const [first] = leaks;
  if (first === undefined) return;
  const places = leaks.map(({ what, where }) => `${what} in ${where}`);
  throw new MismatchError(`the archive would hold originals: ${listed(places)}`, {
    object: first.where,
    hint: "mask that column too, with --mask, or leave the table's rows out",
  });
}

async function copyTo(from: string, target: ArchiveTarget): Promise<void> {
  const source = await openSource(from);
  try {
    const sink = await openSink(target);
    try {
      for (let at = 0; at < source.size; at += COPY_BYTES)
        await sink.write(await source.read(at, Math.min(COPY_BYTES, source.size - at)));
      await sink.commit();
    } catch (error) {
      await sink.abort();
      throw error;
    }
  } finally {
    await source.close();
  }
}
