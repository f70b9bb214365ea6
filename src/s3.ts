/**
 * Archives in object stores that speak S3, for applications: `nexushub-dump/s3`. On the command line, and wherever the library
 * takes a path, the address alone does (`s3://bucket/prefix/name`).
 */
export { s3Store, type S3StoreOptions } from "./archive/storage/s3-store.ts";
export type {
  ArchiveSink,
  ArchiveSource,
  ArchiveStore,
  BaseHint,
  NearbyArchive,
} from "./archive/storage/store.ts";
export type { StoreAddressOptions } from "./store/address.ts";
export type { StoredObject, StoredRange } from "./store/folder.ts";
export type { S3CredentialProvider, S3Credentials } from "./store/s3/credentials.ts";
export type { S3ConnectionOptions } from "./store/s3/settings.ts";
