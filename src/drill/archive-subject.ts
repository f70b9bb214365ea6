/** An archive as what a drill restores. */
import { archiveContents } from "../archive/contents.ts";
import { openArchive } from "../archive/reader.ts";
import type { RereadableArchive } from "../archive/storage/source.ts";
import { ServerError } from "../errors.ts";
import type { Connection } from "../pg/connection.ts";
import { restore } from "../restore/restore.ts";
import { plural } from "../util/format.ts";
import { verify } from "../verify/verify.ts";
import { addForeignKeys, isForeignKey } from "./deferred-foreign-keys.ts";
import type { DrillOptions } from "./options.ts";
import { rowsProbe } from "./probe-rows.ts";
import type { Probe } from "./probe.ts";
import { passed, type Verdict } from "./report.ts";
import {
  type DrillRestore,
  type DrillSubject,
  type DrillTarget,
  restoredIn,
  type SubjectFacts,
} from "./subject.ts";

/** SQLSTATE foreign_key_violation (PostgreSQL docs, appendix A). */
const FOREIGN_KEY_VIOLATION = "23503";

export class ArchiveSubject implements DrillSubject {
  readonly name = "archive";
  readonly verifiedTitle = "Archive verified";
  readonly #archive: RereadableArchive;
  readonly #options: DrillOptions;

  constructor(archive: RereadableArchive, options: DrillOptions) {
    this.#archive = archive;
    this.#options = options;
  }

  async verify(onFacts: (facts: SubjectFacts) => void): Promise<Verdict> {
    const reader = await openArchive(this.#archive, this.#options);
    const { manifest, storedManifest, size, sha256 } = reader;
    const contents = archiveContents(manifest, size);
    onFacts({ manifest, storedManifest, contents, bytes: size, sha256 });
    await reader.close();
    const { entries } = await verify(this.#archive, this.#options);
    return passed(`all ${plural(entries, "entry", "entries")} are intact`);
  }

  /** Restores; without foreign keys when these do not hold, so that the other probes still have a database to look at. */
  async restore(
    { manifest }: SubjectFacts,
    { source, role, restoreOptions }: DrillTarget,
  ): Promise<DrillRestore> {
    const { signal, onProgress } = this.#options;
    const options = { ...restoreOptions, trusted: true, role, signal, onProgress };
    try {
      const result = await restore(this.#archive, source, options);
      return { verdict: passed(restoredIn(result)), elapsedMs: result.elapsedMs, refused: [] };
    } catch (error) {
      if (!(error instanceof ServerError) || error.sqlState !== FOREIGN_KEY_VIOLATION) throw error;
    }
    const result = await restore(this.#archive, source, { ...options, leaveOut: isForeignKey });
    const { names, refused } = await addForeignKeys(source, manifest, signal);
    const leftOut = plural(names.length, "foreign key");
    return {
      verdict: passed(
        `${restoredIn(result)}, without ${leftOut} that the rows do not satisfy`,
        names,
      ),
      elapsedMs: result.elapsedMs,
      refused,
    };
  }

  rowsProbe(connection: Connection | null): Probe {
    return rowsProbe(connection, () => openArchive(this.#archive, this.#options));
  }
}
