/** Options of databases in PGlite, and their schema. */
import { localPathOption, rereadableOption } from "../../arguments/archive.ts";
import type { OptionTypes } from "../../arguments/check-options.ts";
import { abortSignal, callback, duration, falseOr, text } from "../../arguments/option-types.ts";
import type { PgliteClient } from "../../pg/pglite.ts";
import type { FixtureOptions } from "../options.ts";
import { RESTORE_OF_FIXTURE } from "../option-types.ts";

/** What `openPglite` uses of a `PGlite` from `@electric-sql/pglite`. */
export interface PgliteDatabase extends PgliteClient {
  /** Returns the files of the database as a tar. */
  dumpDataDir(compression: "gzip"): Promise<Blob>;
  /** Ends it; its memory is free. */
  close(): Promise<void>;
}

/** Options of `openPglite`. */
export interface PgliteOptions<Database extends PgliteDatabase = PgliteDatabase> {
  /**
   * Creates a PGlite with these options and those of the caller:
   * `(options) => PGlite.create({ ...options, extensions: { citext } })`.
   */
  readonly create: (options: { readonly loadDataDir?: Blob }) => Promise<Database>;
  /** As for `openFixture`. Default: none, an empty database. */
  readonly archive?: FixtureOptions["archive"];
  /** Options of the restore, such as `tables`. */
  readonly restore?: FixtureOptions["restore"];
  /** Changes the database after the archive was restored: runs migrations, inserts rows. Needs `prepareKey`. */
  readonly prepare?: ((database: Database) => Promise<unknown>) | undefined;
  /** Says what `prepare` does: with another key the image is made again. */
  readonly prepareKey?: string | undefined;
  /**
   * The folder of images, or `false` for none. They hold all rows, in files that this account alone can read. Default:
   * `node_modules/.cache/nexushub-dump` in the current folder; without `node_modules` there, `~/.cache/nexushub-dump`.
   */
  readonly images?: string | URL | false | undefined;
  /** How long an image that nobody uses stays, in milliseconds. Default: seven days. */
  readonly keepImageMs?: number | undefined;
  /** Interrupts the restore. */
  readonly signal?: AbortSignal | undefined;
}

export const PGLITE_OPTIONS: OptionTypes<PgliteOptions> = {
  create: callback<PgliteOptions["create"]>(),
  archive: rereadableOption,
  restore: RESTORE_OF_FIXTURE,
  prepare: callback<NonNullable<PgliteOptions["prepare"]>>(),
  prepareKey: text,
  images: falseOr(localPathOption, "the path of a folder of this machine, or false"),
  keepImageMs: duration,
  signal: abortSignal,
};
