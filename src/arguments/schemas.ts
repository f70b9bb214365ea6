/** The schemas of all options that public functions take. Their meanings are with the interfaces. */
import { z } from "zod";
import type { SignKey } from "../archive/signing/ed25519-key.ts";
import type { AgeIdentities, AgeRecipients } from "../archive/encryption/options.ts";
import type { S3StoreOptions } from "../archive/storage/s3-store.ts";
import type { KindOptions } from "../catalog/kind-options.ts";
import type { DiffOptions } from "../diff/options.ts";
import type { DrillOptions } from "../drill/options.ts";
import type { Probe } from "../drill/probe.ts";
import type { DumpOptions } from "../dump/options.ts";
import type { MergeOptions } from "../merge/options.ts";
import type { PackOptions } from "../pack/pack.ts";
import type { UnpackOptions } from "../pack/unpack.ts";
import type { ConvertOptions } from "../plain/convert/options.ts";
import type { InspectPlainOptions } from "../plain/inspect-plain.ts";
import type { PlainRestoreOptions } from "../plain/restore/options.ts";
import type { ProveOptions } from "../prove/options.ts";
import type { RestoreOptions } from "../restore/options.ts";
import type { S3CredentialProvider, S3Credentials } from "../store/s3/credentials.ts";
import type { UndoSwapOptions } from "../swap/undo.ts";
import type { UndeleteOptions } from "../undelete/options.ts";
import type { InspectOptions } from "../verify/inspect.ts";
import type { VerifyOptions } from "../verify/verify.ts";
import { archiveOption, localPathOption } from "./archive.ts";
import type { OptionTypes } from "./check-options.ts";
import {
  abortSignal,
  callback,
  count,
  flag,
  flagOrTexts,
  environment,
  instanceOrText,
  list,
  milliseconds,
  objectOf,
  objectWith,
  oneOf,
  positiveInteger,
  text,
  textByName,
  texts,
} from "./option-types.ts";

/** Checked as a database besides. */
export const connectionText = instanceOrText(URL, "a connection string, as text or URL");
const sections = list(oneOf(["pre-data", "data", "post-data"]), "pre-data, data or post-data");
export const signKey = objectWith<SignKey>(["id", "privateKey"], "what readSignKey returned");
export const onProgress = callback<NonNullable<DumpOptions["onProgress"]>>();
const seal = callback<NonNullable<DumpOptions["seal"]>>();

const KINDS: OptionTypes<KindOptions> = {
  noComments: flag,
  noPublications: flag,
  noSubscriptions: flag,
  noPolicies: flag,
  noSecurityLabels: flag,
  noLargeObjects: flag,
};

export const DUMP_OPTIONS: OptionTypes<DumpOptions> = {
  schemas: texts,
  excludeSchemas: texts,
  tables: texts,
  excludeTables: texts,
  excludeTableData: texts,
  tablesAndChildren: texts,
  excludeTablesAndChildren: texts,
  excludeTableDataAndChildren: texts,
  extensions: texts,
  excludeExtensions: texts,
  includeForeignData: texts,
  noUnloggedTableData: flag,
  strictNames: flag,
  searchPath: texts,
  ...KINDS,
  schemaOnly: flag,
  dataOnly: flag,
  sections,
  purpose: oneOf(["backup", "fixture"]),
  where: textByName,
  mask: textByName,
  masksFrom: callback<NonNullable<DumpOptions["masksFrom"]>>(),
  maskKey: text,
  sample: textByName,
  role: text,
  snapshot: text,
  enableRowSecurity: flag,
  jobs: positiveInteger,
  owner: flag,
  privileges: flag,
  roles: flag,
  rolePasswords: flag,
  statistics: flag,
  compression: text,
  reproducible: flag,
  partBytes: positiveInteger,
  units: flag,
  unitBlocks: positiveInteger,
  reuse: archiveOption,
  base: archiveOption,
  skipUnsupported: flag,
  lockTimeoutMs: milliseconds,
  noTablespaces: flag,
  noTableAccessMethod: flag,
  noToastCompression: flag,
  userMappingSecrets: flag,
  databaseProperties: flag,
  loadViaPartitionRoot: flag,
  allowNewerServer: flag,
  seal,
  signKey,
  signal: abortSignal,
  onProgress,
};

export const RESTORE_OPTIONS: OptionTypes<RestoreOptions> = {
  ...KINDS,
  force: flag,
  schemaOnly: flag,
  dataOnly: flag,
  sections,
  tables: texts,
  schemas: texts,
  excludeSchemas: texts,
  excludeTables: texts,
  excludeTableData: texts,
  tablesAndChildren: texts,
  excludeTablesAndChildren: texts,
  excludeTableDataAndChildren: texts,
  noUnloggedTableData: flag,
  foreignData: flag,
  noToastCompression: flag,
  noTablespaces: flag,
  excludeExtensions: texts,
  useList: text,
  searchPath: texts,
  owner: flag,
  privileges: flag,
  roles: flag,
  role: text,
  leaveOut: callback<NonNullable<RestoreOptions["leaveOut"]>>(),
  dryRun: flag,
  tune: flag,
  analyze: flag,
  statistics: flag,
  disableTriggers: flag,
  loadViaPartitionRoot: flag,
  swap: objectOf(
    {
      jobs: positiveInteger.optional(),
      keepOld: count.optional(),
      timeoutMs: milliseconds.optional(),
    },
    "an object with jobs, keepOld and timeoutMs",
  ),
  lockTimeoutMs: milliseconds,
  skipDamaged: flag,
  trusted: flag,
  signal: abortSignal,
  onProgress,
};

export const UNDO_SWAP_OPTIONS: OptionTypes<UndoSwapOptions> = {
  keepOld: count,
  timeoutMs: milliseconds,
  signal: abortSignal,
  onProgress,
};

export const UNDELETE_OPTIONS: OptionTypes<UndeleteOptions> = {
  rows: textByName,
  withDependents: flagOrTexts,
  withReferences: flagOrTexts,
  withoutTables: texts,
  keepChanged: flag,
  enableTriggers: flag,
  searchPath: texts,
  role: text,
  dryRun: flag,
  lockTimeoutMs: milliseconds,
  onPlan: callback<NonNullable<UndeleteOptions["onPlan"]>>(),
  signal: abortSignal,
  onProgress,
};

export const DIFF_OPTIONS: OptionTypes<DiffOptions> = {
  schemaOnly: flag,
  dataOnly: flag,
  samples: count,
  showValues: flag,
  signal: abortSignal,
  onProgress,
};

export const DRILL_OPTIONS: OptionTypes<DrillOptions> = {
  into: connectionText,
  asPlainRole: flag,
  probes: list(objectWith<Probe>(["id", "title", "run"], "a probe"), "probes"),
  signal: abortSignal,
  onProgress,
  onProbe: callback<NonNullable<DrillOptions["onProbe"]>>(),
};

export const PROVE_OPTIONS: OptionTypes<ProveOptions> = {
  into: connectionText,
  superuser: flag,
  signal: abortSignal,
  onProgress,
};

export const CONVERT_OPTIONS: OptionTypes<ConvertOptions> = {
  schemaOnly: flag,
  tables: texts,
  owner: flag,
  privileges: flag,
  roles: flag,
  restrict: flag,
  compression: text,
  signal: abortSignal,
  onProgress,
};

export const RESTORE_PLAIN_OPTIONS: OptionTypes<PlainRestoreOptions> = {
  force: flag,
  owner: flag,
  privileges: flag,
  noToastCompression: flag,
  noTablespaces: flag,
  role: text,
  dryRun: flag,
  tune: flag,
  analyze: flag,
  lockTimeoutMs: milliseconds,
  trusted: flag,
  signal: abortSignal,
  onProgress,
};

export const INSPECT_PLAIN_OPTIONS: OptionTypes<InspectPlainOptions> = {
  signal: abortSignal,
  onProgress,
};

export const MERGE_OPTIONS: OptionTypes<MergeOptions> = {
  seal,
  signKey,
  signal: abortSignal,
  onProgress,
};

export const VERIFY_OPTIONS: OptionTypes<VerifyOptions> = {
  signal: abortSignal,
  isKnown: callback<NonNullable<VerifyOptions["isKnown"]>>(),
  onProgress,
};

export const INSPECT_OPTIONS: OptionTypes<InspectOptions> = { signal: abortSignal };
export const PACK_OPTIONS: OptionTypes<PackOptions> = { signal: abortSignal };
export const UNPACK_OPTIONS: OptionTypes<UnpackOptions> = { signal: abortSignal };

const keyFiles = list(localPathOption, "paths or file: URLs");

export const AGE_RECIPIENTS: OptionTypes<AgeRecipients> = {
  recipients: texts,
  recipientFiles: keyFiles,
  passphrase: text,
};

export const AGE_IDENTITIES: OptionTypes<AgeIdentities> = {
  identities: texts,
  identityFiles: keyFiles,
  passphrase: text,
  allowPlain: flag,
};

const s3Credentials = z.union(
  [
    callback<S3CredentialProvider>(),
    objectWith<S3Credentials>(["accessKeyId", "secretAccessKey"], ""),
  ],
  { error: "an object with accessKeyId and secretAccessKey, or a function that gives one" },
);

export const S3_STORE_OPTIONS: OptionTypes<S3StoreOptions> = {
  endpoint: text,
  region: text,
  credentials: s3Credentials,
  profile: text,
  style: oneOf(["path", "host"]),
  ca: text,
  env: environment,
  limitRate: positiveInteger,
  lockDays: positiveInteger,
  lockMode: oneOf(["governance", "compliance"]),
};
