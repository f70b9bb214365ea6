/** The schema of a fixture's options. */
import { archiveOption } from "../arguments/archive.ts";
import type { OptionTypes } from "../arguments/check-options.ts";
import {
  abortSignal,
  callback,
  count,
  duration,
  flag,
  instanceOrText,
  objectOf,
  oneOf,
  text,
  texts,
  unchecked,
} from "../arguments/option-types.ts";
import type { FixtureOptions } from "./options.ts";

/** What a fixture may say of its restore. */
export const RESTORE_OF_FIXTURE = objectOf(
  {
    owner: flag.optional(),
    privileges: flag.optional(),
    tables: texts.optional(),
    schemaOnly: flag.optional(),
  },
  "an object with owner, privileges, tables and schemaOnly alone",
);

export const FIXTURE_OPTIONS: OptionTypes<FixtureOptions> = {
  // Checked with what it becomes: the connection string.
  server: unchecked<FixtureOptions["server"]>(),
  archive: archiveOption as OptionTypes<FixtureOptions>["archive"],
  restore: RESTORE_OF_FIXTURE,
  prepare: callback<NonNullable<FixtureOptions["prepare"]>>(),
  prepareKey: text,
  migrations: instanceOrText(URL, "the path of a folder"),
  pool: count,
  keepTemplateMs: duration,
  strategy: oneOf(["FILE_COPY", "WAL_LOG", "server"]),
  keepOnFailure: flag,
  onMessage: callback<NonNullable<FixtureOptions["onMessage"]>>(),
  signal: abortSignal,
};
