/** The options of a restore of a plain dump: those of a restore that make sense for one. */
import type { Connection } from "../../pg/connection.ts";
import type { RestoreOptions } from "../../restore/options.ts";
import type { Warning } from "../../warnings.ts";

/** Options of `restorePlain`, with the meaning and the defaults that they have for `restore`. */
export type PlainRestoreOptions = Pick<
  RestoreOptions,
  | "force"
  | "owner"
  | "privileges"
  | "role"
  | "dryRun"
  | "tune"
  | "analyze"
  | "lockTimeoutMs"
  | "trusted"
  | "signal"
  | "onProgress"
>;

/** Looks at what was restored before it is committed; a throw rolls it back. */
export type BeforeCommit = (connection: Connection) => Promise<readonly Warning[]>;
