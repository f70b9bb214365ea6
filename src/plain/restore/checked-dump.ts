/**
 * The file of a restore. It must be complete, whole and free of what is not run before the restore commits, and what is wrong with it
 * takes precedence over everything else that fails: the rest may follow from it.
 */
import type { ArchiveSource } from "../../archive/storage/store.ts";
import { AbortedError } from "../../errors.ts";
import type { OnProgress } from "../../events.ts";
import { DumpReading } from "../read/dump-reading.ts";
import { type HeadScan, scanDump, scanHead } from "../read/scan.ts";
import type { DumpScan } from "../read/tally.ts";
import { refusedDump, requireRestorable } from "../refused-dump.ts";
import type { OwnershipOptions } from "./as-archive.ts";
import type { WalkedStatement } from "../read/walk.ts";
import { headAllows } from "./begin-early.ts";
import { StatementsToTry, type TriedStatement } from "./try-rights.ts";

export interface CheckedDumpOptions extends OwnershipOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

export class CheckedDump {
  readonly #source: ArchiveSource;
  readonly #options: CheckedDumpOptions;
  readonly #toTry = new StatementsToTry();
  /** Whether its errors were looked for. */
  #isScanned = false;

  constructor(source: ArchiveSource, options: CheckedDumpOptions) {
    this.#source = source;
    this.#options = options;
  }

  /**
   * Reads what a restore must know to begin: the head, or all of it.
   * @throws ArchiveError only when what was read cannot be restored.
   */
  async begin(): Promise<HeadScan> {
    const head = await scanHead(this.#source, this.#options.signal);
    if (head.isWhole) return { ...head, scan: this.#checked(head.scan) };
    if (headAllows(head, this.#options)) return head;
    return { scan: await this.scanWhole(), isWhole: true };
  }

  /** @throws ArchiveError only when it is damaged, cut short, or holds what is not run. */
  async scanWhole(): Promise<DumpScan> {
    this.#options.onProgress?.({ type: "phase", phase: "check" });
    this.#isScanned = true;
    const onStatement = (statement: WalkedStatement): void => this.#toTry.add(statement);
    return this.#checked(await scanDump(this.#source, { ...this.#options, onStatement }));
  }

  /** Once all of it was scanned: statements whose rights may be missing. */
  get statementsToTry(): readonly TriedStatement[] {
    return this.#toTry.statements;
  }

  /**
   * Reads it to run it.
   * @param run reads all of it.
   * @returns what it holds.
   * @throws ArchiveError as `scanWhole`, at the first thing that is not run; what `run` throws.
   */
  async run(run: (reading: DumpReading) => Promise<void>): Promise<DumpScan> {
    const { signal } = this.#options;
    const reading = new DumpReading(this.#source, {
      signal,
      onRefusal: (refusal) => {
        throw refusedDump([refusal]);
      },
    });
    try {
      await run(reading);
      return this.#checked(await reading.scan());
    } finally {
      await reading.close();
    }
  }

  /** What to throw for a failure of the restore: an error of the file, when it has one that nobody has looked for. */
  async failure(error: unknown): Promise<unknown> {
    if (this.#isScanned || error instanceof AbortedError) return error;
    try {
      await this.scanWhole();
      return error;
    } catch (errorOfFile) {
      return errorOfFile;
    }
  }

  #checked(scan: DumpScan): DumpScan {
    this.#isScanned = true;
    requireRestorable(scan.contents);
    return scan;
  }
}
