/** Scans a plain dump, to its end or to its first rows, and says what it holds: for a restore, `inspect`, `verify` and drills. */
import type { ArchiveSource } from "../../archive/storage/store.ts";
import type { OnProgress } from "../../events.ts";
import { qualified } from "../../util/label.ts";
import { dataProgress } from "../../util/progress.ts";
import { DumpReading } from "./dump-reading.ts";
import type { DumpScan } from "./tally.ts";
import type { WalkedStatement } from "./walk.ts";

export interface ScanOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
  /** Receives each statement. */
  readonly onStatement?: ((statement: WalkedStatement) => void) | undefined;
}

/** @throws ArchiveError only when the file is damaged, or the text ends within something. */
export async function scanDump(
  source: ArchiveSource,
  { signal, onProgress, onStatement }: ScanOptions = {},
): Promise<DumpScan> {
  const reading = new DumpReading(source, { signal });
  const progress = dataProgress(onProgress, source.size);
  try {
    for await (const walked of reading.statements()) {
      const { facts } = walked;
      onStatement?.(walked);
      if (facts.does !== "copy") continue;
      const name = facts.table === null ? "" : qualified(facts.table.namespace, facts.table.name);
      for await (const block of reading.copyRows(facts)) progress.add(name, 0, block.length);
    }
    return await reading.scan();
  } finally {
    await reading.close();
  }
}

/** What stands before the first rows, and whether that is the whole dump: pg_dump creates nearly everything there. */
export interface HeadScan {
  readonly scan: DumpScan;
  readonly isWhole: boolean;
}

/** @throws ArchiveError only when the file is damaged up to there, or the text ends within something. */
export async function scanHead(source: ArchiveSource, signal?: AbortSignal): Promise<HeadScan> {
  const reading = new DumpReading(source, { signal });
  try {
    for await (const { facts } of reading.statements()) {
      if (facts.does === "copy" || facts.does === "insert")
        return { scan: await reading.scan(), isWhole: false };
    }
    return { scan: await reading.scan(), isWhole: true };
  } finally {
    await reading.close();
  }
}
