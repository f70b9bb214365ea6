/** The library's public names, each written out. Importing this loads neither the command line nor the test helpers. */
export {
  convert,
  decryptArchive,
  diff,
  drill,
  dropExpiredDatabases,
  dump,
  encryptArchive,
  inspect,
  inspectCode,
  inspectPlain,
  inspectSql,
  listKeptDatabases,
  merge,
  pack,
  prove,
  proveSource,
  restore,
  restorePlain,
  undoSwap,
  undelete,
  unpack,
  verify,
  verifyPlain,
  withBase,
} from "./api.ts";
export { readSignKey, readVerifyKeys } from "./archive/signing/ed25519-key.ts";
export type { SignKey, VerifyKey } from "./archive/signing/ed25519-key.ts";
export { requireSigned } from "./archive/signing/signed-archive.ts";
export type { SignedArchive } from "./archive/signing/signed-archive.ts";
export type { AgeIdentities, AgeRecipients } from "./archive/encryption/age.ts";
export type {
  ArchiveContents,
  RelationContents,
  RoleContents,
  RoleDefinitionContents,
} from "./archive/contents.ts";
export type { RoleAttribute } from "./archive/format/role-attributes.ts";
export type { OwnershipCounts } from "./archive/format/ownership.ts";
export type { BlobLike } from "./archive/storage/bytes-source.ts";
export type { ArchiveOrigin, RereadableArchive, WebReadable } from "./archive/storage/source.ts";
export type {
  Manifest,
  ManifestObject,
  ManifestV1,
  ManifestV2,
  ManifestWarning,
  StoredManifest,
} from "./archive/format/manifest.ts";
export type { ArchiveTarget, WebWritable } from "./archive/storage/sink.ts";
export type { SealManifest } from "./archive/writer.ts";
export type {
  ArchiveSink,
  ArchiveSource,
  ArchiveStore,
  BaseHint,
  NearbyArchive,
} from "./archive/storage/store.ts";
export type { StoredObject, StoredRange } from "./store/folder.ts";
export type {
  ChangedObject,
  DiffOptions,
  DiffResult,
  DiffSide,
  LoneObject,
  RelationDifference,
  RowSample,
  SequenceDifference,
} from "./diff/options.ts";
export type { DrillOptions } from "./drill/options.ts";
export type { Probe, ProbeConnection, ProbeContext } from "./drill/probe.ts";
export type { ProveOptions, ProveResult } from "./prove/options.ts";
export { renderHtml } from "./drill/render-html.ts";
export { renderJunit } from "./drill/render-junit.ts";
export { renderText } from "./drill/render-text.ts";
export type { DrillReport, ProbeResult, ProbeStatus, Verdict } from "./drill/report.ts";
export type {
  DumpedRelation,
  DumpOptions,
  DumpResult,
  DumpReuse,
  DumpSection,
} from "./dump/options.ts";
export type { FullReadReason } from "./dump/reuse/full-read-reason.ts";
export {
  AbortedError,
  ArchiveError,
  ConnectionError,
  type ConnectionErrorFacts,
  type ErrorCode,
  type ErrorFacts,
  isNexushubDumpError,
  MismatchError,
  NexushubDumpError,
  OutputError,
  RefusedError,
  RowConflictError,
  ServerError,
  type ServerErrorFacts,
  StoreError,
  type StoreErrorFacts,
  UnsupportedObjectError,
  UnsupportedServerError,
  UsageError,
} from "./errors.ts";
export type {
  DataEvent,
  DiskEvent,
  OnProgress,
  Phase,
  PhaseEvent,
  ProgressEvent,
  RelationEvent,
  StatementEvent,
  SwapEvent,
  TransferEvent,
  WarningEvent,
} from "./events.ts";
export type { MergeOptions, MergeResult } from "./merge/options.ts";
export type { PackOptions, PackResult } from "./pack/pack.ts";
export type { UnpackOptions, UnpackResult } from "./pack/unpack.ts";
export type { PlainContents, PlainRefusal, PlainRelation } from "./plain/contents.ts";
export type { InspectPlainOptions } from "./plain/inspect-plain.ts";
export type { PlainRestoreOptions } from "./plain/restore/options.ts";
export type { ConvertOptions, ConvertResult } from "./plain/convert/options.ts";
export type { OpenClient } from "./pg/borrow.ts";
export type { ConnectionSource } from "./pg/connect.ts";
export type { KindOptions } from "./catalog/kind-options.ts";
export type { SelectOptions } from "./plan/select-options.ts";
export type { PathOrUrl } from "./util/path-text.ts";
export type { PgliteClient, PgliteParsers, PgliteResult } from "./pg/pglite.ts";
export type { ErrorContext } from "./pg/server-error.ts";
export type { LostRows } from "./restore/decide/lost-rows.ts";
export type {
  RestoredRelation,
  RestoreOptions,
  RestoreResult,
  RestoreSection,
  SwapOptions,
  SwapResult,
} from "./restore/options.ts";
export type { KeptDatabase, UndoSwapOptions, UndoSwapResult } from "./swap/undo.ts";
export type { ConflictReason, UndeleteConflict } from "./undelete/conflict.ts";
export type { TypeChange } from "./undelete/type-changes.ts";
export type {
  UndeletedReference,
  UndeletedTable,
  UndeleteOptions,
  UndeletePlan,
  UndeleteResult,
} from "./undelete/options.ts";
export type { VerifiedEntries } from "./archive/verify-entries.ts";
export type { ArchiveCode, ArchiveCodeItem, UnknownStatement } from "./verify/code/archive-code.ts";
export type { RunsAt } from "./verify/code/code-kinds.ts";
export type { InspectOptions } from "./verify/inspect.ts";
export type { VerifyOptions, VerifyResult } from "./verify/verify.ts";
export { WARNING_CODES, type Warning, type WarningCode } from "./warnings.ts";

// The types of the functions, for wrappers and test doubles. Declarations that TypeScript writes for users name them too.
export type {
  decryptArchive as DecryptArchiveFunction,
  encryptArchive as EncryptArchiveFunction,
} from "./archive/encryption/age.ts";
export type { convert as ConvertFunction } from "./plain/convert/convert.ts";
export type { withBase as WithBaseFunction } from "./archive/base/with-base.ts";
export type {
  inspectPlain as InspectPlainFunction,
  verifyPlain as VerifyPlainFunction,
} from "./plain/inspect-plain.ts";
export type { restorePlain as RestorePlainFunction } from "./plain/restore/restore-plain.ts";
export type { diff as DiffFunction } from "./diff/diff.ts";
export type { drill as DrillFunction } from "./drill/drill.ts";
export type { dump as DumpFunction } from "./dump/dump.ts";
export type { merge as MergeFunction } from "./merge/merge.ts";
export type { pack as PackFunction } from "./pack/pack.ts";
export type { prove as ProveFunction } from "./prove/prove.ts";
export type { proveSource as ProveSourceFunction } from "./prove/prove-source.ts";
export type { undelete as UndeleteFunction } from "./undelete/undelete.ts";
export type { unpack as UnpackFunction } from "./pack/unpack.ts";
export type {
  dropExpiredDatabases as DropExpiredDatabasesFunction,
  listKeptDatabases as ListKeptDatabasesFunction,
  undoSwap as UndoSwapFunction,
} from "./swap/undo.ts";
export type { restore as RestoreFunction } from "./swap/restore.ts";
export type {
  inspect as InspectFunction,
  inspectSql as InspectSqlFunction,
} from "./verify/inspect.ts";
export type { inspectCode as InspectCodeFunction } from "./verify/code/inspect-code.ts";
export type { verify as VerifyFunction } from "./verify/verify.ts";
