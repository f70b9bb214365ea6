/** The schemas of the options of fixtures and of embedded servers. */
import { localPathOption, rereadableOption } from "../arguments/archive.ts";
import type { OptionTypes } from "../arguments/check-options.ts";
import {
  abortSignal,
  callback,
  count,
  duration,
  flag,
  objectOf,
  oneOf,
  positiveInteger,
  settingByName,
  text,
  texts,
  unchecked,
} from "../arguments/option-types.ts";
import type { EmbeddedOptions } from "../embedded/index.ts";
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
  archive: rereadableOption,
  restore: RESTORE_OF_FIXTURE,
  prepare: callback<NonNullable<FixtureOptions["prepare"]>>(),
  prepareKey: text,
  migrations: localPathOption,
  pool: count,
  keepTemplateMs: duration,
  strategy: oneOf(["FILE_COPY", "WAL_LOG", "server"]),
  keepOnFailure: flag,
  onMessage: callback<NonNullable<FixtureOptions["onMessage"]>>(),
  signal: abortSignal,
};

export const EMBEDDED_OPTIONS: OptionTypes<EmbeddedOptions> = {
  major: positiveInteger,
  binaries: localPathOption,
  settings: settingByName,
  durable: flag,
  base: localPathOption,
  tcp: flag,
  superuser: text,
  encoding: text,
  locale: text,
  initdb: texts,
  signal: abortSignal,
};
