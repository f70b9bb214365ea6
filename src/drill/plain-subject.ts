/** A plain dump of pg_dump as what a drill restores. */
import { openSource, type RereadableArchive } from "../archive/storage/source.ts";
import type { Connection } from "../pg/connection.ts";
import { scanDump } from "../plain/read/scan.ts";
import type { DumpScan } from "../plain/read/tally.ts";
import { requireRestorable, requireUnsigned } from "../plain/refused-dump.ts";
import { asArchive } from "../plain/restore/as-archive.ts";
import { restorePlain } from "../plain/restore/restore-plain.ts";
import { formatBytes, plural } from "../util/format.ts";
import type { DrillOptions } from "./options.ts";
import { plainRowsProbe } from "./probe-plain-rows.ts";
import type { Probe } from "./probe.ts";
import { passed, type Verdict } from "./report.ts";
import {
  type DrillRestore,
  type DrillSubject,
  type DrillTarget,
  restoredIn,
  type SubjectFacts,
} from "./subject.ts";

export class PlainSubject implements DrillSubject {
  readonly name = "dump";
  readonly verifiedTitle = "Dump complete";
  readonly #dump: RereadableArchive;
  readonly #options: DrillOptions;

  constructor(dump: RereadableArchive, options: DrillOptions) {
    this.#dump = dump;
    this.#options = options;
  }

  async verify(onFacts: (facts: SubjectFacts) => void): Promise<Verdict> {
    requireUnsigned(this.#dump);
    const scan = await this.#scan();
    const { contents } = scan;
    const { manifest } = asArchive(scan, { owner: false, privileges: false });
    const bytes = contents.fileBytes;
    onFacts({ manifest, storedManifest: manifest, contents, bytes, sha256: null });
    requireRestorable(contents);
    return passed(
      `all ${formatBytes(contents.textBytes)} can be read, and it ends as pg_dump ends a dump`,
    );
  }

  /** As an operator would in an emergency, who has no way to leave out what the server refuses, but for compression methods. */
  async restore(
    _facts: SubjectFacts,
    { source, role, restoreOptions }: DrillTarget,
  ): Promise<DrillRestore> {
    const { signal, onProgress } = this.#options;
    const options = { ...restoreOptions, trusted: true, role, signal, onProgress };
    const result = await restorePlain(this.#dump, source, options);
    const { leftOut, elapsedMs } = result;
    const ownership =
      leftOut.owners + leftOut.privileges === 0
        ? ""
        : `, without ${plural(leftOut.owners, "owner")} and ${plural(leftOut.privileges, "privilege")}`;
    return { verdict: passed(`${restoredIn(result)}${ownership}`), elapsedMs, refused: [] };
  }

  rowsProbe(connection: Connection | null): Probe {
    return plainRowsProbe(connection, this.#dump);
  }

  async #scan(): Promise<DumpScan> {
    const { signal, onProgress } = this.#options;
    const source = await openSource(this.#dump, signal);
    try {
      return await scanDump(source, { signal, onProgress });
    } finally {
      await source.close();
    }
  }
}
