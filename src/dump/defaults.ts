/** Fills in the defaults of a dump's options, and refuses options that contradict each other. Pure. */
import { DEFAULT_COMPRESSION, parseCompression } from "../archive/format/compression.ts";
import { UsageError } from "../errors.ts";
import { DEFAULT_PART_BYTES } from "../limits.ts";
import type { DumpOptions, DumpSection } from "./options.ts";

const LOCK_TIMEOUT_MS = 60_000;

/** Options with a default. That of `jobs` depends on the size of the data, and that of `maskKey` on the dump. */
type Defaulted =
  | "schemaOnly"
  | "dataOnly"
  | "sections"
  | "purpose"
  | "where"
  | "mask"
  | "owner"
  | "privileges"
  | "roles"
  | "rolePasswords"
  | "compression"
  | "reproducible"
  | "partBytes"
  | "units"
  | "skipUnsupported"
  | "lockTimeoutMs"
  | "noTablespaces"
  | "noTableAccessMethod"
  | "noToastCompression"
  | "userMappingSecrets"
  | "databaseProperties"
  | "allowNewerServer"
  | "searchPath";

export type DumpSettings = Omit<DumpOptions, Defaulted> & {
  readonly [Key in Defaulted]-?: Exclude<DumpOptions[Key], undefined>;
};

/** @throws UsageError when options exclude each other or have an impossible value. */
export function dumpSettings(options: DumpOptions): DumpSettings {
  const { jobs, partBytes = DEFAULT_PART_BYTES, sections } = options;
  if (sections !== undefined && (options.schemaOnly === true || options.dataOnly === true)) {
    throw new UsageError("sections exclude schema-only and data-only");
  }
  if (sections?.length === 0) throw new UsageError("no section was named");
  const schemaOnly = options.schemaOnly ?? sections?.includes("data") === false;
  const dataOnly = options.dataOnly ?? sections?.every((section) => section === "data") === true;
  if (schemaOnly && dataOnly) throw new UsageError("schema-only and data-only exclude each other");
  if (jobs !== undefined && !isPositive(jobs)) {
    throw new UsageError("jobs must be a positive integer");
  }
  if (!isPositive(partBytes)) {
    throw new UsageError("the part size must be a positive integer of bytes");
  }
  if (options.reuse !== undefined && options.base !== undefined) {
    throw new UsageError("a differential archive leaves rows in its base: reuse excludes base");
  }
  refuseRecords(options, { dataOnly, isPart: sections !== undefined || schemaOnly || dataOnly });
  const { unitBlocks } = options;
  if (unitBlocks !== undefined && !isPositive(unitBlocks)) {
    throw new UsageError("the size of a unit must be a positive integer of blocks");
  }
  if (options.role === "" || options.snapshot === "")
    throw new UsageError("the name of the role or of the snapshot is empty");
  if (options.enableRowSecurity === true && (options.units === true || options.reuse !== undefined))
    throw new UsageError(
      "with row security enabled rows cannot be compared with those of an archive",
    );
  const { compression = DEFAULT_COMPRESSION } = options;
  // Throws for an invalid compression before a connection is opened.
  parseCompression(compression);
  const purpose = options.purpose ?? (options.reproducible === true ? "fixture" : "backup");
  return {
    ...options,
    schemaOnly,
    dataOnly,
    sections: sectionsOf(sections, schemaOnly, dataOnly),
    purpose,
    partBytes,
    where: options.where ?? {},
    mask: options.mask ?? {},
    owner: options.owner ?? purpose === "backup",
    privileges: options.privileges ?? purpose === "backup",
    roles: options.roles ?? options.rolePasswords === true,
    rolePasswords: options.rolePasswords ?? false,
    compression,
    reproducible: options.reproducible ?? false,
    units: options.units ?? (options.reuse !== undefined || options.base !== undefined),
    skipUnsupported: options.skipUnsupported ?? false,
    lockTimeoutMs: options.lockTimeoutMs ?? LOCK_TIMEOUT_MS,
    noTablespaces: options.noTablespaces ?? false,
    noTableAccessMethod: options.noTableAccessMethod ?? false,
    noToastCompression: options.noToastCompression ?? false,
    userMappingSecrets: options.userMappingSecrets ?? false,
    databaseProperties: options.databaseProperties ?? false,
    allowNewerServer: options.allowNewerServer ?? false,
    searchPath: options.searchPath ?? ["public"],
  };
}

/** The dumped sections, in the order of a dump. */
function sectionsOf(
  sections: readonly DumpSection[] | undefined,
  schemaOnly: boolean,
  dataOnly: boolean,
): DumpSection[] {
  const all: readonly DumpSection[] = ["pre-data", "data", "post-data"];
  if (sections !== undefined) return all.filter((section) => sections.includes(section));
  return all.filter((section) => (section === "data" ? !schemaOnly : !dataOnly));
}

/** Roles and statistics that cannot be recorded. */
function refuseRecords(
  { roles, rolePasswords, statistics, reproducible }: DumpOptions,
  { dataOnly, isPart }: { readonly dataOnly: boolean; readonly isPart: boolean },
): void {
  if (rolePasswords === true && roles === false)
    throw new UsageError("passwords of roles are recorded with the roles alone");
  if (dataOnly && (roles === true || rolePasswords === true))
    throw new UsageError("data-only holds no statements that name roles: it excludes roles");
  if (statistics === true && isPart)
    throw new UsageError("statistics are recorded with objects and rows alone");
  if (statistics === true && reproducible === true)
    throw new UsageError("statistics are a sample of the rows: they exclude reproducible");
}

function isPositive(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1;
}
