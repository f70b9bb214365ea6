/** The options of a restore of a plain dump: those of a restore that make sense for one. */
import type { Connection } from "../../pg/connection.ts";
import type { RestoreOptions } from "../../restore/options.ts";
import type { Warning } from "../../warnings.ts";

/** Options of `restorePlain`, with the meaning and, but for `analyze`, the defaults that they have for `restore`. */
export interface PlainRestoreOptions extends Pick<
  RestoreOptions,
  | "force"
  | "owner"
  | "privileges"
  | "role"
  | "noToastCompression"
  | "noTablespaces"
  | "dryRun"
  | "tune"
  | "lockTimeoutMs"
  | "trusted"
  | "signal"
  | "onProgress"
> {
  /**
   * Run ANALYZE on the restored tables before COMMIT. Default: as `psql` does, leave it to autovacuum, where the server has that.
   */
  readonly analyze?: boolean | undefined;
}

/** Looks at what was restored before it is committed; a throw rolls it back. */
export type BeforeCommit = (connection: Connection) => Promise<readonly Warning[]>;
