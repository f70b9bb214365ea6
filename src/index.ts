/** The library's public names, each written out. Importing this loads neither the command line nor the test helpers. */
export {
  decryptArchive,
  diff,
  drill,
  dump,
  encryptArchive,
  inspect,
  inspectSql,
  pack,
  restore,
  unpack,
  verify,
} from "./api.ts";
export { readSignKey, readVerifyKeys } from "./archive/signing/ed25519-key.ts";
export type { SignKey, VerifyKey } from "./archive/signing/ed25519-key.ts";
export { requireSigned } from "./archive/signing/signed-archive.ts";
export type { SignedArchive } from "./archive/signing/signed-archive.ts";
export type { AgeIdentities, AgeRecipients } from "./archive/encryption/age.ts";
export type { ArchiveContents, RelationContents } from "./archive/contents.ts";
export type { ArchiveOrigin } from "./archive/storage/source.ts";
export type { ArchiveTarget } from "./archive/storage/sink.ts";
export type { ArchiveSink, ArchiveSource, ArchiveStore } from "./archive/storage/store.ts";
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
export type { Probe, ProbeContext } from "./drill/probe.ts";
export { renderHtml } from "./drill/render-html.ts";
export { renderJunit } from "./drill/render-junit.ts";
export { renderText } from "./drill/render-text.ts";
export type { DrillReport, ProbeResult, ProbeStatus, Verdict } from "./drill/report.ts";
export type { DumpedRelation, DumpOptions, DumpResult, DumpSection } from "./dump/options.ts";
export {
  AbortedError,
  ArchiveError,
  ConnectionError,
  type ErrorCode,
  isNexushubDumpError,
  MismatchError,
  NexushubDumpError,
  OutputError,
  RefusedError,
  ServerError,
  UnsupportedObjectError,
  UnsupportedServerError,
  UsageError,
} from "./errors.ts";
export type {
  DataEvent,
  OnProgress,
  Phase,
  PhaseEvent,
  ProgressEvent,
  RelationEvent,
  StatementEvent,
  WarningEvent,
} from "./events.ts";
export type { PackOptions, PackResult } from "./pack/pack.ts";
export type { UnpackOptions, UnpackResult } from "./pack/unpack.ts";
export type { ConnectionSource } from "./pg/connect.ts";
export type {
  RestoredRelation,
  RestoreOptions,
  RestoreResult,
  RestoreSection,
} from "./restore/options.ts";
export type { InspectOptions } from "./verify/inspect.ts";
export type { VerifyOptions, VerifyResult } from "./verify/verify.ts";
