/** What a drill restores, an archive or a plain dump, behind one interface. */
import type { ArchiveContents } from "../archive/contents.ts";
import type { Manifest, StoredManifest } from "../archive/format/manifest.ts";
import type { ConnectionSource } from "../pg/connect.ts";
import type { Connection } from "../pg/connection.ts";
import type { PlainContents } from "../plain/contents.ts";
import type { RestoreOptions, RestoreResult } from "../restore/options.ts";
import { formatDuration, plural } from "../util/format.ts";
import type { RefusedConstraint } from "./probe-constraints.ts";
import type { Probe } from "./probe.ts";
import type { Verdict } from "./report.ts";

/** Where it is restored. */
export interface DrillTarget {
  readonly source: ConnectionSource;
  /** The role that restores; undefined for the login. */
  readonly role: string | undefined;
  /** Options of the restore that the server needs; a plain dump has no such options. */
  readonly restoreOptions: RestoreOptions;
}

/** What is known of the file after it was read. */
export interface SubjectFacts {
  /** Of a plain dump: that of an archive of the same contents. */
  readonly manifest: Manifest;
  readonly storedManifest: StoredManifest;
  readonly contents: ArchiveContents | PlainContents;
  /** Size of the file, decrypted. */
  readonly bytes: number;
  /** The digest by which an archive is known; null for a plain dump. */
  readonly sha256: string | null;
}

/** The result of a restore into the throwaway. */
export interface DrillRestore {
  readonly verdict: Verdict;
  readonly elapsedMs: number;
  /** Foreign keys that are missing in the restored database. */
  readonly refused: readonly RefusedConstraint[];
}

export interface DrillSubject {
  /** `archive`, `dump`: for messages. */
  readonly name: string;
  /** Title of the probe that reads all of it. */
  readonly verifiedTitle: string;
  /**
   * Reads all of it.
   * @param onFacts receives the facts as soon as they are known, before what may be damaged is read.
   */
  verify(onFacts: (facts: SubjectFacts) => void): Promise<Verdict>;
  restore(facts: SubjectFacts, target: DrillTarget): Promise<DrillRestore>;
  /** The probe that compares the restored rows. @param connection null where it is only listed. */
  rowsProbe(connection: Connection | null): Probe;
}

/** `29 681 rows and 120 objects in 1.4 s`. */
export function restoredIn({ rows, objects, elapsedMs }: RestoreResult): string {
  return `${plural(rows, "row")} and ${plural(objects, "object")} in ${formatDuration(elapsedMs)}`;
}
