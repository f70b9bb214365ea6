/** The options of a dump with every default filled in, and what contradicts itself refused. Pure. */
import { DEFAULT_COMPRESSION, parseCompression } from "../archive/format/compression.ts";
import { UsageError } from "../errors.ts";
import { DEFAULT_PART_BYTES } from "../limits.ts";
import type { DumpOptions, DumpSection } from "./options.ts";

const LOCK_TIMEOUT_MS = 60_000;

/** Options that have a default of their own; `jobs` has none until the size of the data is known. */
type Defaulted =
  | "schemaOnly"
  | "dataOnly"
  | "sections"
  | "purpose"
  | "where"
  | "mask"
  | "owner"
  | "privileges"
  | "compression"
  | "reproducible"
  | "partBytes"
  | "skipUnsupported"
  | "lockTimeoutMs"
  | "noTablespaces"
  | "noTableAccessMethod"
  | "userMappingSecrets"
  | "databaseProperties"
  | "allowNewerServer"
  | "searchPath";

export type DumpSettings = Omit<DumpOptions, Defaulted> & {
  readonly [Key in Defaulted]-?: Exclude<DumpOptions[Key], undefined>;
};

/** @throws UsageError when options exclude each other or a number makes no sense. */
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
    throw new UsageError("jobs must be a whole number from 1 on");
  }
  if (!isPositive(partBytes)) {
    throw new UsageError("the part size must be a whole number of bytes from 1 on");
  }
  const { compression = DEFAULT_COMPRESSION } = options;
  // Refuses what is none, before anything is asked of a server.
  parseCompression(compression);
  return {
    ...options,
    schemaOnly,
    dataOnly,
    sections: sectionsOf(sections, schemaOnly, dataOnly),
    purpose: options.purpose ?? (options.reproducible === true ? "fixture" : "backup"),
    partBytes,
    where: options.where ?? {},
    mask: options.mask ?? {},
    owner: options.owner ?? false,
    privileges: options.privileges ?? false,
    compression,
    reproducible: options.reproducible ?? false,
    skipUnsupported: options.skipUnsupported ?? false,
    lockTimeoutMs: options.lockTimeoutMs ?? LOCK_TIMEOUT_MS,
    noTablespaces: options.noTablespaces ?? false,
    noTableAccessMethod: options.noTableAccessMethod ?? false,
    userMappingSecrets: options.userMappingSecrets ?? false,
    databaseProperties: options.databaseProperties ?? false,
    allowNewerServer: options.allowNewerServer ?? false,
    searchPath: options.searchPath ?? ["public"],
  };
}

/** In the order of a dump, each once. */
function sectionsOf(
  chosen: readonly DumpSection[] | undefined,
  schemaOnly: boolean,
  dataOnly: boolean,
): DumpSection[] {
  const all: readonly DumpSection[] = ["pre-data", "data", "post-data"];
  if (chosen !== undefined) return all.filter((section) => chosen.includes(section));
  return all.filter((section) => (section === "data" ? !schemaOnly : !dataOnly));
}

function isPositive(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1;
}
