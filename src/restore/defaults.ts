/** The options of a restore with every default filled in; options that contradict each other are refused. Pure. */
import { UsageError } from "../errors.ts";
import type { RestoreOptions } from "./options.ts";

export const LOCK_TIMEOUT_MS = 60_000;

/** Options that have a default of their own. The others may be undefined: all sections, the login as role, no leaveOut. */
type Defaulted =
  | "force"
  | "schemaOnly"
  | "dataOnly"
  | "tables"
  | "searchPath"
  | "owner"
  | "privileges"
  | "roles"
  | "dryRun"
  | "tune"
  | "analyze"
  | "statistics"
  | "disableTriggers"
  | "loadViaPartitionRoot"
  | "lockTimeoutMs"
  | "skipDamaged"
  | "trusted";

export type RestoreSettings = Omit<RestoreOptions, Defaulted> & {
  readonly [Key in Defaulted]-?: Exclude<RestoreOptions[Key], undefined>;
};

/** @throws UsageError when options exclude each other or name nothing. */
export function restoreSettings(options: RestoreOptions): RestoreSettings {
  refuseContradictions(options);
  return {
    ...options,
    force: options.force ?? false,
    schemaOnly: options.schemaOnly ?? options.sections?.includes("data") === false,
    dataOnly: options.dataOnly ?? false,
    tables: options.tables ?? [],
    searchPath: options.searchPath ?? ["public"],
    owner: options.owner ?? false,
    privileges: options.privileges ?? false,
    roles: options.roles ?? false,
    dryRun: options.dryRun ?? false,
    tune: options.tune ?? true,
    analyze: options.analyze ?? true,
    statistics: options.statistics ?? true,
    disableTriggers: options.disableTriggers ?? false,
    loadViaPartitionRoot: options.loadViaPartitionRoot ?? false,
    lockTimeoutMs: options.lockTimeoutMs ?? LOCK_TIMEOUT_MS,
    skipDamaged: options.skipDamaged ?? false,
    trusted: options.trusted ?? false,
  };
}

function refuseContradictions(options: RestoreOptions): void {
  const { schemaOnly, dataOnly, sections, disableTriggers, tables } = options;
  if (sections !== undefined && (schemaOnly === true || dataOnly === true))
    throw new UsageError("sections exclude schema-only and data-only");
  if (sections?.length === 0) throw new UsageError("no section was named");
  if (schemaOnly === true && dataOnly === true)
    throw new UsageError("schema-only and data-only exclude each other");
  if (disableTriggers === true && dataOnly !== true) {
    throw new UsageError(
      "triggers can be disabled only with data-only: otherwise they are created after the rows are loaded",
    );
  }
  if (options.skipDamaged === true && schemaOnly === true)
    throw new UsageError(
      "schema-only reads no rows that could be damaged: it excludes skip-damaged",
    );
  if (options.roles === true && dataOnly === true)
    throw new UsageError("data-only runs no statements that name roles: it excludes roles");
  if (options.foreignData === true && options.swap !== undefined)
    throw new UsageError(
      "rows of foreign tables are not beside the database: swap excludes foreign data",
    );
  if (tables?.includes("") === true) throw new UsageError("a table pattern is empty");
}
