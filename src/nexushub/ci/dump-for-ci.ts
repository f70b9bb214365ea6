/** A dump by the preset `ci`: written beside its place, searched for originals, and only then put there. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { type ArchiveTarget, openSink } from "../../archive/storage/sink.ts";
import { openSource } from "../../archive/storage/source.ts";
import { dump } from "../../dump/dump.ts";
import type { DumpOptions, DumpResult } from "../../dump/options.ts";
import { MismatchError } from "../../errors.ts";
import { renameDurably } from "../../util/atomic-file.ts";
import { temporaryName } from "../../util/temp-file.ts";
import type { ConnectionSource } from "../../pg/connect.ts";
import { findLeaks } from "../../verify/leaked-values.ts";
import type { ForbiddenValue } from "../../verify/value-search.ts";
import { CI_EMPTY_TABLES, ciMasks, ciOriginals, requireNexusHub } from "./masks.ts";
import { listed } from "../../util/format.ts";

/** Bytes copied at once to where a stream or store takes them. */
const COPY_BYTES = 1024 * 1024;

export interface CiDumpResult extends DumpResult {
  /** Original values that were looked for in the archive, in vain. */
  readonly originals: number;
}

/**
 * Dumps a NexusHub database for tests. Options add to the preset; a mask of the same column replaces the preset's.
 * @throws UsageError for a database of another kind; MismatchError naming table and kind of value, only when an original is found; no archive appears then. And
 * what `dump` throws.
 */
export async function dumpForCi(
  source: ConnectionSource,
  target: ArchiveTarget,
  options: DumpOptions = {},
): Promise<CiDumpResult> {
  const folder =
    typeof target === "string" ? undefined : await mkdtemp(join(tmpdir(), "nexushub-dump-"));
  const unchecked =
    typeof target === "string"
      ? join(dirname(target), temporaryName(basename(target)))
      : join(folder!, "archive");
  try {
    let originals: readonly ForbiddenValue[] = [];
    const result = await dump(source, unchecked, {
      ...options,
      excludeTableData: [...(options.excludeTableData ?? []), ...CI_EMPTY_TABLES],
      async masksFrom(query) {
        await requireNexusHub(query);
        originals = await ciOriginals(query);
        const own = { ...options.mask, ...(await options.masksFrom?.(query)) };
        const taken = new Set(Object.keys(own).map((name) => name.replace(/^public\./, "")));
        const preset = Object.entries(await ciMasks(query)).filter(
          ([name]) => !taken.has(name.replace(/^public\./, "")),
        );
        return { ...Object.fromEntries(preset), ...own };
      },
    });
    const leaks = await findLeaks(unchecked, originals, { signal: options.signal });
    if (leaks.length > 0) {
      const places = leaks.map(({ what, where }) => `${what} in ${where}`);
      throw new MismatchError(`the archive would hold originals: ${listed(places)}`, {
        object: leaks[0]!.where,
        hint: "mask that column too, with --mask, or leave the table's rows out",
      });
    }
    if (typeof target === "string") await renameDurably(unchecked, target);
    else await copyTo(unchecked, target);
    return {
      ...result,
      path: typeof target === "string" ? target : null,
      originals: originals.length,
    };
  } finally {
    await rm(unchecked, { force: true });
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
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
